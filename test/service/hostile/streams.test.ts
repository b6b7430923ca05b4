/**
 * What goes on for longer than one request, and how late the main thread is by it: files of participants as they come in, are planned
 * and are applied; positions; and subscribers of the monitor, with what they send. Asserted is what comes of it.
 */
import { expect, test } from "vitest";
import { newRecord } from "../../../engine/actions/accepting/new-record.js";
import { ActionStore } from "../../../engine/actions/action-store.js";
import { LOCAL } from "../../../engine/audit/actor.js";
import type { ImportView } from "../../../schemas/api/municipality.js";
import { MONITOR } from "../../../schemas/limits.js";
import { filled } from "../../engine/actions/harness.js";
import { given, withStore } from "../../engine/registry/samples.js";
import { isMeasured } from "../../main-thread.js";
import { InProcess } from "../in-process.js";
import { Hostile, type Sent, subscriber } from "./rig.js";

const ROWS = isMeasured ? 30_000 : 1_000;
const STREAM_BYTES = isMeasured ? 131_072 : 16_384;
const FIRST = 31_612_000_000;
const HOUR_MS = 3_600_000;

/** Others in each file of another number, who all are somewhere else in one of another side. */
function file(number: number, side: number): string {
  const lines = Array.from({ length: ROWS }, (_, at) => {
    const place = `${(5.1 + (at % 100) / 10_000).toFixed(4)},${(52.08 + side / 100).toFixed(2)}`;
    return `+${FIRST + number * ROWS + at},nl,home,${place},sms:alarm,always,citizen.${number * ROWS + at}@example.org\n`;
  });
  return `number,language,kind,lng,lat,channels,schedule,mail\n${lines.join("")}`;
}

test(`a municipality's file of ${ROWS} rows`, async () => {
  const whole = await InProcess.start();
  const hostile = new Hostile(whole);
  const token = whole.keys.municipality;
  const list: Sent = { method: "GET", path: "/v1/imports", token };
  const going = { isLong: true, after: { sent: list, again: '"finishedAt":null' } };
  let run = 0;
  const send = (body: string, query = ""): Sent[] => [
    { method: "POST", path: `/v1/imports${query}`, token, body, type: "text/csv" },
  ];
  const cases: readonly (readonly [string, () => Sent[], object])[] = [
    ["a dry run", () => send(file(++run, 0), "?dryRun=true"), { added: ROWS }],
    ["newcomers", () => send(file(++run, 0)), { added: ROWS }],
    ["changes", () => send(file(run, ++side % 2)), { changed: ROWS, fields: { locations: ROWS } }],
    ["nothing new", () => send(file(run, side % 2)), { unchanged: ROWS }],
    ["rows that can't be read", () => send(`number,lng,lat\n${"06,x,y\n".repeat(ROWS)}`), { refused: ROWS }],
  ];
  let side = 0;
  for (const [name, make, report] of cases) {
    expect((await hostile.late(`a file of ${name}`, make, going)).statuses).toEqual([202]);
    const [latest] = (await whole.ask<{ imports: ImportView[] }>("municipality", "GET", list.path)).json.imports;
    expect(latest, name).toMatchObject({ report });
  }
});

test("a stream of positions", async () => {
  const whole = await InProcess.start();
  const hostile = new Hostile(whole);
  const line = JSON.stringify({ participant: 1, position: [5.123456, 52.123456] });
  const units = { "short lines": "0\n", "lines by the schema": `${line.padEnd(127)}\n`, "usual lines": `${line}\n` };
  for (const [name, unit] of Object.entries(units)) {
    const body = unit.repeat(STREAM_BYTES / unit.length);
    const sent = { method: "POST", path: "/v1/positions/stream", token: whole.keys.app, body };
    const stream = () => [{ ...sent, type: "application/x-ndjson" }];
    expect((await hostile.late(`a stream of ${name}`, stream, { isLong: true })).statuses, name).toEqual([200]);
  }
});

/** Masked with zeroes, as from a client (RFC 6455, 5.2). */
function frame(opcode: number, length: number): Buffer {
  const head = length < 126 ? [opcode, 0x80 | length] : [opcode, 0x80 | 126, length >> 8, length & 255];
  return Buffer.from([...head, 0, 0, 0, 0, ...Buffer.alloc(length, "a")]);
}

test("the monitor: as many subscribers as a key has, and what they send", async () => {
  const area = { type: "Circle", center: [5.12, 52.09], radiusMeters: 300_000 };
  const waiting = filled({ area, text: "a".repeat(600) });
  const startAtMs = Date.now() + HOUR_MS;
  const SCHEDULED = 200;
  const whole = await InProcess.start(undefined, (folder) =>
    withStore(folder, async (store) => {
      const actions = new ActionStore(store);
      const made = { request: waiting, startAtMs, expiresAtMs: startAtMs + HOUR_MS };
      const put = () => actions.put({ ...newRecord(made, LOCAL, Date.now(), null), status: "scheduled" });
      given(await store.commit(() => Array.from({ length: SCHEDULED }, put)));
    }),
  );
  const hostile = new Hostile(whole);
  const token = whole.keys.controlRoom;
  const going = { keepMs: isMeasured ? 1_000 : 100, isLong: true };
  const watching = (): Uint8Array => subscriber(token);
  const crowd = Array.from({ length: MONITOR.clientsOfKey }, watching);
  const statuses = Array(MONITOR.clientsOfKey).fill(101);
  expect((await hostile.late("a crowd of subscribers", () => crowd, going)).statuses).toEqual(statuses);
  const many = (one: Buffer): Buffer => Buffer.concat(Array<Buffer>(Math.floor(STREAM_BYTES / one.length)).fill(one));
  const frames: Readonly<Record<string, Buffer>> = {
    "empty messages": many(frame(0x82, 0)),
    "messages as long as they may be": many(frame(0x81, MONITOR.incomingBytes)),
    pings: many(frame(0x89, 0)),
    "long pings": many(frame(0x89, 125)),
    pongs: many(frame(0x8a, 0)),
    "a message in parts without an end": Buffer.concat([frame(0x02, 0), many(frame(0x00, 0))]),
  };
  for (const [name, all] of Object.entries(frames)) {
    expect((await hostile.late(`frames: ${name}`, () => [subscriber(token, all)], going)).statuses).toEqual([101]);
  }
  expect(await hostile.hold(crowd)).toEqual(statuses);
  const action = { area, text: "A text", dispatch: true, confirmed: ["TEXT_REPEATED"], urgency: "extreme" };
  const sent = { method: "POST", path: "/v1/actions", token, body: JSON.stringify(action) };
  const list = { method: "GET", path: "/v1/actions?limit=1", token };
  const untilSent = { isLong: true, after: { sent: list, again: '"status":"(selecting|sending)"' } };
  expect((await hostile.late("an action that they all watch", () => [sent], untilSent)).statuses).toEqual([201]);
});
