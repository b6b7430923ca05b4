/**
 * How many copies of a message each person may have: live, and rebuilt from the journal after kills, against a count that is
 * made by hand from grants and answers. Over carriers that make different numbers of parts, in both policies, with an
 * operator's word in between, and after a stop.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { applyEvent, replay } from "../../../../engine/dispatch/ledger/journal/journal.js";
import { JournalPage } from "../../../../engine/dispatch/ledger/journal/journal-page.js";
import { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import { DISPATCH } from "../../../../schemas/limits.js";
import { EVENT, EVENT_WORDS, RECEIPT_STATE, RELEASE_REASON, UNKNOWN_REASON } from "../../../../schemas/link.js";
import { STATE, STATE_MASK } from "../../../../schemas/words.js";
import { rosterOf, waveRecord } from "../bare-fixtures.js";
import { takeAny } from "../fixtures.js";
import { storeOfFile } from "../store-of-file.js";

const { store } = storeOfFile();
let lastId = 0;

const COUNT = 6;
/** Hash of a carrier's name, and the parts that it makes of the message. */
const CARRIERS = [
  [0x8000_0000, 2],
  [0x8000_0001, 1],
] as const;

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("grant" as const), most: fc.integer({ min: 1, max: 4 }), n: fc.nat(1) }),
  },
  {
    weight: 16,
    arbitrary: fc.record({
      do: fc.constant("answer" as const),
      n: fc.nat(),
      said: fc.constantFrom("acknowledged", "acknowledged", "temporary", "refusal", "unknown", "released"),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("receipt" as const), n: fc.nat(COUNT - 1) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("kill" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("resend" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stop" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What one person got, as a witness at the carriers would note it. */
interface Witness {
  copies: number;
  words: number;
  parts: number;
  carrier: number;
  /** Answers of the attempt under way; null when there is none. */
  said: string[] | null;
}

class Life {
  wave: LiveWave;
  readonly record;
  readonly people: Witness[];
  #page = new JournalPage(0);
  #now = 0;
  #stoppedAtMs: number | null = null;

  constructor(holds: boolean) {
    this.record = waveRecord({ waveId: ++lastId, count: COUNT, segments: 2, onUnknown: holds ? "hold" : "resend" });
    this.wave = new LiveWave(this.record, 0, rosterOf(COUNT));
    this.people = Array.from({ length: COUNT }, () => ({ copies: 0, words: 0, parts: 0, carrier: 0, said: null }));
  }

  async step(step: Step): Promise<void> {
    this.#now++;
    this.wave.queue.tick(this.#now * 1e6);
    if (step.do === "grant") this.#grant(step.most, step.n);
    else if (step.do === "answer") this.#answer(step.n, step.said);
    else if (step.do === "receipt") this.#receipt(step.n);
    else if (step.do === "kill") return this.#kill();
    else if (step.do === "resend") this.#resend();
    else if (this.#stoppedAtMs === null) {
      this.#stoppedAtMs = this.#now;
      this.wave.stop(this.#now, STATE.stopped);
    }
    await this.#commit();
  }

  async #commit(): Promise<void> {
    this.#now++;
    if (this.#page.isEmpty) return;
    const put = await store.commit(() => this.#page.write(store.table("journal"), this.record.waveId, this.#now));
    expect(put.ok).toBe(true);
    this.wave.finish(this.#now);
  }

  #grant(most: number, n: number): void {
    const run = takeAny(this.wave, most);
    if (run === null) return;
    const [carrier, parts] = CARRIERS[n]!;
    this.wave.intend(run, this.#now, [parts], carrier);
    this.#page.addGrant(carrier, run, [parts]);
    for (let position = run.from; position < run.from + run.count; position++) {
      const person = this.people[position]!;
      expect(person.said).toBe(null);
      expect(person.copies, "copies before one more").toBeLessThan(DISPATCH.copies + person.words);
      if (this.record.onUnknown === "hold" && person.copies > 0) expect(run.resend).toBe(true);
      Object.assign(person, { said: [], carrier, parts });
    }
  }

  #answer(n: number, said: string): void {
    const open = this.people.flatMap(({ said }, position) => (said === null ? [] : [position]));
    if (open.length === 0) return;
    const position = open[n % open.length]!;
    const person = this.people[position]!;
    if (said === "released") {
      if (person.said!.length > 0) return;
      person.said = null;
      this.#event([EVENT.released | (RELEASE_REASON.unbound << 8), 0, position, 1], person.carrier);
      return;
    }
    const segment = person.said!.length << 8;
    person.said!.push(said);
    if (person.said!.length === person.parts) this.#conclude(person);
    if (said === "unknown")
      this.#event([EVENT.unknown | segment, 0, position, UNKNOWN_REASON.deadline], person.carrier);
    else {
      const status = { acknowledged: 0, temporary: 0x14, refusal: 0x0b }[said]!;
      this.#event([EVENT.outcome | segment, 0, position, status], person.carrier);
    }
  }

  /** By hand: it may have arrived where a part was taken or may have been, and it is not known that all was. */
  #conclude(person: Witness): void {
    const said = new Set(person.said);
    person.said = null;
    const isWhole = said.size === 1 && said.has("acknowledged");
    // Who waits for a receipt and was refused a part has failed: that is the end.
    const isOver = this.record.onUnknown === "hold" && said.has("unknown") && said.has("refusal");
    if (!isWhole && !isOver && (said.has("acknowledged") || said.has("unknown"))) person.copies++;
  }

  #event(words: number[], carrier: number): void {
    const event = new Uint32Array(words);
    expect(event.length).toBe(EVENT_WORDS);
    this.#page.addEvent(event, 0, EVENT_WORDS, carrier);
    applyEvent(this.wave, event, 0, carrier);
  }

  #receipt(position: number): void {
    const { parts, carrier, said } = this.people[position]!;
    if (parts === 0) return;
    for (let segment = 0; segment < parts; segment++) {
      this.wave.receipt(position, segment, RECEIPT_STATE.delivered, carrier);
      this.#page.addReceipt(position, segment, RECEIPT_STATE.delivered, carrier, said !== null);
    }
  }

  #resend(): void {
    if (this.#stoppedAtMs !== null) return;
    for (const [from, count] of [...this.wave.unknownRuns()]) {
      for (let position = from; position < from + count; position++) this.people[position]!.words++;
    }
    this.#page.addResends(this.wave);
  }

  /** Whatever was under way may have arrived, and nobody will ever say. */
  async #kill(): Promise<void> {
    for (const person of this.people) {
      if (person.said !== null) Object.assign(person, { said: null, copies: person.copies + 1 });
    }
    const before = this.wave;
    this.wave = new LiveWave(this.record, 0, rosterOf(COUNT));
    const sequence = replay(
      this.wave,
      store.table("journal"),
      this.#stoppedAtMs === null ? null : { atMs: this.#stoppedAtMs },
    );
    if (!sequence.ok) throw new Error(sequence.problem.detail);
    this.#page = new JournalPage(sequence.value);
    this.wave.resume();
    // The one that lived sees the same when it concludes what was under way likewise.
    for (let position = 0; position < COUNT; position++) before.lost(position);
    this.check();
    const alike = [...this.wave.states].map((state, position) => [state, before.states[position]]);
    for (const [state, was] of alike) if ((was! & STATE_MASK) !== STATE.unknown) expect(state).toBe(was);
  }

  check(): void {
    const copies = this.people.map((_, position) => this.wave.trials.copies(position));
    expect(copies).toEqual(this.people.map((person) => person.copies));
  }
}

it("counts the copies of each person live and after kills alike, and grants nobody more than may be", async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 80 }), async (holds, steps) => {
      const life = new Life(holds);
      for (const each of steps) {
        await life.step(each);
        life.check();
      }
      await life.step({ do: "kill" });
    }),
    { numRuns: 150 },
  );
});

it("sends to the same people three times in thirteen kills in a row, and shows them as unknown from then on", async () => {
  const life = new Life(false);
  const times = new Array<number>(COUNT).fill(0);
  for (let kill = 0; kill < 13; kill++) {
    await life.step({ do: "grant", most: 2, n: 0 });
    for (const [position, { said }] of life.people.entries()) if (said !== null) times[position]!++;
    await life.step({ do: "kill" });
  }
  expect(times).toEqual(new Array(COUNT).fill(DISPATCH.copies));
  expect(life.wave.counts[STATE.unknown]).toBe(COUNT);
  expect(life.wave.possibleDuplicates).toBe(COUNT);
  expect([...life.wave.unknownRuns()]).toEqual([[0, COUNT]]);
});
