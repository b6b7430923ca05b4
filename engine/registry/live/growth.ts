/**
 * How the registry grows: for each day (UTC) and municipality how many joined and how many left. Somebody counts for each
 * municipality of their locations, so who moves from one to another leaves the one and joins the other; and once for the
 * whole, which is therefore not the sum.
 *
 * Table `growth`: day since 1970 (4 bytes) and municipality (2 bytes), both big-endian, so that a day is a range; joined and
 * left, 4 bytes each, big-endian.
 */
import { assert, fail, ok, type Result } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import type { Table } from "../../store/store.js";

/** Stands for the whole registry where a municipality stands otherwise; 0 is everything outside the Netherlands. */
const WHOLE = 0xffff;

export interface GrowthOfDay {
  /** Days since 1970. */
  readonly day: number;
  readonly joined: number;
  readonly left: number;
}

interface Totals {
  joined: number;
  left: number;
}

/** One participant who joined or left: the whole, and each of these municipalities. */
export interface Step {
  readonly day: number;
  readonly kind: "joined" | "left";
  readonly municipalities: readonly number[];
}

/** Joining or leaving as a whole: counts for the registry and each municipality. */
export function wholeStep(kind: Step["kind"], day: number, municipalities: Iterable<number>): Step {
  return { day, kind, municipalities: [WHOLE, ...new Set(municipalities)] };
}

/** Moving between municipalities. */
export function movedSteps(day: number, before: ReadonlySet<number>, after: ReadonlySet<number>): Step[] {
  const joined = [...after].filter((each) => !before.has(each));
  const left = [...before].filter((each) => !after.has(each));
  const steps: Step[] = [
    { day, kind: "joined", municipalities: joined },
    { day, kind: "left", municipalities: left },
  ];
  return steps.filter(({ municipalities }) => municipalities.length > 0);
}

/** A day whose totals are known is soon on the disk; those of the days before are only there. */
const KNOWN_DAYS = 2;

export class Growth {
  /** Totals by key, of the last days in which anything changed: what the table has may be older. */
  readonly #known = new Map<number, Totals>();
  readonly #changed = new Set<number>();
  #latestDay = 0;
  readonly #table: Table;
  readonly #members: Uint32Array;
  #whole: number;

  /** `members` and `whole`: how many there are now, by municipality and altogether; kept from here on. */
  constructor(table: Table, members: Uint32Array, whole: number) {
    this.#table = table;
    this.#members = members;
    this.#whole = whole;
  }

  /** How many there are after all that was counted: of the same moment as what `between` gives. */
  countOf(municipality: number | undefined): number {
    return municipality === undefined ? this.#whole : this.#members[municipality]!;
  }

  /** Counts from here on, and is in the table with the next `write`. */
  count({ day, kind, municipalities }: Step): void {
    if (day > this.#latestDay) this.#forgetBefore(day - KNOWN_DAYS + 1);
    this.#latestDay = Math.max(day, this.#latestDay);
    for (const municipality of municipalities) {
      const key = keyOf(day, municipality);
      const totals = this.#totals(key);
      totals[kind]++;
      const more = kind === "joined" ? 1 : -1;
      if (municipality === WHOLE) this.#whole += more;
      else this.#members[municipality]! += more;
      this.#known.set(key, totals);
      this.#changed.add(key);
    }
  }

  /** Puts into the running commit. */
  write(): void {
    for (const key of this.#changed) {
      const value = Buffer.alloc(8);
      const { joined, left } = this.#known.get(key)!;
      value.writeUInt32BE(joined, 0);
      value.writeUInt32BE(left, 4);
      void this.#table.put(bytesOf(key), value);
    }
    this.#changed.clear();
  }

  /**
   * Each day from `fromDay` up to and with `toDay`, also those on which nothing happened. Undefined for the whole registry.
   * INVALID_FIELD over more than REGISTRY.growthDays.
   */
  between(municipality: number | undefined, fromDay: number, toDay: number): Result<GrowthOfDay[]> {
    if (toDay - fromDay >= REGISTRY.growthDays) {
      return fail("INVALID_FIELD", `at most ${REGISTRY.growthDays} days at a time`, "from");
    }
    const days: GrowthOfDay[] = [];
    for (let day = fromDay; day <= toDay; day++) {
      const totals = this.#read(keyOf(day, municipality ?? WHOLE));
      if (!totals.ok) return totals;
      days.push({ day, ...totals.value });
    }
    return ok(days);
  }

  /** Where a record is damaged, which the store has told of, the day is counted from here on. */
  #totals(key: number): Totals {
    const read = this.#read(key);
    return read.ok ? read.value : { joined: 0, left: 0 };
  }

  #read(key: number): Result<Totals> {
    const known = this.#known.get(key);
    if (known) return ok(known);
    const stored = this.#table.get(bytesOf(key));
    if (!stored.ok) return stored;
    const { value } = stored;
    return ok({ joined: value?.readUInt32BE(0) ?? 0, left: value?.readUInt32BE(4) ?? 0 });
  }

  #forgetBefore(day: number): void {
    for (const key of this.#known.keys()) {
      if (key < keyOf(day, 0) && !this.#changed.has(key)) this.#known.delete(key);
    }
  }
}

function keyOf(day: number, municipality: number): number {
  assert(day >= 0 && municipality >= 0 && municipality <= WHOLE, "a day and a municipality are whole numbers");
  return day * (WHOLE + 1) + municipality;
}

function bytesOf(key: number): Buffer {
  const bytes = Buffer.allocUnsafe(6);
  bytes.writeUIntBE(key, 0, 6);
  return bytes;
}
