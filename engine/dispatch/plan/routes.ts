/**
 * Which carriers serve which number, from the prefixes that are configured. Pure: the same carriers give the same answers.
 *
 * A carrier fits a number when one of its prefixes does, or when it has none. Those with the longest prefix that fits serve
 * it (`first`): who names the Dutch mobile numbers goes before who names the Dutch ones, and carriers without prefixes serve
 * what nobody names. The others that fit are a reserve, for while none of the first can take anything. A number that no
 * carrier fits belongs to NOBODY, and waits until one does; whom each that fits has refused is REFUSED, for good.
 *
 * Carriers are bits of a set, by their place (engine/dispatch/plan/carriers.ts). Numbers that are served alike are of one class;
 * classes are numbered, and a recipient whom carriers refused or failed is in a class of its own kind (`without`).
 */
import { assert } from "../../../schemas/errors.js";
import { FAILOVER } from "../../../schemas/limits.js";

export interface CarrierRoutes {
  readonly place: number;
  /** First digits; empty: all numbers. */
  readonly routes: readonly string[];
}

/** Two sets of places; a place is in one of them at most. */
export interface RouteClass {
  readonly first: number;
  readonly reserve: number;
  /** The first only come before the reserve, because that has just been tried: it need not wait for them for long. */
  readonly soft: boolean;
}

/** The class of what no carrier serves now, or none that may have it. */
export const NOBODY = 0;
/** The class of what every carrier that serves it has refused. */
export const REFUSED = 1;
const NONE: RouteClass = { first: 0, reserve: 0, soft: false };

/** E.164 (11/2010, 6.2.1): a number has fifteen digits at most. */
const DIGITS = 15;

export class Routes {
  readonly #classes: RouteClass[] = [NONE, NONE];
  readonly #ids = new Map<string, number>([[keyOf(NONE), NOBODY]]);
  /** From each of these numbers on, up to the next, all are of the class with the same index. */
  readonly #starts: Float64Array;
  readonly #classAt: Uint16Array;

  constructor(carriers: readonly CarrierRoutes[]) {
    const owners = ownersOf(carriers);
    const starts = startsOf([...owners.keys()]);
    const classes = starts.map((start) => this.#idOf(classOf(String(start), owners)));
    const distinct = starts.flatMap((_, i) => (i === 0 || classes[i] !== classes[i - 1] ? [i] : []));
    this.#starts = Float64Array.from(distinct, (i) => starts[i]!);
    this.#classAt = Uint16Array.from(distinct, (i) => classes[i]!);
    assert(this.#classes.length <= FAILOVER.routeClasses, "each prefix makes one class at most");
  }

  /** True if all numbers are served alike. */
  get isSingle(): boolean {
    return this.#starts.length === 1;
  }

  /** The class of an E.164 number; 0 is a number that nobody names. */
  of(number: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#starts[middle]! <= number) low = middle;
      else high = middle - 1;
    }
    return this.#classAt[low]!;
  }

  at(id: number): RouteClass {
    return this.#classes[id]!;
  }

  /**
   * The class of a recipient of class `id` whom the carriers of `unable` can't have now, those of `refused` never, and those of
   * `tried` should not.
   */
  without(id: number, unable: number, refused: number, tried: number): number {
    const { first, reserve } = this.#classes[id]!;
    if (refused !== 0 && ((first | reserve) & ~refused) === 0 && (first | reserve) !== 0) return REFUSED;
    const barred = unable | refused;
    const all = (first | reserve) & ~barred;
    const order = [first & ~barred & ~tried, reserve & ~barred & ~tried, first & ~barred];
    const chosen = order.find((set) => set !== 0) ?? all;
    const soft = chosen !== 0 && (all & tried & ~chosen & first) !== 0;
    const narrowed = this.#idOf({ first: chosen, reserve: all & ~chosen, soft });
    if (narrowed >= 0) return narrowed;
    // There is no room for another class. What was only tried may be tried there again; what is barred, never.
    return barred === 0 ? id : NOBODY;
  }

  #idOf(wanted: RouteClass): number {
    const key = keyOf(wanted);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (this.#classes.length >= FAILOVER.routeClasses) return -1;
    this.#ids.set(key, this.#classes.length);
    return this.#classes.push(wanted) - 1;
  }
}

function keyOf({ first, reserve, soft }: RouteClass): string {
  return `${first},${reserve},${soft}`;
}

/** The set of carriers of each prefix; those without one are under "". */
function ownersOf(carriers: readonly CarrierRoutes[]): Map<string, number> {
  const owners = new Map<string, number>([["", 0]]);
  for (const { place, routes } of carriers) {
    assert(place >= 0 && place < FAILOVER.carrierPlaces, "a place is a bit");
    for (const prefix of routes.length === 0 ? [""] : routes) {
      owners.set(prefix, (owners.get(prefix) ?? 0) | (1 << place));
    }
  }
  return owners;
}

/** Where a prefix begins or ends to fit, for each length that a number may have: between two of them nothing changes. */
function startsOf(prefixes: readonly string[]): number[] {
  const starts = new Set<number>([0]);
  for (const prefix of prefixes) {
    if (prefix === "") continue;
    for (let more = 0; prefix.length + more <= DIGITS; more++) {
      starts.add(Number(prefix) * 10 ** more);
      starts.add((Number(prefix) + 1) * 10 ** more);
    }
  }
  return [...starts].sort((a, b) => a - b);
}

function classOf(digits: string, owners: ReadonlyMap<string, number>): RouteClass {
  let first = 0;
  let fits = 0;
  for (let length = Math.min(DIGITS, digits.length); length >= 0; length--) {
    // A number of no digits is written 0, which begins with nothing that can be configured.
    const owner = owners.get(digits.slice(0, length)) ?? 0;
    if (first === 0) first = owner;
    fits |= owner;
  }
  return { first, reserve: fits & ~first, soft: false };
}
