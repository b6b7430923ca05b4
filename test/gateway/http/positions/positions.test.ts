/** Positions over real sockets into live positions over a real store: in one request, and as a stream of lines. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { PositionService } from "../../../../engine/positions/service.js";
import { PositionBatch } from "../../../../gateway/http/positions/position-batch.js";
import { positionRoutes } from "../../../../gateway/http/routes/position-routes.js";
import { PositionReport } from "../../../../schemas/api/position.js";
import type { Problem } from "../../../../schemas/errors.js";
import { API, POSITIONS } from "../../../../schemas/limits.js";
import { PositionRig } from "../../../engine/positions/rig.js";
import { type Rig, startRig } from "../support.js";

const parent = mkdtempSync(join(tmpdir(), "seinpost-test-"));
let positions: PositionRig;
let rig: Rig;
let full: Problem | null = null;
beforeAll(async () => {
  positions = PositionRig.open(
    join(parent, "data"),
    Array.from({ length: 20_000 }, (_, one) => one),
    Date.now(),
  );
  rig = await startRig(undefined, { routes: positionRoutes(positions.positions), full: () => full });
});
afterAll(async () => {
  await rig.close();
  await positions.close();
  rmSync(parent, { recursive: true, force: true });
  expect(positions.problems).toEqual([]);
});

const app = () => ({ authorization: `Bearer ${rig.freshKey({ role: "app" })}` });
async function batch(body: unknown, raw?: string) {
  return rig.send("POST", "/v1/positions", { ...(raw === undefined ? { body } : { raw }), headers: app() });
}
async function lines(raw: string | Uint8Array) {
  return rig.send("POST", "/v1/positions/stream", {
    raw,
    headers: { ...app(), "content-type": "application/x-ndjson" },
  });
}
const line = (participant: number, lng: number, lat = 52): string =>
  JSON.stringify({ participant, position: [lng, lat] });

it("takes none while what is left of the disk is for what carriers answer, and says so", async () => {
  full = { code: "DISK_FULL", detail: "12 MB are free" };
  onTestFinished(() => {
    full = null;
  });
  const position = { participant: 7, position: [5.5, 52.5] };
  for (const answer of [await batch({ positions: [position] }), await lines(line(7, 5.5))]) {
    expect([answer.status, answer.json, answer.headers["retry-after"]]).toEqual([
      503,
      expect.objectContaining({ code: "DISK_FULL", detail: "12 MB are free" }),
      "1",
    ]);
  }
  full = null;
  expect((await batch({ positions: [position] })).status).toBe(200);
});

describe("in one request", () => {
  it("takes what can be and says of each other why not", async () => {
    positions.nowMs = Date.now();
    const old = new Date(Date.now() - POSITIONS.keepMinutes * 60_000 - 60_000).toISOString();
    const answer = await batch({
      positions: [
        { participant: 1, position: [5.5, 52.5] },
        { participant: 30_000, position: [5.5, 52.5] },
        { participant: 2, position: [5.5, 91] },
        { participant: 3, position: [5.5] },
        { participant: 4, position: [5.5, 52.5], at: old },
        { participant: 5, position: [5.5, 52.5], at: new Date().toISOString() },
        "x",
        { participant: 6, position: [5.5, 52.5], at: "2026-02-30T00:00:00Z" },
      ],
    });
    const report = PositionReport.parse(answer.json);
    expect(report).toMatchObject({ taken: 2, older: 0, refused: 6 });
    expect(report.refusals.map(({ at, code, reason }) => [at, code, reason.split(":")[0]])).toEqual([
      [1, "NOT_OPTED_IN", "/participant"],
      [2, "INVALID_FIELD", "/position/1"],
      [3, "INVALID_FIELD", "/position"],
      [4, "INVALID_FIELD", "/at"],
      [6, "INVALID_FIELD", "Invalid input"],
      [7, "INVALID_FIELD", "/at"],
    ]);
    expect(positions.placed.get(1)).toMatchObject({ lng: 5.5, lat: 52.5 });
    expect(positions.positions.position(5)).toBeDefined();
  });

  it("gives a body no longer to come in than others have", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const said: string[] = [];
    const slow = new PositionBatch(positions.positions, "app", ({ code }) => void said.push(code));
    const done = new PositionBatch(positions.positions, "app", ({ code }) => void said.push(code));
    for (const one of [slow, done]) one.chunk(Buffer.from('{"positions":['));
    done.abort();
    vi.advanceTimersByTime(API.receiveMs - 1);
    expect(said).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(said).toEqual(["BODY_TOO_SLOW"]);
  });

  it("says the same of what the fast reader takes", async () => {
    const answer = await batch(undefined, `{"positions":[${line(10, 6)},${line(30_000, 6)},${line(11, 6, 91)}]}`);
    expect(answer.json).toMatchObject({ taken: 1, older: 0, refused: 2 });
    expect(PositionReport.parse(answer.json).refusals.map(({ at, code }) => [at, code])).toEqual([
      [1, "NOT_OPTED_IN"],
      [2, "INVALID_FIELD"],
    ]);
  });

  it("leaves an older one out", async () => {
    const at = (ms: number) => ({ participant: 12, position: [6, 52], at: new Date(Date.now() - ms).toISOString() });
    expect((await batch({ positions: [at(0), at(5_000)] })).json).toMatchObject({ taken: 1, older: 1, refused: 0 });
  });

  it("takes the most there may be, and nothing at all of more, or of what is no list", async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, one) => ({ participant: one, position: [4.5, 52] }));
    expect((await batch({ positions: many(POSITIONS.perRequest) })).json).toMatchObject({
      taken: POSITIONS.perRequest,
    });
    expect((await batch({ positions: [] })).json).toMatchObject({ taken: 0, refused: 0 });
    const before = positions.positions.counts.taken;
    const wrong: [string, string][] = [
      [JSON.stringify({ positions: many(POSITIONS.perRequest + 1) }), "INVALID_FIELD"],
      [`{"positions":[${line(1, 4)},${line(1, 5)}`, "BAD_JSON"],
      [`{"positions":[${line(1, 4)},]}`, "BAD_JSON"],
      [`{"positions":[${line(1, 4)}],"more":1}`, "INVALID_FIELD"],
      ["", "BAD_JSON"],
      [" ".repeat(API.bodyBytes + 1), "BODY_TOO_LARGE"],
    ];
    for (const [raw, code] of wrong) expect((await batch(undefined, raw)).json.code, raw.slice(0, 80)).toBe(code);
    expect(positions.positions.counts.taken).toBe(before);
  });

  it("is for the app's own keys", async () => {
    expect((await rig.send("POST", "/v1/positions", { body: { positions: [] } })).json.code).toBe("FORBIDDEN");
    expect((await rig.send("GET", "/v1/positions", { headers: app() })).headers.allow).toBe("POST, OPTIONS");
  });
});

describe("as a stream", () => {
  it("takes each line, names those that can't be, and loses nothing else", async () => {
    const text = [
      line(1, 4.25),
      "",
      '{"participant":2,"position":[4.25,52]',
      `${line(3, 4.25)}\r`,
      line(30_000, 4.25),
      ` {"position" : [4.25, 52], "participant" : 4 } `,
      `{"participant":5,"position":[4.25,52],"pad":"${"x".repeat(POSITIONS.lineBytes)}"}`,
      `{"participant":5,"position":[4.25,52],"pad":"${"x".repeat(POSITIONS.lineBytes * 700)}"}`,
      "\xff\xfe",
      line(6, 4.25, -91),
      line(7, 4.25),
    ].join("\n");
    const report = PositionReport.parse((await lines(text)).json);
    expect(report).toMatchObject({ taken: 4, older: 0, refused: 6 });
    expect(report.refusals.map(({ at, code }) => [at, code])).toEqual([
      [3, "BAD_JSON"],
      [5, "NOT_OPTED_IN"],
      [7, "INVALID_FIELD"],
      [8, "INVALID_FIELD"],
      [9, "BAD_JSON"],
      [10, "INVALID_FIELD"],
    ]);
    for (const one of [1, 3, 4, 7]) expect(positions.placed.get(one)?.lng).toBe(4.25);
    expect((await lines("")).json).toMatchObject({ taken: 0, refused: 0 });
    expect((await lines("\n\n\r\n")).json).toMatchObject({ taken: 0, refused: 0 });
  });

  it("names the first refusals and counts all", async () => {
    const report = PositionReport.parse((await lines("x\n".repeat(5_000))).json);
    expect(report).toMatchObject({ taken: 0, refused: 5_000 });
    expect(report.refusals).toHaveLength(POSITIONS.reportedRefusals);
  });

  it("takes lines however they are cut into pieces", async () => {
    const text = Array.from({ length: 40 }, (_, one) => line(one, 4 + one / 100)).join("\n");
    for (const size of [1, 7, 64, 1_000]) {
      const socket = connect(rig.port, "127.0.0.1").setNoDelay();
      const key = rig.freshKey({ role: "app" });
      socket.write(`POST /v1/positions/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\n`);
      socket.write("Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (let at = 0; at < text.length; at += size) {
        const piece = text.slice(at, at + size);
        socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
        if (at % (size * 16) === 0) await new Promise((later) => setImmediate(later));
      }
      socket.write("0\r\n\r\n");
      const answer = await new Promise<string>((resolve) => socket.once("data", (data) => resolve(data.toString())));
      expect(answer).toContain('{"taken":40,"older":0,"refused":0,"refusals":[]}');
      socket.destroy();
    }
  });

  it("takes a long one whole, and holds it up while the disk is behind", async () => {
    const taken = positions.positions.counts.taken;
    const count = 3 * POSITIONS.waitingMoves;
    const text = Array.from({ length: count }, (_, one) => line(one % 20_000, 4.75)).join("\n");
    const answer = await lines(text);
    expect(answer.json).toMatchObject({ taken: count, refused: 0 });
    expect(positions.positions.counts.taken).toBe(taken + count);
  });

  it("keeps what came of one that was cut off", async () => {
    const socket = connect(rig.port, "127.0.0.1");
    const key = rig.freshKey({ role: "app" });
    socket.write(`POST /v1/positions/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\n`);
    socket.write(
      `Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n${line(77, 6.5)}\n${line(78, 6.5)}`,
    );
    await expect.poll(() => positions.placed.get(77)?.lng).toBe(6.5);
    socket.resetAndDestroy();
    expect((await lines(line(79, 6.5))).json).toMatchObject({ taken: 1 });
    expect(positions.placed.get(78)?.lng).not.toBe(6.5);
  });
});

it("says so when the disk fails", async () => {
  const broken: PositionService = {
    move: () => 0,
    settled: async () => ({ ok: false, problem: { code: "STORE_WRITE_FAILED", detail: "full" } }),
    room: POSITIONS.waitingMoves,
    whenRoom: () => {},
  };
  const other = await startRig(undefined, { routes: positionRoutes(broken) });
  const headers = { authorization: `Bearer ${other.freshKey({ role: "app" })}` };
  const answer = await other.send("POST", "/v1/positions", { body: { positions: [] }, headers });
  expect(answer.json).toMatchObject({ status: 503, code: "STORE_WRITE_FAILED" });
  await other.close();
});
