/**
 * Receipts on their way: those that wait, by system_id, and those that a bind was sent and has not answered.
 *
 * A receipt goes to any bind of the system_id that submitted. What a bind has not answered when it breaks is sent again
 * on another, as real carriers do. Waiting receipts take 16 bytes each and are at most as many as the log has records.
 */
import { SIMULATOR } from "../../schemas/limits.js";
import { DueRing } from "./bind/ring.js";

const WINDOW = SIMULATOR.window;

/** The deliver_sm of one bind that have no answer, by sequence number. WINDOW is a power of two. */
export class DeliveryWindow {
  length = 0;
  #sequence = 0;
  /** The sequence number in each place, 0 for none, and what it carries. */
  readonly #sequences = new Uint32Array(WINDOW);
  readonly #messages = new Uint32Array(WINDOW);
  readonly #kinds = new Uint8Array(WINDOW);

  get full(): boolean {
    return this.length === WINDOW;
  }

  /** The sequence number for one more; skips those whose place an old one still holds. Only when it isn't full. */
  add(message: number, kind: number): number {
    let place: number;
    do {
      this.#sequence = this.#sequence === 0x7fffffff ? 1 : this.#sequence + 1;
      place = this.#sequence % WINDOW;
    } while (this.#sequences[place] !== 0);
    this.#sequences[place] = this.#sequence;
    this.#messages[place] = message;
    this.#kinds[place] = kind;
    this.length++;
    return this.#sequence;
  }

  /** The kind of what is answered with this sequence number; -1 when nothing with it waits for an answer. */
  answered(sequence: number): number {
    const place = sequence % WINDOW;
    if (sequence === 0 || this.#sequences[place] !== sequence) return -1;
    this.#sequences[place] = 0;
    this.length--;
    return this.#kinds[place]!;
  }

  /** Takes everything out. */
  empty(each: (message: number, kind: number) => void): void {
    for (let place = 0; place < WINDOW; place++) {
      if (this.#sequences[place] === 0) continue;
      each(this.#messages[place]!, this.#kinds[place]!);
      this.#sequences[place] = 0;
    }
    this.length = 0;
  }
}

/** A bind, as its account sees it. */
export interface Receiver {
  /** Sends receipts that are due, as many as it can take. */
  sendReceipts(waiting: DueRing, nowMs: number): void;
  /** Sends one at once; false when it can't. */
  deliver(message: number, kind: number): boolean;
}

export class Account {
  /** Words of an entry: the message, the kind of receipt. */
  readonly waiting = new DueRing(2, SIMULATOR.records);
  readonly receivers: Receiver[] = [];
  /** Sessions that use it, whether they can receive or not. */
  sessions = 0;
  #next = 0;

  constructor(readonly systemId: string) {}

  add(message: number, kind: number, dueAtMs: number): void {
    const at = this.waiting.push(dueAtMs);
    this.waiting.words[at] = message;
    this.waiting.words[at + 1] = kind;
  }

  /** Sends what is due, a bind at a time, beginning with another bind each time. */
  pump(nowMs: number): void {
    for (let i = 0; i < this.receivers.length && this.waiting.dueAtMs <= nowMs; i++) {
      this.#next = (this.#next + 1) % this.receivers.length;
      this.receivers[this.#next]!.sendReceipts(this.waiting, nowMs);
    }
  }

  remove(receiver: Receiver): void {
    const at = this.receivers.indexOf(receiver);
    if (at >= 0) this.receivers.splice(at, 1);
  }
}

export class Accounts {
  readonly #bySystemId = new Map<string, Account>();

  join(systemId: string): Account {
    const account = this.#bySystemId.get(systemId) ?? new Account(systemId);
    this.#bySystemId.set(systemId, account);
    account.sessions++;
    return account;
  }

  /** Where messages go that are for nobody in particular: an account that receives now, or else any. */
  any(systemId?: string): Account | undefined {
    if (systemId !== undefined) return this.#bySystemId.get(systemId);
    const all = [...this.#bySystemId.values()];
    return all.find(({ receivers }) => receivers.length > 0) ?? all[0];
  }

  /** An account that nobody uses and nothing waits for is forgotten. */
  leave(account: Account): void {
    account.sessions--;
    if (account.sessions === 0 && account.waiting.length === 0) this.#bySystemId.delete(account.systemId);
  }

  pump(nowMs: number): void {
    for (const account of this.#bySystemId.values()) account.pump(nowMs);
  }

  /** When the next receipt is due. What is overdue waits for an answer, a bind or a drain, and not for time. */
  dueAfter(nowMs: number): number {
    let atMs = Number.POSITIVE_INFINITY;
    for (const { waiting } of this.#bySystemId.values()) {
      if (waiting.dueAtMs > nowMs) atMs = Math.min(atMs, waiting.dueAtMs);
    }
    return atMs;
  }

  get waiting(): number {
    let count = 0;
    for (const { waiting } of this.#bySystemId.values()) count += waiting.length;
    return count;
  }

  clear(): void {
    for (const { waiting } of this.#bySystemId.values()) waiting.clear();
  }
}
