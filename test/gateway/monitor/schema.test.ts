/** monitor.fbs and monitor.ts say the same: words by their number, and a message survives the way through bytes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage, encodeMessage } from "../../../gateway/monitor/binary.js";
import * as fb from "../../../schemas/generated/monitor_generated.js";
import { MESSAGE_TYPES, type MonitorMessage } from "../../../schemas/monitor.js";
import {
  ACTION_KINDS,
  ACTION_STATUSES,
  ACTION_WAVE_KINDS,
  CARRIER_USES,
  MODES,
  RECIPIENT_STATES,
} from "../../../schemas/words.js";

describe("words", () => {
  it.each([
    [fb.MonitorMessageType, MESSAGE_TYPES],
    [fb.MonitorActionKind, ACTION_KINDS],
    [fb.MonitorActionStatus, ACTION_STATUSES],
    [fb.MonitorWaveKind, ACTION_WAVE_KINDS],
    [fb.MonitorCarrierState, [...CARRIER_USES, "drained"]],
  ])("have the same numbers in both", (generated, words) => {
    const names = Object.entries(generated).filter(([, value]) => typeof value === "number");
    expect(names).toEqual(words.map((word, index) => [word, index]));
  });
});

const count = fc.nat(0xffff_ffff);
const nullable = fc.option(count);
const states = Object.fromEntries(RECIPIENT_STATES.map((state) => [state, count])) as Record<
  (typeof RECIPIENT_STATES)[number],
  typeof count
>;
const text = fc.string({ unit: "grapheme" });
const reason = fc.option(fc.record({ code: text, detail: text }));
const moment = fc.option(
  fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }).map((at) => at.toISOString()),
);
const action = fc.record({
  id: fc.uuid(),
  reason,
  text,
  startedAt: moment,
  expectedAt: moment,
  lateMs: fc.option(fc.integer()),
  nextAt: moment,
  mode: fc.constantFrom(...MODES),
  kind: fc.constantFrom(...ACTION_KINDS),
  status: fc.constantFrom(...ACTION_STATUSES),
  wave: fc.constantFrom(...ACTION_WAVE_KINDS),
  recipients: count,
  replies: count,
  counts: fc.record({ ...states, possibleDuplicates: count }),
  answeredPerSecond: nullable,
  secondsLeft: nullable,
});
const total = fc.nat(Number.MAX_SAFE_INTEGER);
const latency = fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0));
const carrier = fc.record({
  name: text,
  state: fc.constantFrom(...CARRIER_USES, "drained" as const),
  share: fc.nat(100),
  binds: fc.record({ configured: count, bound: count }),
  window: count,
  inFlight: count,
  queued: count,
  submitted: total,
  acknowledged: total,
  refused: total,
  throttled: total,
  receipts: total,
  disconnects: count,
  protocolErrors: count,
  latencyMs: fc.record({ p50: latency, p99: latency }),
  lastError: reason,
  submittedPerSecond: nullable,
  acknowledgedPerSecond: nullable,
  receiptsPerSecond: nullable,
});
const message: fc.Arbitrary<MonitorMessage> = fc.record({
  type: fc.constantFrom(...MESSAGE_TYPES),
  sequence: count,
  at: fc.nat(2 ** 41).map((ms) => new Date(ms).toISOString()),
  actions: fc.array(action, { maxLength: 4 }),
  carriers: fc.array(carrier, { maxLength: 3 }),
  gone: fc.array(fc.uuid(), { maxLength: 3 }),
  alarms: fc.array(fc.record({ code: fc.string(), detail: fc.string() }), { maxLength: 3 }),
});

describe("the binary form", () => {
  it("reads back as what it was", () => {
    fc.assert(
      fc.property(message, (value) => {
        expect(decodeMessage(encodeMessage(value))).toEqual(value);
      }),
    );
  });
});
