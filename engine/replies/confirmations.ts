/**
 * Tells who switched SMS off or on that it was done, once. What is owed is durable in the commit of the switch and removed in
 * the commit that opens the wave which tells it; and where no outcome is known it is held, for it may have arrived. So neither
 * a restart nor a carrier that falls silent tells one twice.
 *
 * Owed is the last state: who says STOP, AAN, STOP in one go is told once. A new wave waits until the one before has been
 * sent, so that what is told last is what is so. One participant stands for all who share a number.
 *
 * Table `confirmations`: generation of the registry and participant number, both big-endian; one byte, 1 for off.
 */
import { ok, type Result } from "../../schemas/errors.js";
import { REPLIES } from "../../schemas/limits.js";
import { type NewWave, type Opener, openWave } from "../dispatch/ledger/opening.js";
import type { Store } from "../store/store.js";
import { CONFIRMATIONS, type Switch } from "./keywords.js";

export class Confirmations {
  /** By participant. */
  readonly #owed = new Map<number, Switch>();
  /** Those of them that the next commit must hold. */
  readonly #fresh = new Set<number>();
  #opening = false;
  readonly #store: Store;
  readonly #registry: number;

  private constructor(store: Store, registry: number) {
    this.#store = store;
    this.#registry = registry;
  }

  /** What the last run still owed. Participant numbers of another registry mean other people; theirs are removed. */
  static async load(store: Store, registry: number): Promise<Result<Confirmations>> {
    const confirmations = new Confirmations(store, registry);
    const table = store.table("confirmations");
    const stale: Buffer[] = [];
    for (const { key, value } of table.range()) {
      // Somebody is not told that the switch was made; that it was stands in the registry.
      if (!value.ok) continue;
      if (key.readUInt32BE(0) !== registry) stale.push(key);
      else confirmations.#owed.set(key.readUInt32BE(4), value.value[0] === 1 ? "off" : "on");
    }
    if (stale.length === 0) return ok(confirmations);
    const removed = await store.commit(() => {
      for (const key of stale) void table.remove(key);
    });
    return removed.ok ? ok(confirmations) : removed;
  }

  get hasWork(): boolean {
    return this.#fresh.size > 0;
  }

  owe(participant: number, to: Switch): void {
    this.#owed.set(participant, to);
    this.#fresh.add(participant);
  }

  /** Puts into the running commit. */
  write(): void {
    const table = this.#store.table("confirmations");
    for (const participant of this.#fresh) {
      const to = this.#owed.get(participant);
      // The same commit may hold the wave that tells it.
      if (to) void table.put(this.#key(participant), Uint8Array.of(to === "off" ? 1 : 0));
    }
    this.#fresh.clear();
  }

  /** Opens waves for what is owed, if it is time for that; to be called about once a second. BUSY: it will be tried again. */
  async send(opener: Opener, nowMs: number): Promise<Result<void>> {
    const live = opener.dispatcher.waves.filter(({ record }) => record.kind === "confirmation");
    const waits = live.length + 2 > REPLIES.confirmationWaves || live.some((wave) => wave.acknowledgedAtMs === null);
    if (this.#opening || this.#owed.size === 0 || waits) return ok(undefined);
    this.#opening = true;
    let opened: Result<void> = ok(undefined);
    // Both lists before either wave is opened: who switches meanwhile must not be in two waves at a time.
    const owed = { off: this.#owedTo("off"), on: this.#owedTo("on") };
    for (const to of ["off", "on"] as const) {
      const people = owed[to];
      if (opened.ok && people.length > 0) opened = await this.#open(to, people, opener, nowMs);
    }
    this.#opening = false;
    return opened;
  }

  #owedTo(to: Switch): number[] {
    const people: number[] = [];
    for (const [participant, owed] of this.#owed) {
      if (owed === to) people.push(participant);
      if (people.length === REPLIES.confirmations) break;
    }
    return people;
  }

  #open(to: Switch, people: readonly number[], opener: Opener, nowMs: number): Promise<Result<void>> {
    const participants = new SharedArrayBuffer(people.length * 4);
    new Uint32Array(participants).set(people);
    const wave: NewWave = {
      actionId: "",
      registry: this.#registry,
      kind: "confirmation",
      channel: "sms",
      texts: [CONFIRMATIONS[to]],
      timeCritical: false,
      onUnknown: "hold",
      expiresAtMs: nowMs + REPLIES.confirmWithinHours * 3_600_000,
      startedAtMs: nowMs,
    };
    return openWave(opener, wave, { count: people.length, participants }, () => ({
      put: () => {
        for (const participant of people) this.#told(participant, to);
      },
    }));
  }

  /** Runs in the commit. Who has switched again meanwhile is owed that. */
  #told(participant: number, to: Switch): void {
    if (this.#owed.get(participant) !== to) return;
    this.#owed.delete(participant);
    void this.#store.table("confirmations").remove(this.#key(participant));
  }

  #key(participant: number): Buffer {
    const key = Buffer.allocUnsafe(8);
    key.writeUInt32BE(this.#registry, 0);
    key.writeUInt32BE(participant, 4);
    return key;
  }
}
