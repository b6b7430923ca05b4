/**
 * What is around an action, in a few lines: a ledger that concludes waves, steps that are done, wait or fail, operators, and kills
 * after which there is what was written, and the ledger.
 */
import fc from "fast-check";
import type { ActionRecord, ActionWave } from "../../../../engine/actions/record.js";
import { updatesOf } from "../../../../engine/actions/rounds/moving.js";
import { nextMomentMs, readyRound } from "../../../../engine/actions/rounds/ready.js";
import { stepAt } from "../../../../engine/actions/rounds/rings.js";
import type { Widening } from "../../../../engine/actions/rounds/round.js";
import { refusalOf } from "../../../../engine/actions/transitions/refusal.js";
import { step } from "../../../../engine/actions/transitions/step.js";
import type { ActionEvent, Step, Word } from "../../../../engine/actions/transitions/words.js";
import { ACTION_WAVE_KINDS } from "../../../../schemas/words.js";
import { BY, draftOf, frozen, NOW_MS } from "./action-events.js";

const REASON = { code: "BUSY", detail: "too much waits" } as const;
const END = { text: "he was found", outcome: "success" } as const;
const said = { by: BY, atMs: NOW_MS };
const AREA: Widening = { area: { type: "Municipality", code: "GM0363" } };
/** Moments that come only when the world's clock is moved on. */
const RINGS: Widening = {
  rings: { center: [5, 52], steps: [1, 2, 3].map((at) => ({ radiusMeters: at * 1_000, atMs: NOW_MS + at * 60_000 })) },
};

const drawnWord: fc.Arbitrary<Word> = fc.oneof(
  fc
    .record({ type: fc.constant("dispatched" as const), allowNobody: fc.boolean() })
    .map((word) => ({ ...word, ...said })),
  fc.constantFrom("approved" as const, "stopped" as const, "resumed" as const).map((type) => ({ type, ...said })),
  fc
    .constantFrom(null, NOW_MS - 1, NOW_MS + 1)
    .map((startAtMs) => ({ ...draftOf(), type: "edited" as const, ...said, startAtMs })),
  fc.boolean().map((goes) => ({ type: "resent" as const, ...said, goes: goes ? [1, 2, 3] : [] })),
  fc
    .constantFrom("updated" as const, "corrected" as const)
    .map((type) => ({ type, ...said, said: { text: "not so" } })),
  fc
    .constantFrom<Widening>(AREA, RINGS, { enough: 7 })
    .map((widening) => ({ type: "widened" as const, ...said, widening })),
  fc.constant({ type: "repeated" as const, ...said }),
  fc.constant({ type: "ended" as const, ...said, end: END }),
);

/** Whatever could ever be said of an action, also what can't be so. */
export const drawnEvent: fc.Arbitrary<ActionEvent> = fc.oneof(
  { arbitrary: drawnWord, weight: 2 },
  {
    arbitrary: fc
      .record({
        wave: fc.record(
          {
            id: fc.integer({ min: 1, max: 6 }),
            kind: fc.constantFrom(...ACTION_WAVE_KINDS),
            channel: fc.constant("sms" as const),
            round: fc.integer({ min: 1, max: 4 }),
          },
          { requiredKeys: ["id", "kind", "channel"] },
        ),
        updates: fc.nat(2),
      })
      .map((opened) => ({ type: "opened" as const, atMs: NOW_MS, ...opened })),
    weight: 2,
  },
  { arbitrary: fc.integer({ min: 1, max: 6 }).map((waveId) => ({ type: "concluded" as const, waveId })), weight: 2 },
  fc.constantFrom(NOW_MS, NOW_MS + 9 * 3_600_000).map((atMs) => ({ type: "due" as const, atMs })),
  fc
    .record({ atMs: fc.constantFrom(NOW_MS, NOW_MS + 9 * 3_600_000), recipients: fc.nat({ max: 1 }) })
    .map((selected) => ({ type: "selected" as const, ...selected, selectMs: 1 })),
  fc.constantFrom({ type: "expired" as const, detail: "late" }, { type: "archived" as const }),
  fc.constantFrom("waits" as const, "failed" as const, "held" as const).map((type) => ({ type, reason: REASON })),
  fc.integer({ min: 1, max: 4 }).map((round) => ({ type: "failed" as const, reason: REASON, round })),
  fc
    .record({ round: fc.integer({ min: 1, max: 4 }) })
    .map((nobody) => ({ type: "nobody" as const, atMs: NOW_MS, ...nobody })),
  fc.nat(4).map((minutes) => ({ type: "moment" as const, atMs: NOW_MS + minutes * 60_000 })),
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
  /** Time goes on, and some moments come. */
  | { readonly type: "time" }
  | { readonly type: "kill" }
  | { readonly type: "clock" };
type How = "opens" | "nobody" | "waits" | "fails";

export const drawnMoves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    { arbitrary: drawnWord, weight: 4 },
    {
      arbitrary: fc
        .constantFrom<How>("opens", "opens", "opens", "opens", "nobody", "waits", "fails")
        .map((how) => ({ type: "does" as const, how })),
      weight: 4,
    },
    {
      arbitrary: fc.constantFrom<Move>(
        { type: "conclude" },
        { type: "conclude" },
        { type: "time" },
        { type: "kill" },
        { type: "clock" },
      ),
      weight: 3,
    },
  ),
  { maxLength: 40 },
);

interface WorldWave {
  readonly kind: ActionWave["kind"];
  readonly round: number | undefined;
  readonly ring: number | undefined;
  /** How often the text had been corrected when it was opened. */
  readonly updates: number;
  isDone: boolean;
  isStopped: boolean;
}

export class World {
  record: ActionRecord = frozen(draftOf());
  #stored = this.record;
  #nowMs = NOW_MS;
  /** Waves in the ledger, and whether it is done with each. */
  readonly #waves = new Map<number, WorldWave>();
  /** What was begun and has not come to an end. */
  readonly #atWork = new Set<"select" | "thank" | "follow">();
  readonly #judge: (before: ActionRecord, follows: Step) => void;

  /** `judge` is shown each step. */
  constructor(judge: (before: ActionRecord, follows: Step) => void) {
    this.#judge = judge;
  }

  get ids(): number[] {
    return [...this.#waves.keys()].sort((a, b) => a - b);
  }

  get waves(): readonly WorldWave[] {
    return [...this.#waves.values()];
  }

  make(move: Move): void {
    if (move.type === "does") this.#does(move.how);
    else if (move.type === "conclude") this.#conclude();
    else if (move.type === "time") this.#pass(60_000);
    else if (move.type === "kill") this.#kill();
    else if (move.type === "clock") this.#tell({ type: "held", reason: REASON });
    else if (move.type === "resent") this.#resend(move);
    else this.#tell(move);
  }

  /** All that was begun comes to a good end, and all moments come. */
  settle(): void {
    this.#nowMs += 3_600_000;
    this.#tell({ type: "moment", atMs: this.#nowMs });
    for (let turns = 0; turns < 200; turns++) {
      this.#does("opens");
      if (this.record.status !== "held") this.#conclude();
    }
  }

  #pass(ms: number): void {
    this.#nowMs += ms;
    this.#tell({ type: "due", atMs: NOW_MS + 2 });
    this.#tell({ type: "moment", atMs: this.#nowMs });
  }

  #tell(event: ActionEvent): void {
    const follows = step(this.record, event);
    this.#judge(this.record, follows);
    const { record, effects } = follows;
    this.record = frozen(record);
    for (const effect of effects) {
      if (effect.do === "stop") for (const id of effect.waveIds) this.#waves.get(id)!.isStopped = true;
      if (effect.do === "select" || effect.do === "thank" || effect.do === "follow") this.#atWork.add(effect.do);
      if (effect.do === "save" || effect.do === "stop" || effect.do === "hold") this.#stored = record;
    }
    // The lifecycle sets a timer for what a record waits for.
    if (nextMomentMs(this.record) <= this.#nowMs) this.#tell({ type: "moment", atMs: this.#nowMs });
  }

  #does(how: How): void {
    for (const what of [...this.#atWork]) {
      const isWanted = {
        select: this.record.status === "selecting",
        thank: this.record.status === "ending",
        follow: readyRound(this.record) !== undefined,
      }[what];
      if (!isWanted || how !== "waits") this.#atWork.delete(what);
      if (!isWanted) continue;
      if (how === "waits") this.#tell({ type: "waits", reason: REASON });
      else if (what === "follow") this.#follow(how);
      else if (how === "fails") this.#tell({ type: "failed", reason: REASON });
      else if (how === "nobody" && what === "thank") this.#tell({ type: "unthanked", reason: null });
      else this.#open(what === "select" ? "first" : "ending");
      // What was asked of it while it was selecting begins after its first wave.
      if (what === "select") this.#tell({ type: "moment", atMs: this.#nowMs });
    }
  }

  #follow(how: Exclude<How, "waits">): void {
    const round = readyRound(this.record)!;
    const rings = round.widening && "rings" in round.widening ? round.widening.rings : undefined;
    const ring = rings && stepAt(rings, round.next ?? 0, this.#nowMs);
    if (how === "fails") this.#tell({ type: "failed", reason: REASON, round: round.number });
    else if (how === "nobody") this.#tell({ type: "nobody", round: round.number, ring, atMs: this.#nowMs });
    else this.#open(round.kind, round.number, ring);
    if (readyRound(this.record)) this.#atWork.add("follow");
  }

  #open(kind: ActionWave["kind"], round?: number, ring?: number): void {
    // Who is thanked is who was asked, once it is known who that was.
    if (kind === "ending")
      for (const wave of this.#waves.values()) if (!wave.isDone) throw new Error("thanked too soon");
    const id = this.#waves.size + 1;
    const before = this.record;
    const updates = updatesOf(before);
    const wave = { id, kind, channel: "sms" as const, ...(round !== undefined && { round }) };
    // It has to be there before its record says so.
    this.#waves.set(id, { kind, round, ring, updates, isDone: false, isStopped: false });
    this.#tell({ type: "opened", wave, updates, ring, atMs: this.#nowMs });
    if (this.record === before) this.#waves.delete(id);
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
    const goes = word.goes.filter((id) => this.#waves.get(id)?.isStopped === false);
    for (const id of goes) this.#waves.get(id)!.isDone = false;
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
