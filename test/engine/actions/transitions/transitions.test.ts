/** What follows from what happens to an action, as a table of every situation and event. */
import { describe, expect, it } from "vitest";
import type { ActionRecord, ActionWave } from "../../../../engine/actions/record.js";
import type { Round, RoundKind, RoundState } from "../../../../engine/actions/rounds/round.js";
import { refusalOf } from "../../../../engine/actions/transitions/refusal.js";
import { step } from "../../../../engine/actions/transitions/step.js";
import type { ActionEvent, Step, Word } from "../../../../engine/actions/transitions/words.js";
import type { Result } from "../../../../schemas/errors.js";
import { ACTION_STATUSES } from "../../../../schemas/words.js";
import { BY, draftOf, frozen, NOW_MS } from "./action-events.js";

const first = (state: ActionWave["state"]): ActionWave => ({ id: 1, kind: "first", channel: "sms", state });
const ending = (state: ActionWave["state"]): ActionWave => ({ id: 2, kind: "ending", channel: "sms", state });
/** The wave of round 1. */
const of = (id: number, kind: ActionWave["kind"]): ActionWave => ({
  id,
  kind,
  channel: "sms",
  state: "sending",
  round: 1,
});
const round = (kind: RoundKind, state: RoundState): Round => ({
  ...{ number: 1, kind, state, atMs: NOW_MS, by: BY, before: 1 },
  ...(kind === "update" && { said: { text: "a red bicycle" } }),
});
const steps = [1, 2].map((at) => ({ radiusMeters: at * 1_000, atMs: NOW_MS + at * 60_000 }));
const RINGS = { widening: { rings: { center: [5, 52], steps } }, next: 0 } as const;
const END = { text: "he was found", outcome: "success" } as const;
const REASON = { code: "BUSY", detail: "too much waits" } as const;

const LATER_MS = NOW_MS + 3_600_000;

const SITUATIONS = {
  draft: {},
  approved: { status: "approved", actors: { created: BY, approved: BY } },
  scheduled: { status: "scheduled", startAtMs: LATER_MS },
  "scheduled, at its time": { status: "scheduled", startAtMs: NOW_MS - 1_000 },
  "scheduled, missed": { status: "scheduled", startAtMs: NOW_MS - 3_600_000 },
  selecting: { status: "selecting" },
  sending: { status: "sending", waves: [first("sending")] },
  sent: { status: "sent", waves: [first("concluded")] },
  "stopped, in flight": { status: "stopped", stoppedAtMs: 1, waves: [first("stopping")] },
  stopped: { status: "stopped", stoppedAtMs: 1, waves: [first("concluded")] },
  "ending, in flight": { status: "ending", end: END, waves: [first("stopping")] },
  "ending, to be thanked": { status: "ending", end: END, waves: [first("concluded")] },
  thanking: { status: "ending", end: END, waves: [first("concluded"), ending("sending")] },
  "ended, in flight": { status: "ended", end: END, waves: [first("concluded"), ending("stopping")] },
  ended: { status: "ended", end: END, waves: [first("concluded"), ending("concluded")] },
  archived: { status: "archived", end: END, waves: [first("concluded"), ending("concluded")] },
  "failed to select": { status: "failed" },
  "failed to thank": { status: "failed", end: END, waves: [first("concluded")] },
  "held, scheduled": { status: "held", heldFrom: "scheduled", startAtMs: LATER_MS },
  "held, missed": { status: "held", heldFrom: "scheduled", startAtMs: NOW_MS - 3_600_000 },
  "held, selecting": { status: "held", heldFrom: "selecting" },
  "held, sending": { status: "held", heldFrom: "sending", waves: [first("sending")] },
  "held, to be thanked": { status: "held", heldFrom: "ending", end: END, waves: [first("concluded")] },
  "held, thanking": { status: "held", heldFrom: "ending", end: END, waves: [first("concluded"), ending("sending")] },
  "held, an update due": {
    status: "held",
    heldFrom: "sending",
    waves: [first("stopping")],
    rounds: [round("update", "due")],
  },
  "an update due": {
    status: "sending",
    waves: [{ ...first("stopping"), replaced: true }],
    rounds: [round("update", "due")],
  },
  "an update follows": {
    status: "sending",
    waves: [{ ...first("stopping"), replaced: true }, of(2, "update")],
    rounds: [round("update", "follows")],
  },
  "a ring waits": {
    status: "sending",
    waves: [first("concluded")],
    rounds: [{ ...round("widening", "waits"), ...RINGS }],
  },
  "a widening failed": { status: "sending", waves: [first("sending")], rounds: [round("widening", "failed")] },
  correcting: { status: "ending", end: END, waves: [first("stopping")], rounds: [round("correction", "due")] },
  "a correction follows": {
    status: "ending",
    end: END,
    waves: [first("stopping"), of(2, "correction")],
    rounds: [round("correction", "follows")],
  },
  "a correction sent": {
    status: "ending",
    end: END,
    waves: [first("concluded"), of(2, "correction")],
    rounds: [round("correction", "done")],
  },
} satisfies Record<string, Partial<ActionRecord>>;
type Situation = keyof typeof SITUATIONS;

const said = { by: BY, atMs: NOW_MS };
const OTHER = { ...draftOf().request, text: "a girl is missing" };
const WORDS: readonly Word[] = [
  { type: "edited", ...said, request: OTHER, startAtMs: null, expiresAtMs: LATER_MS },
  { type: "approved", ...said },
  { type: "dispatched", ...said, allowNobody: false },
  { type: "stopped", ...said },
  { type: "resumed", ...said },
  { type: "resent", ...said, goes: [1] },
  { type: "ended", ...said, end: END },
  { type: "updated", ...said, said: { text: "a red bicycle" } },
  { type: "widened", ...said, widening: { enough: 9 } },
  { type: "repeated", ...said },
  { type: "corrected", ...said, said: { text: "it was not so" } },
];
const openedAs = (wave: Omit<ActionWave, "state">, updates: number): ActionEvent => {
  return { type: "opened", wave, updates, atMs: NOW_MS };
};
const FACTS: Readonly<Record<string, ActionEvent>> = {
  due: { type: "due", atMs: NOW_MS },
  "due too late": { type: "due", atMs: LATER_MS + 5 * 3_600_000 },
  selected: { type: "selected", atMs: NOW_MS, recipients: 3, selectMs: 1 },
  "selected nobody": { type: "selected", atMs: NOW_MS, recipients: 0, selectMs: 1 },
  "selected too late": { type: "selected", atMs: LATER_MS + 5 * 3_600_000, recipients: 3, selectMs: 1 },
  expired: { type: "expired", detail: "it waited" },
  archived: { type: "archived" },
  "opened first": openedAs({ id: 9, kind: "first", channel: "sms" }, 0),
  "opened ending": openedAs({ id: 9, kind: "ending", channel: "sms" }, 0),
  "opened update": openedAs({ id: 9, kind: "update", channel: "sms", round: 1 }, 1),
  "opened of the old text": openedAs({ id: 9, kind: "widening", channel: "sms", round: 1 }, 0),
  nobody: { type: "nobody", round: 1, atMs: NOW_MS },
  "round failed": { type: "failed", reason: REASON, round: 1 },
  moment: { type: "moment", atMs: NOW_MS + 60_000 },
  "concluded first": { type: "concluded", waveId: 1 },
  "concluded ending": { type: "concluded", waveId: 2 },
  unthanked: { type: "unthanked", reason: null },
  waits: { type: "waits", reason: REASON },
  failed: { type: "failed", reason: REASON },
  held: { type: "held", reason: REASON },
  found: { type: "found", refusal: null, isDamaged: false },
  "found damaged": { type: "found", refusal: REASON, isDamaged: true },
};
const EVENTS = new Map<string, ActionEvent>([
  ...WORDS.map((word) => [word.type, word] as const),
  ...Object.entries(FACTS),
]);

/** As the table has it: the status, and what is brought about. */
function told({ record, effects }: Step): string {
  const done = effects.map((effect) => (effect.do === "stop" ? `stop ${effect.waveIds}` : effect.do));
  return [record.status, ...done].join(" ");
}

const BEFORE_ITS_START = {
  edited: "draft save",
  stopped: "stopped save",
  expired: "failed save",
  held: "held hold",
  "found damaged": "held",
};

/** What is not named here changes nothing; of the words that is because they are refused. */
const TABLE: Readonly<Record<Situation, Readonly<Record<string, string>>>> = {
  draft: {
    edited: "draft save",
    approved: "approved save",
    dispatched: "selecting save select",
    stopped: "stopped save",
  },
  approved: { edited: "draft save", dispatched: "selecting save select", stopped: "stopped save" },
  scheduled: { ...BEFORE_ITS_START, "due too late": "failed save" },
  "scheduled, at its time": { ...BEFORE_ITS_START, due: "selecting save select", "due too late": "failed save" },
  "scheduled, missed": { ...BEFORE_ITS_START, due: "held hold", "due too late": "failed save" },
  selecting: {
    selected: "selecting",
    "selected nobody": "failed save",
    "selected too late": "failed save",
    expired: "failed save",
    widened: "selecting save",
    corrected: "ending save follow",
    stopped: "stopped save",
    ended: "ending save thank",
    "opened first": "sending save",
    waits: "selecting",
    failed: "failed save",
    held: "held hold",
    found: "selecting select",
    "found damaged": "held",
  },
  sending: {
    updated: "sending stop 1 follow",
    widened: "sending save follow",
    repeated: "sending save follow",
    corrected: "ending stop 1 follow",
    stopped: "stopped stop 1",
    resent: "sending save",
    ended: "ending stop 1",
    "concluded first": "sent save",
    held: "held hold",
    "found damaged": "held",
  },
  sent: {
    updated: "sending save follow",
    widened: "sending save follow",
    repeated: "sending save follow",
    corrected: "ending save follow",
    stopped: "stopped save",
    resent: "sending save",
    ended: "ending save thank",
    archived: "archived save",
  },
  "stopped, in flight": {
    updated: "sending save follow",
    corrected: "ending save follow",
    stopped: "stopped save",
    ended: "ending save",
    "concluded first": "stopped save",
    archived: "archived save",
  },
  stopped: {
    updated: "sending save follow",
    corrected: "ending save follow",
    stopped: "stopped save",
    ended: "ending save thank",
    archived: "archived save",
  },
  "ending, in flight": {
    stopped: "ended save",
    "concluded first": "ending thank",
    held: "held hold",
    "found damaged": "held",
  },
  "ending, to be thanked": {
    stopped: "ended save",
    "opened ending": "ending save",
    unthanked: "ended save",
    waits: "ending",
    failed: "failed save",
    held: "held hold",
    found: "ending thank",
    "found damaged": "held",
  },
  thanking: { stopped: "ended stop 2", "concluded ending": "ended save", held: "held hold", "found damaged": "held" },
  "ended, in flight": { "concluded ending": "ended save", archived: "archived save" },
  ended: { archived: "archived save" },
  archived: {},
  "failed to select": { dispatched: "selecting save select", archived: "archived save" },
  "failed to thank": { dispatched: "ending save thank", archived: "archived save" },
  "held, scheduled": {
    corrected: "ending save follow",
    stopped: "stopped save",
    resumed: "scheduled save release",
    ended: "ending save thank",
  },
  "held, missed": {
    corrected: "ending save follow",
    stopped: "stopped save",
    resumed: "selecting save release select",
    ended: "ending save thank",
  },
  "held, selecting": {
    corrected: "ending save follow",
    stopped: "stopped save",
    resumed: "selecting save release select",
    ended: "ending save thank",
  },
  "held, sending": {
    corrected: "ending stop 1 follow",
    stopped: "stopped stop 1",
    resumed: "sending save release",
    ended: "ending stop 1",
    "concluded first": "sent save",
  },
  "held, to be thanked": { stopped: "ended save", resumed: "ending save release thank" },
  "held, an update due": {
    stopped: "stopped save",
    resumed: "sending save release follow",
    ended: "ending save",
    corrected: "ending save follow",
    "round failed": "held save",
    "concluded first": "held save",
  },
  "an update due": {
    stopped: "stopped save",
    resent: "sending save",
    ended: "ending save",
    updated: "sending save follow",
    widened: "sending save follow",
    repeated: "sending save follow",
    corrected: "ending save follow",
    "opened update": "sending save",
    nobody: "sending save",
    "round failed": "sending save",
    moment: "sending follow",
    "concluded first": "sending follow",
    waits: "sending",
    held: "held hold",
    found: "sending follow",
    "found damaged": "held",
  },
  "an update follows": {
    stopped: "stopped stop 2",
    resent: "sending save",
    ended: "ending stop 2",
    updated: "sending stop 2 follow",
    widened: "sending save follow",
    repeated: "sending save follow",
    corrected: "ending stop 2 follow",
    "round failed": "sending save",
    "concluded first": "sending follow",
    "concluded ending": "sending save",
    held: "held hold",
    "found damaged": "held",
  },
  "a ring waits": {
    stopped: "stopped save",
    resent: "sending save",
    ended: "ending save thank",
    updated: "sending save follow",
    widened: "sending save follow",
    repeated: "sending save follow",
    corrected: "ending save follow",
    "round failed": "sent save",
    moment: "sending follow",
    held: "held hold",
    "found damaged": "held",
  },
  "a widening failed": {
    stopped: "stopped stop 1",
    resent: "sending save",
    ended: "ending stop 1",
    updated: "sending stop 1 follow",
    widened: "sending save follow",
    repeated: "sending save follow",
    corrected: "ending stop 1 follow",
    "concluded first": "sent save",
    held: "held hold",
    "found damaged": "held",
  },
  correcting: {
    stopped: "ended save",
    "opened of the old text": "ending save",
    nobody: "ending save",
    "round failed": "ending save",
    moment: "ending follow",
    "concluded first": "ending follow",
    waits: "ending",
    held: "held hold",
    found: "ending follow",
    "found damaged": "held",
  },
  "a correction follows": {
    stopped: "ended stop 2",
    "round failed": "ending save",
    "concluded first": "ending follow",
    "concluded ending": "ending save",
    held: "held hold",
    "found damaged": "held",
  },
  "a correction sent": {
    stopped: "ended stop 2",
    "concluded ending": "ended save",
    held: "held hold",
    "found damaged": "held",
  },
  "held, thanking": { stopped: "ended stop 2", resumed: "ending save release", "concluded ending": "ended save" },
};

const inSituation = (name: Situation): ActionRecord => frozen({ ...draftOf(), ...SITUATIONS[name] });

/** Each of them, so that a new one does not compile until it is here, and in the table. */
const TYPES: Readonly<Record<ActionEvent["type"], true>> = {
  ...{ edited: true, approved: true, dispatched: true, stopped: true, resumed: true, resent: true, ended: true },
  ...{ due: true, selected: true, expired: true, archived: true, opened: true, concluded: true, unthanked: true },
  ...{ waits: true, failed: true, held: true, found: true, moment: true, nobody: true },
  ...{ updated: true, widened: true, repeated: true, corrected: true },
};

describe("what follows", () => {
  it("is asked of every status and every event that there is", () => {
    const statuses = Object.keys(SITUATIONS).map((name) => inSituation(name as Situation).status);
    expect([...new Set(statuses)].sort()).toEqual([...ACTION_STATUSES].sort());
    const types = [...EVENTS.values()].map(({ type }) => type);
    expect([...new Set(types)].sort()).toEqual(Object.keys(TYPES).sort());
  });

  it("is what the table says", () => {
    const found = Object.keys(SITUATIONS).map((name) => {
      const record = inSituation(name as Situation);
      const cells = [...EVENTS].map(([event, what]) => [event, step(record, what)] as const);
      const changing = cells.filter(([, { record: next, effects }]) => next !== record || effects.length > 0);
      return [name, Object.fromEntries(changing.map(([event, follows]) => [event, told(follows)]))];
    });
    expect(Object.fromEntries(found)).toEqual(TABLE);
  });

  it("of a word is nothing exactly where it is refused", () => {
    for (const name of Object.keys(SITUATIONS) as Situation[]) {
      for (const { type } of WORDS) {
        const refusal: Result<never> | undefined = refusalOf(inSituation(name), type, NOW_MS);
        expect([name, type, refusal === undefined]).toEqual([name, type, type in TABLE[name]]);
        if (refusal?.ok === false) expect(refusal.problem.code).toBe("WRONG_STATE");
      }
    }
  });

  it("is told of each wave: sent, stopped, concluded, sent again", () => {
    const states = (name: Situation, event: string) =>
      step(inSituation(name), EVENTS.get(event)!).record.waves.map(({ id, kind, channel, state }) => [
        id,
        kind,
        channel,
        state,
      ]);
    expect(states("selecting", "opened first")).toEqual([[9, "first", "sms", "sending"]]);
    expect(states("sending", "stopped")).toEqual([[1, "first", "sms", "stopping"]]);
    expect(states("held, sending", "ended")).toEqual([[1, "first", "sms", "stopping"]]);
    expect(states("ending, in flight", "concluded first")).toEqual([[1, "first", "sms", "concluded"]]);
    expect(states("sent", "resent")).toEqual([[1, "first", "sms", "sending"]]);
    expect(states("ending, to be thanked", "opened ending")[1]).toEqual([9, "ending", "sms", "sending"]);
    expect(states("thanking", "stopped")[1]).toEqual([2, "ending", "sms", "stopping"]);
  });

  it("of a round that fails when it is dropped already is that what came in its place goes on", () => {
    const twice = [round("update", "dropped"), { ...round("update", "due"), number: 2 }];
    const record = { ...inSituation("sending"), rounds: twice };
    const failed = (number: number) => step(record, { type: "failed", reason: REASON, round: number });
    expect(failed(1)).toEqual({ record, effects: [{ do: "follow" }] });
    expect(failed(2).record.rounds!.map(({ state }) => state)).toEqual(["dropped", "failed"]);
    const over = { ...inSituation("sending"), rounds: [round("update", "dropped")] };
    expect(step(over, { type: "failed", reason: REASON, round: 1 })).toEqual({ record: over, effects: [] });
  });

  it("signs what was heeded, and keeps when it was stopped first", () => {
    const again = step(inSituation("stopped"), EVENTS.get("stopped")!).record;
    expect([again.actors, again.stoppedAtMs]).toEqual([{ created: BY, stopped: BY }, 1]);
  });

  it("of a word is another version, and of an edit a draft that nobody has approved", () => {
    for (const name of Object.keys(SITUATIONS) as Situation[]) {
      const before = inSituation(name);
      for (const [event, what] of EVENTS) {
        const { record } = step(before, what);
        const isHeeded = WORDS.some(({ type }) => type === event) && event in TABLE[name];
        expect([name, event, record.revision]).toEqual([name, event, before.revision + (isHeeded ? 1 : 0)]);
      }
    }
    const { record } = step(inSituation("approved"), EVENTS.get("edited")!);
    expect([record.request.text, record.expiresAtMs, record.actors]).toEqual([
      "a girl is missing",
      LATER_MS,
      { created: BY, edited: BY },
    ]);
  });

  it("of a dispatch is that it is approved by who dispatches it, unless somebody had", () => {
    const other = { ...BY, id: "other" };
    const word = { ...EVENTS.get("dispatched")!, by: other } as Word;
    expect(step(inSituation("draft"), word).record.actors).toEqual({ created: BY, approved: other, dispatched: other });
    expect(step(inSituation("approved"), word).record.actors).toEqual({ created: BY, approved: BY, dispatched: other });
  });

  it("of a dispatch before its start is that it waits for that", () => {
    const draft = frozen({ ...draftOf(), startAtMs: LATER_MS });
    expect(told(step(draft, EVENTS.get("dispatched")!))).toBe("scheduled save");
  });

  it("is that nothing expired is dispatched, but for a thank-you", () => {
    const late = NOW_MS + 100 * 3_600_000;
    const refused = (name: Situation) => refusalOf(inSituation(name), "dispatched", late);
    expect([refused("draft")?.ok, refused("failed to select")?.ok, refused("failed to thank")]).toEqual([
      false,
      false,
      undefined,
    ]);
  });
});
