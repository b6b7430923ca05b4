/** A dispatcher on a real store with carriers in threads, as the service puts them together but without selection. */
import { Dispatcher } from "../../../../engine/dispatch/ledger/dispatcher.js";
import type { DispatcherHooks } from "../../../../engine/dispatch/ledger/dispatcher-hooks.js";
import type { Recovered } from "../../../../engine/dispatch/ledger/recovery.js";
import { countTexts } from "../../../../engine/dispatch/ledger/text-shares.js";
import type { StoredWave, WaveRecord } from "../../../../engine/dispatch/ledger/wave-record.js";
import { WaveStore } from "../../../../engine/dispatch/ledger/wave-store.js";
import { LiveWave } from "../../../../engine/dispatch/wave/wave.js";
import type { Store } from "../../../../engine/store/store.js";
import { assert, type Problem } from "../../../../schemas/errors.js";
import type { TextNumbers } from "../../../../schemas/text-numbers.js";
import { rosterOf, waveRecord } from "../bare-fixtures.js";
import type { FakeCarrier, WrittenSegment } from "../fake-carrier.js";
import { clockOf, peopleWith, recoverAll, type TemporaryFolder, textNumbersOf, until } from "../fixtures.js";

export class Engine {
  readonly waveStore: WaveStore;
  readonly dispatcher: Dispatcher;
  /** Waves in the order in which they were announced as sent. */
  readonly sent: LiveWave[] = [];
  readonly problems: Problem[] = [];

  private constructor(
    readonly store: Store,
    readonly carriers: FakeCarrier[],
    now: () => number,
    numbers: SharedArrayBuffer,
  ) {
    this.waveStore = new WaveStore(store);
    const hooks: DispatcherHooks = {
      onSent: (wave) => void this.sent.push(wave),
      onFatal: (problem) => void this.problems.push(problem),
      ...clockOf(now),
    };
    this.dispatcher = new Dispatcher(store, carriers, hooks, peopleWith(new Float64Array(numbers)));
  }

  /** `speed`: how much faster its clock goes, for what is done after pauses; `aheadMs`: by how much it is ahead. `numbers` as in the registry's column. */
  static start(
    folder: TemporaryFolder,
    carriers: readonly FakeCarrier[],
    { speed = 1, aheadMs = (): number => 0, numbers = new SharedArrayBuffer(0) } = {},
  ): Engine {
    const startMs = Date.now();
    return new Engine(
      folder.open(),
      [...carriers],
      () => startMs + (Date.now() - startMs) * speed + aheadMs(),
      numbers,
    );
  }

  /** Opens a wave as an action does, its roster in the commit that holds its record; who gets which of several texts is drawn. */
  async open(record: Partial<WaveRecord> & { count: number }): Promise<LiveWave> {
    this.dispatcher.start();
    const { slot, stored, roster, textNumbers } = await this.#prepare(record);
    const put = await this.waveStore.putRoster(stored.waveId, roster, stored.count, textNumbers);
    assert(put.ok, "the roster is stored");
    const wave = new LiveWave(stored, slot, roster, textNumbers);
    await this.dispatcher.open(wave, 0, () => {
      put.value();
      this.waveStore.put(stored);
    });
    return wave;
  }

  recover(): Promise<Recovered> {
    return recoverAll(this.waveStore, this.dispatcher).then((recovered) => {
      assert(recovered.ok, "the store is whole");
      return recovered.value;
    });
  }

  async isSent(wave: LiveWave): Promise<void> {
    await until(() => this.sent.includes(wave) || this.carriers.some(({ failure }) => failure));
    for (const { failure } of this.carriers) if (failure) throw failure;
  }

  log(): WrittenSegment[] {
    return this.carriers.flatMap((carrier) => carrier.log());
  }

  /** Ends at once, between two commits: what the carriers have and have not said is lost. */
  async crash(): Promise<void> {
    await this.dispatcher.close();
    await Promise.all(this.carriers.map((carrier) => carrier.close()));
    await this.store.close();
  }

  async #prepare(record: Partial<WaveRecord> & { count: number }): Promise<{
    slot: number;
    stored: StoredWave;
    roster: SharedArrayBuffer;
    textNumbers: TextNumbers;
  }> {
    const { count, texts = ["x"] } = record;
    const waveId = this.waveStore.newId();
    const participants = rosterOf(count);
    const drawn = { count, participants, textNumbers: textNumbersOf(count, texts.length, waveId) };
    const { textNumbers, ...counted } = await countTexts(texts, drawn, (text) =>
      this.dispatcher.carriers.segmentsOf(record, text),
    );
    const several = texts.length > 1 ? counted : {};
    const stored = { ...waveRecord({ ...record, ...several, waveId }), stop: null, archive: null };
    return { slot: this.dispatcher.freeSlot(), stored, roster: participants, textNumbers };
  }
}

/** How often each position of the wave in `slot` went out, by its first segment. */
export function timesWritten(log: readonly WrittenSegment[], slot: number, count: number): number[] {
  const times = new Array<number>(count).fill(0);
  for (const each of log) if (each.slot === slot && each.segment === 0) times[each.position]!++;
  return times;
}
