/** What the journal replays is what was: through real pages, a real store, and from the record of its first entry on. */
import { cpSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { Dispatcher } from "../../../../../engine/dispatch/ledger/dispatcher.js";
import { applyEvent, journalKey, replay } from "../../../../../engine/dispatch/ledger/journal/journal.js";
import { JournalPage } from "../../../../../engine/dispatch/ledger/journal/journal-page.js";
import type { WaveRecord } from "../../../../../engine/dispatch/ledger/wave-record.js";
import { WaveStore } from "../../../../../engine/dispatch/ledger/wave-store.js";
import { hashMessageId } from "../../../../../engine/dispatch/receipts/message-index.js";
import { LiveWave } from "../../../../../engine/dispatch/wave/wave.js";
import type { Result } from "../../../../../schemas/errors.js";
import {
  EVENT,
  EVENT_WORDS,
  NOT_SENT,
  NOT_SENT_REASON,
  RECEIPT_STATE,
  RELEASE_REASON,
} from "../../../../../schemas/link.js";
import type { TextNumbers } from "../../../../../schemas/text-numbers.js";
import { POSSIBLE_DUPLICATE, RECIPIENT_STATES, STATE, STATE_MASK } from "../../../../../schemas/words.js";
import { seeded } from "../../../../random.js";
import { turnBit } from "../../../store/damage.js";
import { putId, rosterOf, waveRecord } from "../../bare-fixtures.js";
import { clockOf, peopleOf, recoverAll, TemporaryFolder, takeAny, textNumbersOf } from "../../fixtures.js";
import { storeOfFile } from "../../store-of-file.js";

/** Hash of a carrier's name; the other one's is the next number. */
const CARRIER = 0x8000_0000;

const { folder, store } = storeOfFile();
let lastId = 0;

/** Lives through a random course as the dispatcher would drive it, and writes an entry every now and then. */
class Life {
  readonly wave: LiveWave;
  readonly page = new JournalPage(0);
  readonly ids: { id: Uint8Array; carrier: number; entry: number }[] = [];
  entries = 0;
  concludedAtMs: number | null = null;
  readonly #next: () => number;
  readonly #words = new Uint32Array(64);

  constructor(
    readonly record: WaveRecord,
    seed: number,
  ) {
    const numbers = textNumbersOf(record.count, record.texts.length, seed);
    this.wave = new LiveWave(withShares(record, numbers), 0, rosterOf(record.count), numbers);
    this.#next = seeded(seed);
  }

  async live(turns: number): Promise<void> {
    const commits: Promise<Result<void>>[] = [];
    for (let turn = 1; turn <= turns; turn++) {
      for (let events = this.#below(30); events > 0; events--) this.#event();
      for (let grants = this.#below(4); grants > 0; grants--) this.#grant(turn);
      if (this.page.isEmpty) continue;
      this.entries++;
      commits.push(store.commit(() => this.page.write(store.table("journal"), this.record.waveId, turn)));
      expect(this.page.isEmpty).toBe(true);
      if (this.wave.finish(turn)) this.concludedAtMs = turn;
    }
    for (const committed of await Promise.all(commits)) expect(committed.ok).toBe(true);
  }

  #below(n: number): number {
    return Math.floor(this.#next() * n);
  }

  #grant(atMs: number): void {
    const run = takeAny(this.wave, 1 + this.#below(8));
    if (run === null) return;
    // The carriers make other numbers of parts of each text; one of them is configured anew in the middle.
    const carrier = this.#below(2);
    const most = this.record.texts.map((text) => text.length);
    const parts = carrier === 0 ? most : most.map((each) => (atMs > 10 ? Math.max(1, each - 1) : 1));
    this.page.addGrant(CARRIER + carrier, run, parts, this.wave.partsOf(CARRIER + carrier));
    this.wave.intend(run, atMs, parts, CARRIER + carrier);
  }

  #event(): void {
    const { count, segments } = this.record;
    const inFlight = [...this.wave.states].flatMap((state, at) =>
      (state & STATE_MASK) === STATE.intended ? [at] : [],
    );
    const carrier = CARRIER + this.#below(2);
    if (this.#next() < 0.05) {
      // As when a carrier has been taken out: nobody serves these any more.
      const from = this.#below(this.wave.queue.cursor);
      const refused = Math.min(1 + this.#below(3), this.wave.queue.cursor - from);
      this.wave.refused(from, refused, NOT_SENT_REASON.noRoute);
      this.page.addRefused(from, refused, NOT_SENT_REASON.noRoute);
    }
    if (this.#next() < 0.2 && this.ids.length > 0) {
      const { entry } = this.ids[this.#below(this.ids.length)]!;
      const states = [
        RECEIPT_STATE.delivered,
        RECEIPT_STATE.undeliverable,
        RECEIPT_STATE.expired,
        RECEIPT_STATE.enroute,
      ];
      const state = states[this.#below(states.length)]!;
      const segment = entry % segments;
      const position = (entry - segment) / segments;
      const isUnderWay = (this.wave.states[position]! & STATE_MASK) === STATE.intended;
      this.wave.receipt(position, segment, state, carrier);
      this.page.addReceipt(position, segment, state, carrier, isUnderWay);
      return;
    }
    // Sometimes an answer that nobody waits for.
    const position =
      inFlight.length > 0 && this.#next() < 0.95 ? inFlight[this.#below(inFlight.length)] : this.#below(count);
    const [words, length] = this.#compose(position!, this.#below(segments), carrier);
    this.page.addEvent(words, 0, length, carrier);
    applyEvent(this.wave, words, 0, carrier);
  }

  #compose(position: number, segment: number, carrier: number): [Uint32Array, number] {
    const kind = this.#next();
    const words = this.#words;
    words[1] = 0;
    words[2] = position;
    if (kind < 0.1) {
      words[0] = EVENT.unknown | (segment << 8);
      words[3] = 1;
      return [words, EVENT_WORDS];
    }
    if (kind < 0.2 && this.record.segments === 1) {
      words[0] = EVENT.released | (RELEASE_REASON.unbound << 8);
      words[3] = 1;
      return [words, EVENT_WORDS];
    }
    if (kind < 0.4) {
      words[0] = EVENT.outcome | (segment << 8);
      words[3] = [0x08, 0x14, 0x0b, 0x33, 0x480, NOT_SENT + NOT_SENT_REASON.switchedOff][this.#below(6)]!;
      return [words, EVENT_WORDS];
    }
    const id = Uint8Array.from({ length: 1 + this.#below(64) }, () => this.#below(256));
    words[0] = EVENT.outcome | (segment << 8) | (id.length << 16);
    words[3] = 0;
    this.ids.push({ id, carrier, entry: position * this.record.segments + segment });
    return [words, EVENT_WORDS + putId(words, EVENT_WORDS, id)];
  }
}

/** The number of parts of a text is its length, at the carrier that makes most of them. */
function withShares(record: WaveRecord, numbers: TextNumbers): WaveRecord {
  if (numbers === undefined) return record;
  const shares = record.texts.map((text, number) => ({
    recipients: numbers.filter((each) => each === number).length,
    segments: text.length,
  }));
  return { ...record, shares };
}

/** Of the last attempt of each recipient, and what is known of both carriers. */
function partsOf(wave: LiveWave): number[][] {
  const ofCarriers = [CARRIER, CARRIER + 1].map((carrier) => [...Uint8Array.from(wave.partsOf(carrier) ?? [])]);
  return [...ofCarriers, [...wave.states.keys()].map((position) => wave.said.parts(position))];
}

function lookUp(wave: LiveWave, id: Uint8Array, carrier: number): number {
  const words = new Uint32Array(16);
  const hash = { place: 0, print: 0 };
  putId(words, 0, id);
  hashMessageId(words, 0, id.length, carrier, hash);
  return wave.index.find(hash);
}

const course = fc.record({
  count: fc.integer({ min: 1, max: 60 }),
  texts: fc.array(fc.constantFrom("a", "bb", "ccc"), { minLength: 1, maxLength: 3 }),
  onUnknown: fc.constantFrom("resend" as const, "hold" as const),
  seed: fc.integer(),
  turns: fc.integer({ min: 1, max: 40 }),
});

async function lived({ seed, turns, ...record }: Partial<WaveRecord> & { seed: number; turns: number }) {
  const segments = Math.max(...(record.texts ?? ["x"]).map((text) => text.length));
  const life = new Life(waveRecord({ segments, ...record, waveId: ++lastId }), seed);
  await life.live(turns);
  return life;
}

describe("the journal", () => {
  it("replays to the same states, counts, reasons and index", async () => {
    await fc.assert(
      fc.asyncProperty(course, async (each) => {
        const { wave, ids, entries } = await lived(each);
        const { record } = wave;
        const again = new LiveWave(record, 3, wave.roster, wave.textNumbers);
        const replayed = replay(again, store.table("journal"), null);
        expect(replayed.ok && replayed.value).toBe(entries);
        expect([...again.states]).toEqual([...wave.states]);
        expect([...again.counts]).toEqual([...wave.counts]);
        expect([...again.reasons]).toEqual([...wave.reasons]);
        expect(again.possibleDuplicates).toBe(wave.possibleDuplicates);
        expect(again.queue.cursor).toBe(wave.queue.cursor);
        expect(again.openSegments).toBe(wave.openSegments);
        expect(partsOf(again)).toEqual(partsOf(wave));
        expect(again.firstIntentAtMs).toBe(wave.firstIntentAtMs);
        const barred = ({ trials }: LiveWave): number[] =>
          [...wave.states.keys()].map((at) => trials.barredAt(at, (carrier) => 1 << (carrier - CARRIER)));
        expect(barred(again)).toEqual(barred(wave));
        for (const { id, carrier } of ids) expect(lookUp(again, id, carrier)).toBe(lookUp(wave, id, carrier));
        expect(lookUp(again, new Uint8Array(65).subarray(1), 77)).toBe(-1);
        // From here on both do the same.
        wave.resume();
        again.resume();
        expect([...again.states]).toEqual([...wave.states]);
        for (let run = takeAny(wave, 7); run; run = takeAny(wave, 7)) {
          expect(takeAny(again, 7)).toEqual(run);
          const parts = record.texts.map(() => 1);
          wave.intend(run, 1, parts, CARRIER);
          again.intend(run, 1, parts, CARRIER);
        }
        expect(takeAny(again, 7)).toBe(null);
      }),
      { numRuns: 25 },
    );
  });

  it("gives the waves back as they were at a restart, with the time at which they were concluded", async () => {
    await fc.assert(
      fc.asyncProperty(course, async (each) => {
        const { wave, concludedAtMs } = await lived({ ...each, turns: each.turns * 3 });
        const { record } = wave;
        const waveStore = new WaveStore(store);
        const put = await waveStore.putRoster(record.waveId, wave.roster, record.count, wave.textNumbers);
        if (!put.ok) throw new Error("the roster is stored");
        await store.commit(() => {
          put.value();
          waveStore.put({ ...record, stop: null, archive: null });
        });
        const sent: LiveWave[] = [];
        const hooks = {
          onSent: (each: LiveWave) => void sent.push(each),
          onFatal: () => {},
          ...clockOf(() => 1_000_000),
        };
        const dispatcher = new Dispatcher(store, [], hooks, peopleOf());
        const recovered = await recoverAll(waveStore, dispatcher);
        expect(recovered.ok && recovered.value.waves).toBe(1);
        const again = dispatcher.waves[0]!;
        wave.resume();
        expect([...again.states]).toEqual([...wave.states]);
        expect(new Uint32Array(again.roster)).toEqual(new Uint32Array(wave.roster));
        expect(again.textNumbers).toEqual(wave.textNumbers);
        expect(again.openSegments).toBe(wave.openSegments);
        expect(partsOf(again)).toEqual(partsOf(wave));
        expect(again.acknowledgedAtMs).toBe(concludedAtMs);
        await dispatcher.close();
        // It was announced when it happened, and is not announced again.
        if (concludedAtMs !== null) expect(sent).toEqual([]);
        await store.commit(() => void store.table("waves").clear());
      }),
      { numRuns: 10 },
    );
  });

  it("replays what a second restart finds: the first run, the resends of the second, and no more", async () => {
    const record = waveRecord({ waveId: ++lastId, count: 20 });
    const first = new LiveWave(record, 0, rosterOf(20));
    const page = new JournalPage(0);
    const all = { from: 0, count: 20, resend: false };
    first.intend(all, 1, [1], CARRIER);
    page.addGrant(CARRIER, all, [1]);
    await store.commit(() => page.write(store.table("journal"), record.waveId, 1));
    // The second run gives each of them up after as many temporary refusals as it takes; they may have it from the first.
    const second = new LiveWave(record, 0, rosterOf(20));
    expect(replay(second, store.table("journal"), null).ok).toBe(true);
    second.resume();
    const pages = new JournalPage(1);
    const words = new Uint32Array(EVENT_WORDS);
    for (let turn = 0; second.hasWork; turn++) {
      expect(turn).toBeLessThan(20);
      second.queue.tick(turn * 1e9);
      for (let run = takeAny(second, 20); run; run = takeAny(second, 20)) {
        second.intend(run, 2, [1], CARRIER);
        pages.addGrant(CARRIER, run, [1]);
      }
      await store.commit(() => pages.write(store.table("journal"), record.waveId, 2));
      for (let position = 0; position < 20; position++) {
        words.set([EVENT.outcome, 0, position, 0x08]);
        pages.addEvent(words, 0, EVENT_WORDS, CARRIER);
        applyEvent(second, words, 0, CARRIER);
      }
    }
    await store.commit(() => pages.write(store.table("journal"), record.waveId, 3));
    const third = new LiveWave(record, 0, rosterOf(20));
    expect(replay(third, store.table("journal"), null).ok).toBe(true);
    expect(third.resume()).toBe(0);
    expect([...third.states]).toEqual([...second.states]);
    expect(third.hasWork).toBe(false);
    expect(third.counts[RECIPIENT_STATES.indexOf("unknown")]).toBe(20);
    expect(third.possibleDuplicates).toBe(20);
  });

  it("replays that nobody serves those any more whom a restart had left uncertain", async () => {
    const record = waveRecord({ waveId: ++lastId, count: 4 });
    const all = { from: 0, count: 4, resend: false };
    const page = new JournalPage(0);
    page.addGrant(CARRIER, all, [1]);
    await store.commit(() => page.write(store.table("journal"), record.waveId, 1));
    // The second run knows no carrier that serves them: they may have been reached, and are not sent to again.
    const second = new LiveWave(record, 0, rosterOf(4));
    expect(replay(second, store.table("journal"), null).ok).toBe(true);
    expect(second.resume()).toBe(4);
    second.refused(0, 4, NOT_SENT_REASON.noRoute);
    page.addRefused(0, 4, NOT_SENT_REASON.noRoute);
    expect(second.isSent).toBe(true);
    await store.commit(() => page.write(store.table("journal"), record.waveId, 2));
    const third = new LiveWave(record, 0, rosterOf(4));
    expect(replay(third, store.table("journal"), null).ok).toBe(true);
    expect(third.resume()).toBe(0);
    expect([...third.states]).toEqual([...second.states]);
    expect(third.isSent).toBe(true);
    expect(third.acknowledgedAtMs).toBe(2);
  });

  it("makes of those that come back after the expiry what the live wave made of them, also when somebody stops it then", async () => {
    const record = waveRecord({ waveId: ++lastId, count: 3, expiresAtMs: 10 });
    const wave = new LiveWave(record, 0, rosterOf(3));
    const page = new JournalPage(0);
    const run = { from: 0, count: 2, resend: false };
    wave.intend(run, 1, [1], CARRIER);
    page.addGrant(CARRIER, run, [1]);
    await store.commit(() => page.write(store.table("journal"), record.waveId, 1));
    wave.stop(10, STATE.expired);
    const words = new Uint32Array(EVENT_WORDS);
    for (const event of [
      [EVENT.outcome, 0, 0, 0x08],
      [EVENT.released | (RELEASE_REASON.stopped << 8), 0, 1, 1],
    ]) {
      words.set(event);
      applyEvent(wave, words, 0, CARRIER);
      page.addEvent(words, 0, EVENT_WORDS, CARRIER);
    }
    expect([...wave.states]).toEqual([STATE.expired, STATE.expired, STATE.expired]);
    await store.commit(() => page.write(store.table("journal"), record.waveId, 11));
    const again = new LiveWave(record, 0, rosterOf(3));
    expect(replay(again, store.table("journal"), { atMs: 11 }).ok).toBe(true);
    expect([...again.states]).toEqual([...wave.states]);
  });

  it("keeps what is said of a wave wherever an entry has to grow for it", async () => {
    const record = waveRecord({ waveId: ++lastId, count: 1 });
    const page = new JournalPage(0);
    for (let said = 0; said < 2_000; said++) {
      page.addDoubted();
      page.addHalted(STATE.stopped);
    }
    await store.commit(() => page.write(store.table("journal"), record.waveId, 1));
    const wave = new LiveWave(record, 0, rosterOf(1));
    expect(replay(wave, store.table("journal"), null).ok).toBe(true);
    expect([wave.stoppedAtMs, wave.queue.isDoubted]).toEqual([1, true]);
  });

  it("takes a grant without a number of parts, as older entries have it, for the wave's own", async () => {
    const record = waveRecord({ waveId: ++lastId, count: 1, segments: 2 });
    const page = new JournalPage(0);
    page.addGrant(CARRIER, { from: 0, count: 1, resend: true }, [0]);
    await store.commit(() => page.write(store.table("journal"), record.waveId, 1));
    const wave = new LiveWave(record, 0, rosterOf(1));
    expect(replay(wave, store.table("journal"), null).ok).toBe(true);
    expect(wave.states[0]).toBe(STATE.intended | POSSIBLE_DUPLICATE);
    expect([0, 1, 1].map((segment) => wave.outcome(0, segment, 0, CARRIER))).toEqual([false, true, false]);
  });

  it("says STORE_CORRUPT at an entry that was damaged", async () => {
    const { record } = await lived({ count: 50, segments: 2, seed: 4, turns: 20 });
    // Nobody writes meanwhile, so the copy is whole.
    const copy = new TemporaryFolder();
    onTestFinished(() => copy.remove());
    cpSync(folder.path, copy.path, { recursive: true });
    await turnBit(copy.path, "journal", journalKey(record.waveId, 5));
    const damaged = copy.open();
    onTestFinished(() => damaged.close());
    const replayed = replay(new LiveWave(record, 0, rosterOf(record.count)), damaged.table("journal"), null);
    expect(!replayed.ok && replayed.problem.code).toBe("STORE_CORRUPT");
  });
});
