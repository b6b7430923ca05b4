/** How the waves of an action with many late arrivals are shown, and how often they are read for it. */
import { expect, it } from "vitest";
import type { ActionRecord, ActionWave } from "../../../../engine/actions/record.js";
import { ShownWaves } from "../../../../engine/actions/views/shown-waves.js";
import type { FoundWave, FoundWaves } from "../../../../engine/actions/waves/found-waves.js";
import { summaryOf } from "../../../../engine/dispatch/ledger/wave-store.js";
import { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import { NOT_SENT, NOT_SENT_REASON } from "../../../../schemas/link.js";
import { rosterOf, waveRecord } from "../../dispatch/bare-fixtures.js";
import { draftOf } from "../transitions/action-events.js";

/** One of two who got it, and one who could not. */
function waveOf(wave: Pick<ActionWave, "id" | "kind">, text: string, isLive: boolean): FoundWave {
  const of: ActionWave = { ...wave, channel: "sms", state: "concluded", round: 1 };
  const record = { ...waveRecord({ count: 2, waveId: wave.id, kind: wave.kind, texts: [text] }), stop: null };
  const live = new LiveWave(record, 0, rosterOf(2));
  live.intend({ from: 0, count: 2, resend: false }, 0, [1], 9);
  live.outcome(0, 0, 0, 9);
  live.outcome(1, 0, NOT_SENT + NOT_SENT_REASON.switchedOff, 9);
  const stored = { ...record, archive: isLive ? null : summaryOf(live) };
  return { wave: of, stored, live: isLive ? live : undefined };
}

it("are one for each text where they are at rest, and each is read once while the action is under way", () => {
  const arrivals = (id: number, text: string, isLive = false) => waveOf({ id, kind: "arrivals" }, text, isLive);
  const all = [waveOf({ id: 1, kind: "first" }, "a", true), arrivals(2, "a"), arrivals(3, "a")];
  all.push(waveOf({ id: 4, kind: "update" }, "b", true), arrivals(5, "b"), arrivals(6, "b", true));
  const read: number[] = [];
  const found = {
    of: ({ waves }: Pick<ActionRecord, "waves">) => {
      read.push(...waves.map(({ id }) => id));
      return waves.map(({ id }) => all.find(({ wave }) => wave.id === id)!);
    },
    damageOf: () => undefined,
  } as unknown as FoundWaves;
  const shown = new ShownWaves(found);
  const record: ActionRecord = { ...draftOf(), status: "sending", waves: all.map(({ wave }) => wave) };
  const { waves } = shown.of(record);
  expect(waves.map(({ kind, text, recipients }) => [kind, text, recipients])).toEqual([
    ["first", "a", 2],
    ["arrivals", "a", 4],
    ["arrivals", "b", 2],
    ["update", "b", 2],
    ["arrivals", "b", 2],
  ]);
  expect(waves[1]!.counts).toMatchObject({ unknown: 2, failed: 2, acknowledged: 0 });
  expect(waves[1]!.failures).toEqual([{ cause: "notSent", code: NOT_SENT_REASON.switchedOff, times: 2 }]);
  read.length = 0;
  expect(shown.of(record).waves).toEqual(waves);
  expect(read).toEqual([1, 4, 6]);
  read.length = 0;
  expect(shown.of({ ...record, status: "ended" }).waves).toEqual(waves);
  expect(shown.of({ ...record, status: "ended" }).waves).toEqual(waves);
  expect(read).toEqual([1, 4, 6, 1, 2, 3, 4, 5, 6]);
});
