/**
 * What dispatch keeps about one carrier: how much is exposed with it, and its place in the fair division of the roster.
 *
 * Exposure counts segments that are intended and have no durable outcome. Each wave may expose up to `limit` with a carrier,
 * beside the waves that go before it, and all together twice as much: so an urgent wave finds room although a nationwide one
 * has all of its own. So after a crash at most 2 x limit segments of a carrier are possible duplicates.
 */

import { DISPATCH } from "../../schemas/limits.js";
import { GAUGE } from "../../schemas/link.js";
import { CarrierIds } from "./carrier-ids.js";
import type { CarrierPort } from "./carrier-port.js";
import type { LiveWave } from "./wave.js";

export class CarrierAccount {
  /** FNV-1a of the name: what the journal and the message index know the carrier by. */
  readonly hash: number;
  /** What its receipts have taught. */
  readonly ids: CarrierIds;
  /** Segments granted, divided by the share: whoever has least is next. */
  virtual = 0;
  /** Since when it has held the others back, or 0. */
  behindSinceMs = 0;
  /** It is unbound or could not keep up with its share: nobody waits for it until it has room to spare. */
  slow = false;
  /** A carrier that could not keep up stays slow until then. */
  slowUntilMs = 0;
  readonly #exposedBySlot = new Int32Array(DISPATCH.liveWaves);
  #exposed = 0;

  constructor(readonly port: CarrierPort) {
    this.hash = fnv1a(port.name);
    this.ids = new CarrierIds(port, this.hash);
  }

  get exposed(): number {
    return this.#exposed;
  }

  get isBound(): boolean {
    return Atomics.load(this.port.gauges, GAUGE.bound) > 0;
  }

  /** Twice the window, so that one window can be on the wire while the other becomes durable. */
  get limit(): number {
    const window = Atomics.load(this.port.gauges, GAUGE.window);
    const byRate = Math.ceil((this.port.ratePerSecond * DISPATCH.exposureMs) / 1_000);
    return Math.max(10, Math.min(DISPATCH.exposure, 2 * window, byRate));
  }

  /** Segments that this wave may be granted now. `waves` are all that live. */
  room(wave: LiveWave, waves: readonly LiveWave[]): number {
    if (!this.isBound) return 0;
    const limit = this.limit;
    let lessUrgent = 0;
    for (const other of waves) if (other.rank > wave.rank) lessUrgent += this.#exposedBySlot[other.slot];
    return Math.min(limit - (this.#exposed - lessUrgent), 2 * limit - this.#exposed);
  }

  expose(slot: number, segments: number): void {
    this.#exposedBySlot[slot] += segments;
    this.#exposed += segments;
    this.virtual += segments / this.port.share;
  }

  settle(slot: number, segments: number): void {
    this.#exposedBySlot[slot] -= segments;
    this.#exposed -= segments;
  }
}

/**
 * The carrier that takes the next grant: of those with room the one that is furthest behind its share. When a carrier
 * without room is owed more than it could have in flight, the others wait for it for DISPATCH.stallMs; if it has not caught up
 * then it is slow, and what it can't take goes to the others until it has room to spare. Null: nobody can, or may, take it now.
 */
export function nextCarrier(
  accounts: readonly CarrierAccount[],
  room: (account: CarrierAccount) => number,
  need: number,
  nowMs: number,
): CarrierAccount | null {
  let next: CarrierAccount | null = null;
  for (const account of accounts) {
    // What it misses meanwhile is not owed to it when it comes back.
    if (!account.isBound) account.slow = true;
    const free = room(account);
    if (account.slow && nowMs >= account.slowUntilMs && free * 2 > account.limit) rejoin(account, accounts);
    if (free < need) continue;
    if (next === null || account.virtual < next.virtual) next = account;
  }
  if (next === null) return null;
  for (const account of accounts) {
    if (account === next || account.slow) continue;
    const owed = (next.virtual - account.virtual) * account.port.share;
    if (owed <= account.limit) {
      account.behindSinceMs = 0;
      continue;
    }
    // A little room now and then is not keeping up: only having caught up ends this.
    account.behindSinceMs ||= nowMs;
    if (nowMs - account.behindSinceMs < DISPATCH.stallMs) return null;
    account.slow = true;
    account.slowUntilMs = nowMs + DISPATCH.slowMs;
  }
  return next;
}

/** What it missed is forgiven: a carrier that comes back takes its share from now on. */
function rejoin(account: CarrierAccount, accounts: readonly CarrierAccount[]): void {
  account.slow = false;
  account.behindSinceMs = 0;
  for (const other of accounts) {
    if (other !== account && other.isBound && !other.slow) account.virtual = Math.max(account.virtual, other.virtual);
  }
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
