/**
 * What a client can send that costs the main thread the most, each alone: how late the thread was is told, by the event loop's own
 * histogram. Asserted is what bounds it: how much is taken, what is refused, and how much is done in one turn.
 */
import { describe, expect, it } from "vitest";
import { MOVE, type PositionService } from "../../../engine/positions/service.js";
import { PositionBatch } from "../../../gateway/http/positions/position-batch.js";
import { PositionStream } from "../../../gateway/http/positions/position-stream.js";
import { readMediaType } from "../../../gateway/http/request/body/media-type.js";
import { TrustedProxies } from "../../../gateway/http/request/client-address.js";
import type { RawHead, Route } from "../../../gateway/http/request/route.js";
import { actionRoutes } from "../../../gateway/http/routes/actions/action-routes.js";
import { ok } from "../../../schemas/errors.js";
import { API, POSITIONS } from "../../../schemas/limits.js";
import { measured } from "../../main-thread.js";
import { PLAIN_HEAD } from "./request/plain-head.js";
import { MemoryService, VALID_ACTION } from "./support.js";

const requestOf = ({ method, path }: Route, more: Partial<RawHead> = {}): RawHead => ({
  ...PLAIN_HEAD,
  ...{ method, path, idempotencyKey: "one", ...more },
});
let requests = 0;
const create = actionRoutes(new MemoryService()).find(
  ({ path, method }) => path === "/v1/actions" && method === "POST",
)!;
const list = actionRoutes(new MemoryService()).find(({ path, method }) => path === "/v1/actions" && method === "GET")!;

/** `unit` as often as a body of the size limit has room for it. */
function full(opening: string, unit: string, closing: string): string {
  const room = API.bodyBytes - Buffer.byteLength(opening + closing);
  return opening + unit.repeat(room / Buffer.byteLength(unit)) + closing;
}

/** Coordinates of fifteen digits, and an altitude. */
function circle(vertices: number): number[][] {
  const corners = Array.from({ length: vertices - 1 }, (_, at) => {
    const angle = (at / vertices) * 2 * Math.PI;
    return [+(5 + Math.cos(angle)).toPrecision(15), +(52 + Math.sin(angle)).toPrecision(15), 1.5];
  });
  return [...corners, corners[0]!];
}

const withArea = (area: object): string => JSON.stringify({ ...VALID_ACTION, area });
const members = (count: number): string => Array.from({ length: count }, (_, at) => `"${at.toString(36)}":1`).join(",");

describe("of all bodies that are kept as a whole, and no longer than they may be", () => {
  const bodies: readonly (readonly [string, string, string])[] = [
    ["the largest area", withArea({ type: "Polygon", coordinates: [circle(API.areaVertices)] }), "taken"],
    [
      "as many small areas",
      withArea({ type: "MultiPolygon", coordinates: Array(API.areaVertices / 4).fill([circle(4)]) }),
      "taken",
    ],
    [
      "an area of one vertex more",
      withArea({ type: "Polygon", coordinates: [circle(API.areaVertices + 1)] }),
      "INVALID_FIELD",
    ],
    [
      "positions that are none",
      withArea({ type: "Polygon", coordinates: [Array(API.areaVertices).fill([])] }),
      "INVALID_FIELD",
    ],
    ["numbers", full("[", "0,", "0]"), "BODY_TOO_LARGE"],
    ["long numbers", full("[", "-1.7976931348623157e308,", "0]"), "INVALID_FIELD"],
    ["one number", "1".repeat(API.bodyBytes), "INVALID_FIELD"],
    ["strings", full("[", '"aaaaaaaaaa",', "0]"), "INVALID_FIELD"],
    ["one string", full('"', "a", '"'), "INVALID_FIELD"],
    ["a text", full('{"area":{"type":"Circle","center":[5,52],"radiusMeters":9},"text":"', "a", '"}'), "INVALID_FIELD"],
    [
      "a text of emoji",
      full('{"area":{"type":"Circle","center":[5,52],"radiusMeters":9},"text":"', "😀", '"}'),
      "INVALID_FIELD",
    ],
    ["escapes", full('"', "\\n", '"'), "INVALID_FIELD"],
    ["escaped characters", full('"', "\\u00e9", '"'), "INVALID_FIELD"],
    ["characters of three bytes", full('"', "€", '"'), "INVALID_FIELD"],
    ["depth", full("", "[", ""), "BODY_TOO_LARGE"],
    ["deep objects", full("", '{"a":', ""), "BODY_TOO_LARGE"],
    ["as deep as it may be", `${"[".repeat(API.jsonValues)}${"]".repeat(API.jsonValues)}`, "INVALID_FIELD"],
    ["members", `{${members(60_000)}}`, "BODY_TOO_LARGE"],
    ["as many members as there may be", `{${members(API.jsonMembers)}}`, "INVALID_FIELD"],
    ["blanks between", full("[", " 0 ,", "0]"), "BODY_TOO_LARGE"],
    ["lines", full("", "\n", ""), "BAD_JSON"],
    ["lines before a mistake", full("", "\n", "?"), "BAD_JSON"],
  ];

  it.each(bodies)("%s", async (name, text, expected) => {
    const body = Buffer.from(text);
    expect(body.length).toBeLessThanOrEqual(API.bodyBytes);
    const answer = await measured(name, () => create.run(requestOf(create, { idempotencyKey: `${requests++}` }), body));
    expect(answer.ok ? "taken" : answer.problem.code).toBe(expected);
  });
});

describe("of heads", () => {
  const distinct = Array.from({ length: 4_000 }, (_, at) => at.toString(36))
    .join("&")
    .slice(0, API.headBytes);
  const queries: readonly (readonly [string, string])[] = [
    ["a query of many names", distinct],
    ["a query of one name", "a&".repeat(API.headBytes / 2)],
    ["a query of escapes", "%C3%A9".repeat(API.headBytes / 6)],
    ["a query of one long value", `after=${"a".repeat(API.headBytes)}`],
  ];
  it.each(queries)("%s", async (name, query) => {
    const answer = await measured(name, () => list.run(requestOf(list, { query }), new Uint8Array(0)));
    expect(answer).toMatchObject({ ok: false, problem: { code: "INVALID_FIELD" } });
  });

  it.each(['"', "\\", '\\"', "a"])("an Idempotency-Key of %s", async (unit) => {
    const idempotencyKey = `"${unit.repeat(API.headBytes / unit.length)}`;
    const answer = await measured(`a key of ${unit}`, () =>
      create.run(requestOf(create, { idempotencyKey }), new Uint8Array(0)),
    );
    expect(answer).toMatchObject({ ok: false, problem: { field: "Idempotency-Key" } });
  });

  it.each(['; a="', ";", "; a=b", ' ;\\"', "a/", " "])("a Content-Type of %s", async (unit) => {
    const text = `a/b${unit.repeat(API.headBytes / unit.length)}`;
    await measured(`a media type of ${unit}`, () => readMediaType(text));
  });

  it("addresses of proxies", async () => {
    const read = TrustedProxies.read("127.0.0.0/8");
    const proxies = read.ok ? read.value : TrustedProxies.none();
    const hops = Array(Math.floor(API.headBytes / 10))
      .fill("127.0.0.1")
      .join(",");
    const incoming = { address: () => "127.0.0.1", forwardedFor: () => hops };
    expect(await measured("addresses of proxies", () => proxies.clientOf(incoming))).toBe("127.0.0.1");
  });
});

describe("of positions", () => {
  /** Takes all, and counts how many at most without others having had a turn. */
  function counting() {
    const service = { most: 0, now: 0, room: POSITIONS.waitingMoves };
    const asked = (): void => {
      if (service.now++ === 0) setImmediate(() => (service.now = 0));
      service.most = Math.max(service.most, service.now);
    };
    const move = (): typeof MOVE.taken => {
      asked();
      return MOVE.taken;
    };
    const positions = {
      move,
      settled: async () => ok(undefined),
      whenRoom: setImmediate,
      get room() {
        asked();
        service.now--;
        return service.room;
      },
    };
    return { service, positions: positions as unknown as PositionService };
  }

  const one = (participant: number): object => ({
    participant,
    position: [5.123456, 52.123456],
    at: "2026-01-02T03:04:05+01:00",
  });
  const many = (count: number, position: (at: number) => unknown): string =>
    JSON.stringify({ positions: Array.from({ length: count }, (_, at) => position(at)) });
  const lists: readonly (readonly [string, string, number])[] = [
    ["that are read by the schema", many(POSITIONS.perRequest, one), POSITIONS.perRequest],
    [
      "that are no positions",
      many(POSITIONS.perRequest, () => ({ a: 1, b: 2, position: ["x", 1e9, 3, 4], at: "" })),
      0,
    ],
    ["that are nothing", many(POSITIONS.perRequest, () => null), 0],
  ];
  it.each(lists)("%s, some in a turn", async (name, text, moved) => {
    const { service, positions } = counting();
    const answer = await measured(`positions ${name}`, async () => {
      const batch = new PositionBatch(positions, "key", () => {});
      batch.chunk(Buffer.from(text));
      return await batch.end();
    });
    expect(answer).toMatchObject({
      ok: true,
      value: { body: { taken: moved, refused: POSITIONS.perRequest - moved } },
    });
    expect(service.most).toBeLessThanOrEqual(POSITIONS.perTurn / POSITIONS.slowAs);
  });

  const chunk = 65_536;
  it.each([
    ["empty lines", "\n", 0],
    ["short lines", "0\n", chunk / 2],
    ["lines by the schema", `${JSON.stringify(one(1)).padEnd(127)}\n`, 0],
    ["long lines", `${"[".repeat(1_023)}\n`, chunk / 1_024],
    ["a line without an end", "x", 1],
  ])("%s of a stream", async (name, unit, refused) => {
    const { service, positions } = counting();
    const bytes = Buffer.from(unit.repeat(chunk / unit.length));
    const answer = await measured(`${name} of a stream`, () => {
      const stream = new PositionStream(positions);
      stream.chunk(bytes, () => {});
      return stream.end();
    });
    expect(answer).toMatchObject({ ok: true, value: { body: { refused } } });
    // And the last, whose line has no end.
    expect(service.most).toBeLessThanOrEqual(POSITIONS.perTurn / POSITIONS.slowAs + 1);
  });

  it("of a stream in many chunks, some in a turn", async () => {
    const { service, positions } = counting();
    const line = `${JSON.stringify(one(1)).padEnd(1_000)}\n`;
    const [chunks, each] = [30, 60];
    const answer = await measured("chunks of a stream", () => {
      const stream = new PositionStream(positions);
      for (let at = 0; at < chunks; at++) stream.chunk(Buffer.from(line.repeat(each)), () => {});
      return stream.end();
    });
    expect(answer).toMatchObject({ ok: true, value: { body: { taken: chunks * each } } });
    // And the last, whose line has no end.
    expect(service.most).toBeLessThanOrEqual(POSITIONS.perTurn / POSITIONS.slowAs + 1);
  });
});
