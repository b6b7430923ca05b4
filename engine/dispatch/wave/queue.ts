/**
 * What of a wave may be granted, in the order in which it goes. Recipients are kept apart by class: by the carriers that may
 * have them (routes.ts). Each class has a lane: first those that were tried before, the nearest first, then those that were
 * not, in the order of the roster.
 *
 * While all numbers are served alike there is one lane of fresh recipients and it costs nothing but a cursor. Else each
 * number is held against the routes once, a bounded number of them in a turn, and a class's fresh recipients are found by
 * walking over a column.
 */

import { NOBODY } from "../plan/routes.js";
import { Pauses } from "./pauses.js";
import { PositionHeap } from "./position-heap.js";

/** Says by which carriers a recipient may be sent to. The numbers of the classes are its own. */
export interface Router {
  /** True if all recipients that have not been tried are of one class: that of position 0. */
  readonly isSingle: boolean;
  fresh(position: number): number;
  /** Of one that was tried: without the carriers that refused it, and rather not those that failed it. */
  again(position: number): number;
  /** True if a carrier is left that may have it and has not failed it lately. */
  hasUntried(position: number): boolean;
}

/** All recipients alike: for a wave that no dispatcher has taken up. */
const ALIKE: Router = { isSingle: true, fresh: () => 2, again: () => 2, hasUntried: () => false };

/** Positions that were all sent before, and may arrive twice, or all not. */
export interface Run {
  readonly from: number;
  readonly count: number;
  readonly resend: boolean;
}

/** What the queue asks of its wave. */
export interface Waiting {
  /** True for a position that is neither with a carrier nor concluded. */
  waits(position: number): boolean;
  /** True for one that was sent before and may arrive twice. */
  isFlagged(position: number): boolean;
  /** How often it was tried. */
  tried(position: number): number;
}

export class Lane {
  /** No position before this one is fresh and of this class. */
  cursor: number;
  readonly again = new PositionHeap();
  /** In which turn of the plan nothing of it could be granted, and since when. */
  stuckTurn = -1;
  stuckSinceMs = 0;

  constructor(
    readonly id: number,
    cursor: number,
  ) {
    this.cursor = cursor;
  }
}

export class WaveQueue {
  /** Positions from here on are as they were at the opening. */
  cursor = 0;
  router: Router = ALIKE;
  steadyMs = 0;
  /** While true nothing of it is granted: somebody has to say first that it goes on. */
  isHeld = false;
  /** How many more may be granted for now, as whoever paces it says; without end where nobody does. */
  allowed = Number.POSITIVE_INFINITY;
  /** True once the ledger may lack what was sent: whoever is granted from then on may get it twice. */
  isDoubted = false;
  readonly #count: number;
  readonly #lanes = new Map<number, Lane>();
  /** Class of each fresh position below `#classified`; undefined while they are all alike. */
  #classes: Uint16Array | undefined;
  #classified: number;
  #freshOfNobody = 0;
  readonly #pauses: Pauses;
  readonly #wave: Waiting;

  /** `seed`: of how long the pauses are. */
  constructor(count: number, wave: Waiting, seed: number) {
    this.#wave = wave;
    this.#count = count;
    this.#pauses = new Pauses(seed);
    this.#classified = count;
    this.#lane(ALIKE.fresh(0)).cursor = 0;
  }

  get lanes(): Iterable<Lane> {
    return this.#lanes.values();
  }

  lane(id: number): Lane | undefined {
    return this.#lanes.get(id);
  }

  /**
   * How many wait because no carrier serves them now: of those whose class is known, and with those of whom a receipt came
   * since they began to wait.
   */
  get unserved(): number {
    const lane = this.#lanes.get(NOBODY);
    if (lane === undefined) return 0;
    return lane.again.size + (this.#classes === undefined ? this.#count - lane.cursor : this.#freshOfNobody);
  }

  /** False while there are fresh positions of which the class is not known yet. */
  get isClassified(): boolean {
    return this.#classified === this.#count;
  }

  /**
   * Takes up a router, or the same one after something has changed: everyone is put into a lane anew, without a pause.
   * `waiting`: how many below the cursor wait; a wave that only awaits receipts has none, and is not gone through.
   */
  route(router: Router, steadyMs: number, waiting: number): void {
    this.router = router;
    this.steadyMs = steadyMs;
    this.#lanes.clear();
    this.#pauses.clear();
    this.#freshOfNobody = 0;
    // Where nobody is fresh any more there is nothing to tell apart.
    const isAlike = router.isSingle || this.cursor === this.#count;
    this.#classified = isAlike ? this.#count : this.cursor;
    this.#classes = isAlike ? undefined : (this.#classes ?? new Uint16Array(this.#count));
    if (isAlike && this.#count > 0) this.#lane(router.fresh(0));
    for (let position = 0, left = waiting; left > 0 && position < this.cursor; position++) {
      if (!this.#wave.waits(position)) continue;
      this.push(position);
      left--;
    }
  }

  /** Holds the next `most` numbers against the routes. */
  classify(most: number): void {
    if (this.#classes === undefined) return;
    const to = Math.min(this.#count, this.#classified + most);
    let last = -1;
    for (let position = this.#classified; position < to; position++) {
      const id = this.router.fresh(position);
      this.#classes[position] = id;
      if (id === NOBODY) this.#freshOfNobody++;
      if (id !== last) this.#lane(id);
      last = id;
    }
    this.#classified = to;
  }

  /** Back into its lane. */
  push(position: number): void {
    this.#lane(this.router.again(position)).again.push(position);
  }

  /** Back into its lane after a pause; `attempt`: which one, from 1, has just failed. */
  pause(position: number, attempt: number): void {
    this.#pauses.add(position, attempt, this.steadyMs);
  }

  /** Puts those whose pause is over into their lanes. To be called once a turn. */
  tick(steadyMs: number): void {
    this.steadyMs = steadyMs;
    for (let position = this.#pauses.due(steadyMs); position >= 0; position = this.#pauses.due(steadyMs)) {
      if (this.#wave.waits(position)) this.push(position);
    }
  }

  /** The position of this lane that goes next, or -1. */
  next(lane: Lane): number {
    const again = this.#nextAgain(lane);
    return again >= 0 ? again : this.#nextFresh(lane);
  }

  /** Takes the next positions of the lane, at most `limit`; null when there are none. They are gone from here. */
  take(lane: Lane, limit: number): Run | null {
    const first = this.#nextAgain(lane);
    if (first < 0) return this.#takeFresh(lane, limit);
    const resend = this.#isFlagged(first);
    let count = 0;
    let position = first;
    while (count < limit && position === first + count && this.#isFlagged(position) === resend) {
      lane.again.pop();
      count++;
      position = this.#nextAgain(lane);
    }
    return { from: first, count, resend };
  }

  /**
   * Takes one to ask a carrier with whether it is well: whom that costs an attempt is not always the same. Who was not tried yet
   * goes first, then who was tried least, of FAILOVER.probedAmong.
   */
  takeLeastTried(lane: Lane): Run | null {
    const fresh = this.#takeFresh(lane, 1);
    if (fresh !== null) return fresh;
    const position = lane.again.lowestBy((each) =>
      this.#wave.waits(each) ? this.#wave.tried(each) : Number.POSITIVE_INFINITY,
    );
    if (position < 0 || !this.#wave.waits(position)) return null;
    lane.again.remove(position);
    return { from: position, count: 1, resend: this.#isFlagged(position) };
  }

  /** These were granted, or concluded without it. */
  left(from: number, count: number): void {
    if (from + count > this.cursor) this.cursor = from + count;
  }

  /** Nothing is granted any more. */
  clear(): void {
    this.#lanes.clear();
    this.#pauses.clear();
    this.cursor = this.#count;
    this.#classified = this.#count;
  }

  #takeFresh(lane: Lane, limit: number): Run | null {
    const from = this.#nextFresh(lane);
    if (from < 0) return null;
    const end = Math.min(this.#classified, from + limit);
    if (this.#classes === undefined) lane.cursor = end;
    else while (lane.cursor < end && this.#classes[lane.cursor] === lane.id) lane.cursor++;
    return { from, count: lane.cursor - from, resend: this.isDoubted };
  }

  #isFlagged(position: number): boolean {
    return this.isDoubted || this.#wave.isFlagged(position);
  }

  #nextFresh(lane: Lane): number {
    const classes = this.#classes;
    if (classes !== undefined) {
      while (lane.cursor < this.#classified && classes[lane.cursor] !== lane.id) lane.cursor++;
    }
    return lane.cursor < this.#classified ? lane.cursor : -1;
  }

  #nextAgain(lane: Lane): number {
    for (;;) {
      const position = lane.again.peek();
      // A receipt may have settled it while it waited; and a replay grants without taking from here.
      if (position < 0 || this.#wave.waits(position)) return position;
      lane.again.pop();
    }
  }

  #lane(id: number): Lane {
    const known = this.#lanes.get(id);
    if (known) return known;
    // Where all fresh ones are alike, a lane made for others must never walk into them.
    const fresh = this.#classes !== undefined || id === this.router.fresh(0);
    const lane = new Lane(id, fresh ? this.cursor : this.#count);
    this.#lanes.set(id, lane);
    return lane;
  }
}
