/**
 * Replies put together as the service does, on a real store with a registry in it, and a carrier without a thread: what it
 * brings is written into its ring by the test.
 */
import { surveyStore } from "../../../engine/actions/survey.js";
import { Archive } from "../../../engine/dispatch/ledger/archive.js";
import { Dispatcher } from "../../../engine/dispatch/ledger/dispatcher.js";
import { recover } from "../../../engine/dispatch/ledger/recovery.js";
import type { WaveRecord } from "../../../engine/dispatch/ledger/wave-record.js";
import { WaveStore } from "../../../engine/dispatch/ledger/wave-store.js";
import { People } from "../../../engine/dispatch/receipts/people.js";
import { GOES } from "../../../engine/dispatch/wave/standing.js";
import { LiveWave } from "../../../engine/dispatch/wave/wave.js";
import type { LoadedRegistry } from "../../../engine/registry/columns/columns.js";
import { loadRegistry } from "../../../engine/registry/columns/load.js";
import { NumberIndex } from "../../../engine/registry/columns/number-index.js";
import type { LiveRegistry } from "../../../engine/registry/live/live-registry.js";
import { openLive } from "../../../engine/registry/live/open.js";
import { openDataFolder } from "../../../engine/registry/open.js";
import { Confirmations } from "../../../engine/replies/confirmations.js";
import { ReplyHandler } from "../../../engine/replies/reply-handler.js";
import { ReplyStore, UNASSIGNED } from "../../../engine/replies/reply-store.js";
import type { Store } from "../../../engine/store/store.js";
import type { Vault } from "../../../engine/vault/vault.js";
import type { Reply } from "../../../schemas/api/action/reply.js";
import { ok, type Problem } from "../../../schemas/errors.js";
import {
  EVENT,
  EVENT_WORDS,
  GAUGE,
  RECEIPT_STATE,
  UNKNOWN_REASON,
  type WaveForCarrier,
} from "../../../schemas/link.js";
import { carrierPort, waveRecord } from "../dispatch/bare-fixtures.js";
import { clockOf, until } from "../dispatch/fixtures.js";
import { given, type SamplePerson } from "../registry/samples.js";

/** Participants 0 to `count` - 1 with the numbers NUMBER, NUMBER + 1, … */
export const NUMBER = 31_612_000_000;
export function people(count: number): SamplePerson[] {
  const at = { lng: 5.1, lat: 52.1, channels: 0xffff, schedule: "always", municipality: 344, kind: 0 };
  return Array.from({ length: count }, (_, row) => {
    return { row, number: NUMBER + row, status: 0, language: 0, locations: [at] };
  });
}

export const ACTIONS = ["0198c0de-0000-7000-8000-00000000000a", "0198c0de-0000-7000-8000-00000000000b"] as const;

export class ReplyRig {
  readonly port = carrierPort();
  readonly opened: WaveForCarrier[] = [];
  readonly waves: WaveStore;
  readonly replies: ReplyStore;
  readonly handler: ReplyHandler;
  readonly dispatcher: Dispatcher;
  readonly archive: Archive;
  /** The clock is the system's and this. */
  aheadMs = 0;

  private constructor(
    readonly store: Store,
    readonly vault: Vault,
    readonly registry: LoadedRegistry,
    readonly confirmations: Confirmations,
    live: LiveRegistry,
    index: NumberIndex,
    readonly problems: Problem[],
  ) {
    const onFatal = (problem: Problem): void => void problems.push(problem);
    const now = (): number => this.now();
    this.waves = new WaveStore(store);
    this.replies = new ReplyStore(store, vault);
    const { generation, participants } = registry;
    const numbers = new Float64Array(participants.numbers);
    const liveWave = (id: number) => this.dispatcher.waves.find(({ record }) => record.waveId === id);
    const deskHooks = {
      now,
      steadyMs: now,
      onFatal,
      liveWave,
      senders: () => [this.port.sender],
      onReaction: () => {},
    };
    const directory = { live, participants, index };
    this.handler = new ReplyHandler(directory, this.waves, this.replies, confirmations, deskHooks);
    this.port.openWave = (wave) => void this.opened.push(wave);
    this.port.gauges[GAUGE.bound] = 1;
    this.port.gauges[GAUGE.window] = 1_000;
    const hooks = { onSent: () => {}, onFatal, ...clockOf(now) };
    const people = new People(generation, numbers, index);
    this.dispatcher = new Dispatcher(store, [this.port], hooks, people, this.handler);
    this.archive = new Archive(this.waves, this.dispatcher, { ...clockOf(now), onArchived: () => {} });
  }

  /** As a start of the service. `before` may bring events that wait already. */
  static async start(folder: string, aheadMs = 0, before: (rig: ReplyRig) => void = () => {}): Promise<ReplyRig> {
    const data = given(openDataFolder(folder));
    const { store, vault } = data;
    const registry = given(await loadRegistry(data));
    const confirmations = given(await Confirmations.load(store, registry.generation));
    const index = new NumberIndex(new Float64Array(registry.participants.numbers));
    const problems: Problem[] = [];
    const onFatal = (problem: Problem): void => void problems.push(problem);
    const placing = { place: () => ok(undefined), dropPhone: () => {}, setTerms: () => {} };
    const live = given(await openLive({ data, registry, index, placing, now: Date.now, onFatal }));
    const rig = new ReplyRig(store, vault, registry, confirmations, live, index, problems);
    rig.aheadMs = aheadMs;
    const { living, recent } = given(surveyStore(store, rig.now()));
    given(rig.handler.recall(recent));
    before(rig);
    const { waves, dispatcher } = rig;
    const parts = { waves, dispatcher, registry: registry.generation, standingOf: () => ok(GOES) };
    given(await recover(parts, living));
    dispatcher.start();
    for (const wave of rig.dispatcher.waves) rig.archive.keep(wave, given(rig.waves.get(wave.record.waveId)));
    return rig;
  }

  now(): number {
    return Date.now() + this.aheadMs;
  }

  get numbers(): Float64Array {
    return new Float64Array(this.registry.participants.numbers, 0, this.registry.rows);
  }

  get status(): Uint8Array {
    return new Uint8Array(this.registry.participants.status, 0, this.registry.rows);
  }

  /** A wave to these participants, taken up and granted. */
  async open(participants: readonly number[], record: Partial<WaveRecord> = {}): Promise<LiveWave> {
    const roster = new SharedArrayBuffer(participants.length * 4);
    new Uint32Array(roster).set(participants);
    const waveId = this.waves.newId();
    const { generation } = this.registry;
    const { length: count } = participants;
    const filled = waveRecord({ waveId, count, registry: generation, ...record });
    const stored = { ...filled, stop: null, archive: null };
    const wave = new LiveWave(stored, this.dispatcher.freeSlot(), roster);
    const put = given(await this.waves.putRoster(waveId, roster, count));
    this.archive.keep(wave, stored);
    await this.dispatcher.open(wave, 0, () => {
      put();
      this.waves.put(stored);
    });
    return wave;
  }

  /** The carrier took the message to these positions, or says what else. */
  outcome(wave: LiveWave, positions: readonly number[], status = 0): void {
    for (const position of positions) {
      const { words } = this.port.bring;
      const at = this.port.bring.reserve(EVENT_WORDS + 1);
      const id = wave.record.waveId * 1_000 + position;
      words.set([EVENT.outcome | (4 << 16), wave.slot, position, status, id], at);
    }
    this.port.bring.publish();
  }

  /** Nothing was heard of the message to this position in time. */
  unknown(wave: LiveWave, position: number): void {
    const at = this.port.bring.reserve(EVENT_WORDS);
    this.port.bring.words.set([EVENT.unknown, wave.slot, position, UNKNOWN_REASON.deadline], at);
    this.port.bring.publish();
  }

  /** The carrier says that the message to this position was delivered, under the id of its outcome. */
  receipt(wave: LiveWave, position: number): void {
    const { words } = this.port.bring;
    const at = this.port.bring.reserve(EVENT_WORDS + 3);
    const id = wave.record.waveId * 1_000 + position;
    words.set([EVENT.receipt | (12 << 16), RECEIPT_STATE.delivered, 0, 0, 0, 0, id], at);
    this.port.bring.publish();
  }

  /** A message from this number, or a part of one. */
  message(number: number, text: string, [reference, part, parts] = [0, 0, 0]): void {
    const bytes = Buffer.from(text, "utf16le");
    const { words } = this.port.bring;
    const at = this.port.bring.reserve(EVENT_WORDS + 2 + Math.ceil(bytes.length / 4));
    words.set([EVENT.message | ((8 + bytes.length) << 16), reference, part | (parts << 8), 0], at);
    words.set(new Uint32Array(Float64Array.of(number).buffer), at + EVENT_WORDS);
    Buffer.from(words.buffer, words.byteOffset + (at + EVENT_WORDS + 2) * 4, bytes.length).set(bytes);
    this.port.bring.publish();
  }

  /** All that was brought is taken, and what follows from it is durable. */
  async settled(): Promise<void> {
    const brought = this.port.bring.publish();
    this.dispatcher.turn();
    await until(() => this.problems.length > 0 || this.port.events.released() === brought);
    await this.dispatcher.write(() => {});
  }

  /** Everything of a wave goes out and it is put to rest. */
  async finish(wave: LiveWave): Promise<void> {
    this.outcome(wave, [...wave.states.keys()]);
    await this.settled();
    this.aheadMs += 72 * 3_600_000;
    await this.archive.tidy();
    this.aheadMs -= 72 * 3_600_000;
  }

  of(actionId: string = UNASSIGNED): Reply[] {
    return this.replies.page(actionId, 0, 100).replies;
  }

  texts(actionId?: string): string[] {
    return this.of(actionId).map(({ text, complete }) => (complete ? text : `${text} …`));
  }

  confirm(): Promise<void> {
    return this.confirmations.send(this, this.now()).then(given);
  }

  /** Ends between two commits; what was brought and not taken is lost. */
  async crash(): Promise<void> {
    await this.dispatcher.close();
    await this.store.close();
  }
}
