/**
 * What is around an action, in a few lines: a ledger that concludes waves, steps that are done, wait or fail, operators, and kills
 * after which there is what was written, and the ledger.
 */
import fc from "fast-check";
import type { ActionRecord, ActionWave } from "../../../../engine/actions/record.js";
import { refusalOf } from "../../../../engine/actions/transitions/refusal.js";
import { step } from "../../../../engine/actions/transitions/step.js";
import type { ActionEvent, Step, Word } from "../../../../engine/actions/transitions/words.js";
import { BY, draftOf, frozen, NOW_MS } from "./action-events.js";

const REASON = { code: "BUSY", detail: "too much waits" } as const;
const END = { text: "he was found", outcome: "success" } as const;
const said = { by: BY, atMs: NOW_MS };

const drawnWord: fc.Arbitrary<Word> = fc.oneof(
  fc
    .record({ type: fc.constant("dispatched" as const), allowNobody: fc.boolean() })
    .map((word) => ({ ...word, ...said })),
  fc.constantFrom("approved" as const, "stopped" as const, "resumed" as const).map((type) => ({ type, ...said })),
  fc
    .constantFrom(null, NOW_MS - 1, NOW_MS + 1)
    .map((startAtMs) => ({ ...draftOf(), type: "edited" as const, ...said, startAtMs })),
  fc.boolean().map((goes) => ({ type: "resent" as const, ...said, goes })),
  fc.constant({ type: "ended" as const, ...said, end: END }),
);

/** Whatever could ever be said of an action, also what can't be so. */
export const drawnEvent: fc.Arbitrary<ActionEvent> = fc.oneof(
  { arbitrary: drawnWord, weight: 2 },
  {
    arbitrary: fc
      .record({ id: fc.integer({ min: 1, max: 6 }), kind: fc.constantFrom("first" as const, "ending" as const) })
      .map((wave) => ({ type: "opened" as const, wave: { ...wave, channel: "sms" as const } })),
    weight: 2,
  },
  { arbitrary: fc.integer({ min: 1, max: 6 }).map((waveId) => ({ type: "concluded" as const, waveId })), weight: 2 },
  fc.constantFrom(NOW_MS, NOW_MS + 9 * 3_600_000).map((atMs) => ({ type: "due" as const, atMs })),
  fc
    .record({ atMs: fc.constantFrom(NOW_MS, NOW_MS + 9 * 3_600_000), recipients: fc.nat({ max: 1 }) })
    .map((selected) => ({ type: "selected" as const, ...selected, selectMs: 1 })),
  fc.constantFrom({ type: "expired" as const, detail: "late" }, { type: "archived" as const }),
  fc.constantFrom("waits" as const, "failed" as const, "held" as const).map((type) => ({ type, reason: REASON })),
  fc.constantFrom(null, REASON).map((reason) => ({ type: "unthanked" as const, reason })),
  fc
    .record({ refusal: fc.constantFrom(null, REASON), isDamaged: fc.boolean() })
    .map((found) => ({ type: "found" as const, ...found })),
);

/** `does`: a step that is at work is done, finds that nobody is to be thanked, waits or fails; `conclude`: the ledger is done with a wave. */
export type Move =
  | Word
  | { readonly type: "does"; readonly how: How }
  | { readonly type: "conclude" }
  | { readonly type: "kill" }
  | { readonly type: "clock" }
  | { readonly type: "time" };
type How = "opens" | "nobody" | "waits" | "fails";

export const drawnMoves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    { arbitrary: drawnWord, weight: 4 },
    {
      arbitrary: fc
        .constantFrom<How>("opens", "opens", "opens", "nobody", "waits", "fails")
        .map((how) => ({ type: "does" as const, how })),
      weight: 4,
    },
    {
      arbitrary: fc.constantFrom<Move>({ type: "conclude" }, { type: "kill" }, { type: "clock" }, { type: "time" }),
      weight: 3,
    },
  ),
  { maxLength: 40 },
);

export class World {
  record: ActionRecord = frozen(draftOf());
  readonly opened = { first: 0, ending: 0 };
  #stored = this.record;
  /** Waves in the ledger, and whether it is done with each. */
  readonly #waves = new Map<number, { kind: ActionWave["kind"]; isDone: boolean; isStopped: boolean }>();
  /** What was begun and has not come to an end. */
  readonly #atWork = new Set<"select" | "thank">();
  readonly #judge: (before: ActionRecord, follows: Step) => void;

  /** `judge` is shown each step. */
  constructor(judge: (before: ActionRecord, follows: Step) => void) {
    this.#judge = judge;
  }

  get ids(): number[] {
    return [...this.#waves.keys()].sort();
  }

  make(move: Move): void {
    if (move.type === "does") this.#does(move.how);
    else if (move.type === "conclude") this.#conclude();
    else if (move.type === "kill") this.#kill();
    else if (move.type === "clock") this.#tell({ type: "held", reason: REASON });
    else if (move.type === "time") this.#tell({ type: "due", atMs: NOW_MS + 2 });
    else if (move.type === "resent") this.#resend(move);
    else this.#tell(move);
  }

  /** All that was begun comes to a good end. */
  settle(): void {
    for (let turns = 0; turns < 10; turns++) {
      this.#does("opens");
      if (this.record.status !== "held") this.#conclude();
    }
  }

  #tell(event: ActionEvent): void {
    const follows = step(this.record, event);
    this.#judge(this.record, follows);
    const { record, effects } = follows;
    this.record = frozen(record);
    for (const effect of effects) {
      if (effect.do === "stop") this.#waves.get(effect.waveId)!.isStopped = true;
      if (effect.do === "select" || effect.do === "thank") this.#atWork.add(effect.do);
      if (effect.do === "save" || effect.do === "stop" || effect.do === "hold") this.#stored = record;
    }
  }

  #does(how: How): void {
    for (const what of this.#atWork) {
      const isWanted = this.record.status === (what === "select" ? "selecting" : "ending");
      if (!isWanted || how !== "waits") this.#atWork.delete(what);
      if (!isWanted) continue;
      if (how === "waits") this.#tell({ type: "waits", reason: REASON });
      else if (how === "fails") this.#tell({ type: "failed", reason: REASON });
      else if (how === "nobody" && what === "thank") this.#tell({ type: "unthanked", reason: null });
      else this.#open(what === "select" ? "first" : "ending");
    }
  }

  #open(kind: ActionWave["kind"]): void {
    // Who is thanked is who was asked, once it is known who that was.
    if (kind === "ending")
      for (const wave of this.#waves.values()) if (!wave.isDone) throw new Error("thanked too soon");
    const id = this.#waves.size + 1;
    const before = this.record;
    this.#tell({ type: "opened", wave: { id, kind, channel: "sms" } });
    if (this.record === before) return;
    this.opened[kind]++;
    this.#waves.set(id, { kind, isDone: false, isStopped: false });
  }

  #conclude(): void {
    for (const [waveId, wave] of this.#waves) {
      if (wave.isDone) continue;
      wave.isDone = true;
      this.#tell({ type: "concluded", waveId });
      return;
    }
  }

  #resend(word: Word & { type: "resent" }): void {
    if (refusalOf(this.record, "resent", NOW_MS)) return;
    const first = [...this.#waves.values()].find(({ kind }) => kind === "first");
    const goes = word.goes && first?.isStopped === false;
    if (goes) first.isDone = false;
    this.#tell({ ...word, goes });
  }

  /** What was not written is gone, and what is written of a wave may be of before the ledger was done with it. */
  #kill(): void {
    this.#atWork.clear();
    const waves = this.#stored.waves.map((wave) =>
      this.#waves.get(wave.id)!.isDone ? { ...wave, state: "concluded" as const } : wave,
    );
    this.record = frozen({ ...this.#stored, waves });
    this.#tell({ type: "found", refusal: null, isDamaged: false });
  }
}
