/**
 * Decides who is granted what: the wave that goes first, of it the nearest, to the carriers that serve them and have room,
 * in proportion to their shares. A later wave gets what carriers have left that have nothing to do for an earlier one.
 *
 * And beside that, unless an extreme wave has something for the carrier, a small part of its exposure, for whichever has waited
 * longest of those that others go before: so that many small waves never keep a large one from going on. How much of the carrier's
 * time that is, its thread counts (gateway/smpp/carrier/kept.ts).
 */
import { assert } from "../../../schemas/errors.js";
import { DISPATCH, FAILOVER } from "../../../schemas/limits.js";
import { GRANT_WORDS, NOT_SENT_REASON } from "../../../schemas/link.js";
import { fittingIn, segmentsIn } from "../../../schemas/text-numbers.js";
import { isActionWave } from "../../../schemas/words.js";
import type { LiveWaves } from "../ledger/live-waves.js";
import type { Lane } from "../wave/queue.js";
import type { LiveWave } from "../wave/wave.js";
import type { CarrierAccount } from "./account.js";
import type { Carriers } from "./carriers.js";
import type { Member } from "./division.js";
import { NOBODY, REFUSED, type RouteClass } from "./routes.js";

const ALL = -1;

export class Planner {
  /** Parts that were granted of what is kept for who has waited longest, since the process started. */
  kept = 0;
  #turn = 0;
  #nowMs = 0;
  #steadyMs = 0;
  #wave: LiveWave | undefined;
  /** Of the recipient who goes next. */
  #position = 0;
  /** Grants that this turn may still make. */
  #left = 0;
  /** Whether they are of what is kept for who has waited longest. */
  #isKept = false;
  /** By place, the wave that goes first at a carrier. */
  readonly #first: (LiveWave | undefined)[] = new Array(FAILOVER.carrierPlaces).fill(undefined);
  /** Carriers that have something to do for a wave that goes before, and for this one, as sets. */
  #claimed = 0;
  #claims = 0;
  readonly #room = (account: CarrierAccount): number => this.#roomOf(account);
  readonly #most = (account: CarrierAccount): number => (this.#wave ? account.limitOf(this.#wave) : 0);
  readonly #need = (account: CarrierAccount): number => (this.#wave ? account.need(this.#wave, this.#position) : 0);
  readonly #carriers: Carriers;
  readonly #liveWaves: LiveWaves;

  constructor(carriers: Carriers, liveWaves: LiveWaves) {
    this.#carriers = carriers;
    this.#liveWaves = liveWaves;
  }

  /** One turn. True if there may be more to do at once. */
  plan(nowMs: number, steadyMs: number): boolean {
    // Where operators have paused all of them, who waits is still counted.
    if (this.#carriers.accounts.every(({ leaving }) => leaving)) return false;
    this.#nowMs = nowMs;
    this.#steadyMs = steadyMs;
    this.#turn++;
    this.#claimed = 0;
    this.#first.fill(undefined);
    this.#left = DISPATCH.grantsPerTurn;
    let again = false;
    const everyone = this.#carriers.setOf(() => true);
    for (const wave of this.#liveWaves.waves) {
      if (!wave.hasWork || wave.queue.isHeld) continue;
      if (this.#serve(wave)) again = true;
      this.#claim(wave);
      if ((this.#claimed & everyone) === everyone) break;
    }
    return this.#serveWaiting() || again;
  }

  /** Grants what it may have. True if there is more to do at once. */
  #serve(wave: LiveWave): boolean {
    this.#wave = wave;
    this.#claims = 0;
    const again = this.#prepare(wave);
    while (this.#left > 0 && wave.queue.allowed > 0 && this.#grantNext(wave)) this.#left--;
    // There may be room for more: single positions that go again use up the grants long before the carriers' room.
    if (this.#left === 0 || !wave.queue.isClassified) this.#claims = ALL;
    return again || this.#left === 0;
  }

  /** Of the carriers that have something to do for it, those are its own that have nothing to do for one that goes before. */
  #claim(wave: LiveWave): void {
    const claims = this.#claims & ~this.#claimed;
    for (const { place } of this.#carriers.accounts) if (claims & (1 << place)) this.#first[place] = wave;
    this.#claimed |= claims;
  }

  /**
   * What carriers keep goes to those that others go before there, who has waited longest first. Where an extreme one goes first
   * nothing is kept. True if there is more to do at once.
   */
  #serveWaiting(): boolean {
    let again = false;
    this.#isKept = true;
    // Another turn for the lanes: what others could not have of a carrier these may.
    this.#turn++;
    this.#left = Math.max(this.#left, DISPATCH.grantsPerTurn / DISPATCH.keptOneIn);
    this.#claimed = this.#carriers.setOf(({ place }) => this.#first[place]?.isExtreme ?? true);
    for (const wave of this.#liveWaves.byAge) {
      if (wave.isExtreme || !wave.hasWork || wave.queue.isHeld) continue;
      const behind = this.#carriers.setOf(({ place }) => this.#first[place] !== wave) & ~this.#claimed;
      if (behind === 0) continue;
      if (this.#serve(wave)) again = true;
      this.#claimed |= this.#claims & behind;
    }
    this.#isKept = false;
    return again;
  }

  /**
   * Holds numbers against the routes, and concludes those that every carrier has refused. Whom nobody serves now waits until
   * somebody does: routes change while the service runs. Only a wave of no action has nobody who would see that it waits; it waits
   * for a carrier that is paused all the same, for that goes on.
   * True if there is more to do.
   */
  #prepare(wave: LiveWave): boolean {
    wave.queue.classify(FAILOVER.classifiedPerTurn);
    let left = this.#conclude(wave, REFUSED, FAILOVER.refusalsPerTurn);
    if (!isActionWave(wave.record.kind) && !this.#carriers.someAreOff) left = this.#conclude(wave, NOBODY, left);
    return left === 0 || !wave.queue.isClassified;
  }

  /** Concludes at most so many of this class as not sent; gives how many more it might have. */
  #conclude(wave: LiveWave, routeClass: number, most: number): number {
    let left = most;
    const lane = wave.queue.lane(routeClass);
    while (lane && left > 0) {
      const run = wave.queue.take(lane, left);
      if (run === null) break;
      wave.refused(run.from, run.count, NOT_SENT_REASON.noRoute);
      this.#liveWaves.pageOf(wave).addRefused(run.from, run.count, NOT_SENT_REASON.noRoute);
      left -= run.count;
    }
    return left;
  }

  /** Grants the nearest that can be granted; false if none can. */
  #grantNext(wave: LiveWave): boolean {
    for (;;) {
      const lane = this.#nearest(wave);
      if (lane === null) return false;
      this.#position = wave.queue.next(lane);
      const member = this.#choose(wave, lane);
      if (member !== null) {
        this.#grant(wave, lane, member);
        return true;
      }
      lane.stuckTurn = this.#turn;
      lane.stuckSinceMs ||= this.#steadyMs;
    }
  }

  #nearest(wave: LiveWave): Lane | null {
    let nearest: Lane | null = null;
    let lowest = Number.POSITIVE_INFINITY;
    for (const lane of wave.queue.lanes) {
      if (lane.stuckTurn === this.#turn || lane.id === NOBODY || lane.id === REFUSED) continue;
      const position = wave.queue.next(lane);
      if (position < 0 || position >= lowest) continue;
      lowest = position;
      nearest = lane;
    }
    return nearest;
  }

  /** Who takes the next of a lane. Null: nobody can now, and those who should are claimed for it. */
  #choose(wave: LiveWave, lane: Lane): Member | null {
    const wanted = this.#carriers.routesOf(wave).at(lane.id);
    const set = this.#fittest(wanted);
    let member = this.#carriers.division(set).next(this.#room, this.#most, this.#need, this.#steadyMs);
    const waited = lane.stuckSinceMs > 0 && this.#steadyMs - lane.stuckSinceMs >= DISPATCH.stallMs;
    if (member === null && wanted.soft && waited && set !== wanted.reserve) {
      member = this.#carriers.division(wanted.reserve).next(this.#room, this.#most, this.#need, this.#steadyMs);
    }
    if (member === null) this.#claims |= set;
    return member;
  }

  /** The first, unless none of them is well, nor may be probed: then the reserve, if one of that is. */
  #fittest({ first, reserve }: RouteClass): number {
    if (reserve === 0) return first;
    const well = this.#carriers.setOf(({ isWell }) => isWell);
    if (first & well) return first;
    const probed = first & this.#carriers.setOf((account) => this.#roomOf(account) >= this.#need(account));
    if (probed !== 0) return probed;
    return reserve & well ? reserve : first;
  }

  #roomOf(account: CarrierAccount): number {
    if (this.#wave === undefined || this.#claimed & (1 << account.place)) return 0;
    if (this.#isKept) {
      return this.#first[account.place] === this.#wave ? 0 : account.keptRoom(this.#wave, this.#steadyMs);
    }
    return account.room(this.#wave, this.#liveWaves.waves, this.#steadyMs);
  }

  #grant(wave: LiveWave, lane: Lane, member: Member): void {
    const { account } = member;
    const { textNumbers } = wave;
    const parts = account.parts(wave);
    const most = Math.min(DISPATCH.grant, wave.queue.allowed);
    const run = account.isProbed
      ? wave.queue.takeLeastTried(lane)
      : wave.queue.take(lane, fittingIn(textNumbers, parts, this.#position, most, this.#roomOf(account)));
    assert(run !== null, "a lane with a next position gives it");
    wave.queue.allowed -= run.count;
    lane.stuckSinceMs = 0;
    const segments = segmentsIn(textNumbers, parts, run.from, run.count);
    this.#liveWaves.pageOf(wave).addGrant(account.hash, run, parts, wave.partsOf(account.hash));
    wave.intend(run, this.#nowMs, parts, account.hash);
    account.expose(wave.slot, segments);
    if (this.#isKept) this.kept += segments;
    member.charge(segments);
    const { grants } = account.port;
    const at = grants.reserve(GRANT_WORDS);
    assert(at >= 0, "a grant was given only where the ring has room");
    grants.words[at] = wave.slot;
    grants.words[at + 1] = run.from;
    grants.words[at + 2] = run.count;
    grants.words[at + 3] = run.resend ? 1 : 0;
  }
}
