/**
 * How a set of carriers divides what they all serve: in proportion to their shares, over all waves. Each set divides on its
 * own, so a carrier that serves only German numbers is not owed a part of the Dutch ones.
 */
import { DISPATCH } from "../../../schemas/limits.js";
import type { CarrierAccount } from "./account.js";

export class Member {
  /** Segments granted, divided by the share: whoever has least is next. */
  virtual = 0;
  /** Since when it has held the others back, or 0. */
  behindSinceMs = 0;
  /** It is not well or could not keep up with its share: nobody waits for it until it has room to spare. */
  slow = false;
  /** A carrier that could not keep up stays slow until then. */
  slowUntilMs = 0;

  constructor(readonly account: CarrierAccount) {}

  charge(segments: number): void {
    this.virtual += segments / this.account.share;
  }
}

export class Division {
  readonly members: readonly Member[];

  constructor(accounts: readonly CarrierAccount[]) {
    this.members = accounts.map((account) => new Member(account));
  }

  /**
   * The carrier that takes the next grant: of those with room for one message, the one that is furthest behind its share.
   * When a carrier without room is owed more than it could have in flight, the others wait for it for DISPATCH.stallMs; if it
   * has not caught up then it is slow, and what it can't take goes to the others until it has room to spare. Null: nobody
   * can, or may, take it now. `room`, `most` and `need` are in segments: what it can have now and with nothing exposed, and what
   * one message takes.
   */
  next(
    room: (account: CarrierAccount) => number,
    most: (account: CarrierAccount) => number,
    need: (account: CarrierAccount) => number,
    steadyMs: number,
  ): Member | null {
    let next: Member | null = null;
    for (const member of this.members) {
      const { account } = member;
      // What it misses meanwhile is not owed to it when it comes back.
      if (!account.isWell) member.slow = true;
      const free = room(account);
      if (member.slow && account.isWell && steadyMs >= member.slowUntilMs && free * 2 > most(account)) {
        this.#rejoin(member);
      }
      if (free < need(account)) continue;
      if (next === null || member.virtual < next.virtual) next = member;
    }
    if (next === null) return null;
    for (const member of this.members) {
      if (member !== next && !member.slow && this.#isOwed(member, next, steadyMs)) return null;
    }
    return next;
  }

  /** True if the others must wait for this one. */
  #isOwed(member: Member, next: Member, steadyMs: number): boolean {
    const { account } = member;
    if ((next.virtual - member.virtual) * account.share <= account.limit) {
      member.behindSinceMs = 0;
      return false;
    }
    // A little room now and then is not keeping up: only having caught up ends this.
    member.behindSinceMs ||= steadyMs;
    if (steadyMs - member.behindSinceMs < DISPATCH.stallMs) return true;
    member.slow = true;
    member.slowUntilMs = steadyMs + DISPATCH.slowMs;
    return false;
  }

  /** What it missed is forgiven: a carrier that comes back takes its share from now on. */
  #rejoin(member: Member): void {
    member.slow = false;
    member.behindSinceMs = 0;
    for (const other of this.members) {
      if (other !== member && other.account.isWell && !other.slow) {
        member.virtual = Math.max(member.virtual, other.virtual);
      }
    }
  }
}
