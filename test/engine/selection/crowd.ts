/**
 * People who move at random in and around a circle, and brute force's verdict on a selection that was made meanwhile: whoever
 * was inside at each moment of it must be in it, whoever was at none must not be, and nobody may be there twice. Where they
 * are between two calls counts; a call may change home and phone as one, as LiveRegistry.change does.
 */

import type { Area, LngLat } from "../../../engine/geo/area.js";
import type { LiveRow } from "../../../engine/registry/live/placing.js";
import { TermsTable } from "../../../engine/registry/record/terms.js";
import type { Shards } from "../../../engine/selection/rows/build.js";
import { type Borders, makeRows, regionOf, viewsOf } from "../../../engine/selection/rows/regions.js";
import { buildShard } from "../../../engine/selection/rows/shard.js";
import type { LiveSelection } from "../../../engine/selection/selector.js";
import { meters, offset } from "../../property/world.js";
import { seeded } from "../../random.js";

const MIDDLE: LngLat = [5.1, 52.1];
const RADIUS = 8_000;
export const AREA: Area = { type: "Circle", center: MIDDLE, radiusMeters: RADIUS };
/** Places to be, on each side of the circle's rim. */
const SPOTS = 2_048;
/** Who moves; the others live near the middle of all regions and stay. */
const MOVERS = 400;
const STILL = 4_000;
const PERSONS = MOVERS + STILL;
/** Four regions that meet in the circle. */
const BORDERS: Borders = { depth: 2, splits: Float64Array.of(0, MIDDLE[0], MIDDLE[1], MIDDLE[1] - 0.01) };
/** A burst: so many moves of so many phones in one turn of the event loop. */
const BURST = { phones: 64, moves: 128 };

const at = ([lng, lat]: LngLat): LiveRow => ({ lng, lat, channels: 0xffff, terms: 0, municipality: 1 });
/** Asked once of each spot: a geodesic takes longer than a move. */
const isInside = ({ lng, lat }: LiveRow): boolean => meters(MIDDLE, [lng, lat]) <= RADIUS;

export class Crowd {
  moves = 0;
  bursts = 0;
  /** Counts the calls. */
  clock = 0;
  readonly #random: () => number;
  readonly #inside: readonly LiveRow[];
  readonly #outside: readonly LiveRow[];
  readonly #isSpotIn: ReadonlySet<LiveRow>;
  readonly #homes: (readonly LiveRow[])[] = [];
  readonly #phones: (LiveRow | undefined)[] = new Array(PERSONS).fill(undefined);
  readonly #isIn = new Uint8Array(PERSONS);
  /** The call since which that is so. */
  readonly #since = new Float64Array(PERSONS);

  constructor(seed: number) {
    this.#random = seeded(seed);
    const spots = (near: number, far: number): LiveRow[] => {
      return Array.from({ length: SPOTS }, () => {
        return at(offset(MIDDLE, 360 * this.#random(), RADIUS * (near + (far - near) * this.#random())));
      });
    };
    const all = [...spots(0, 0.999), ...spots(1.001, 3)];
    this.#inside = all.filter(isInside);
    this.#isSpotIn = new Set(this.#inside);
    this.#outside = all.filter((row) => !this.#isSpotIn.has(row));
    for (let person = 0; person < PERSONS; person += 1) {
      this.#homes.push(person < MOVERS && this.#random() < 0.2 ? [] : [this.#somewhere()]);
      this.#settle(person);
    }
  }

  shards(): Shards {
    const rows = this.#homes.flatMap((homes, person) => homes.map((row) => ({ person, row })));
    const regions = [0, 1, 2, 3].map((region) => {
      return rows.filter(({ row: { lng, lat } }) => regionOf(BORDERS, lng, lat) === region);
    });
    const shards = regions.map((own) => {
      const locations = makeRows(own.length);
      const columns = viewsOf(locations);
      for (const [index, { person, row }] of own.entries()) {
        columns.participant[index] = person;
        for (const column of ["lng", "lat", "channels", "terms", "municipality"] as const) {
          columns[column][index] = row[column];
        }
      }
      return buildShard(locations, 0, own.length);
    });
    const words = new TermsTable().words();
    const terms = new SharedArrayBuffer(words.byteLength);
    new Uint32Array(terms).set(words);
    const participants = {
      count: PERSONS,
      numbers: new SharedArrayBuffer(8 * PERSONS),
      status: new SharedArrayBuffer(PERSONS),
      language: new SharedArrayBuffer(PERSONS),
      groups: new SharedArrayBuffer(PERSONS),
      addresses: new SharedArrayBuffer(PERSONS),
      asked: new SharedArrayBuffer(8 * PERSONS),
    };
    new Float64Array(participants.numbers).fill(31_600_000_000);
    new Uint8Array(participants.addresses).fill(0xf);
    return { shards, regions: [0, 1, 2, 3], borders: BORDERS, participants, terms };
  }

  /** Somebody changes home, phone, or both, and mostly stays in the circle who is there. */
  act(live: LiveSelection): void {
    const person = this.below(MOVERS);
    const what = this.below(3);
    const homes = what === 1 ? this.#homes[person]! : this.#someHomes();
    const phone = what === 0 ? this.#phones[person] : this.#somePhone();
    if (this.#isIn[person] === 1 && !this.#areIn(homes, phone) && this.#random() < 0.9) return;
    if (what !== 1 && !live.place(person, homes).ok) return;
    if (what !== 0) {
      if (phone === undefined) live.dropPhone(person);
      else if (!live.movePhone(person, phone).ok) throw new Error("a phone found no room");
    }
    this.#homes[person] = homes;
    this.#phones[person] = phone;
    this.#settle(person);
  }

  /** Phones that are near each other in memory go about, each on its side of the rim. */
  burst(live: LiveSelection): void {
    const first = this.below(MOVERS - BURST.phones);
    for (let move = 0; move < BURST.moves; move += 1) {
      const person = first + (move % BURST.phones);
      const before = this.#phones[person];
      const phone = this.#one(before === undefined || !this.#isSpotIn.has(before) ? this.#outside : this.#inside);
      if (!live.movePhone(person, phone).ok) throw new Error("a phone found no room");
      this.#phones[person] = phone;
      this.#settle(person);
    }
    this.bursts += 1;
  }

  /** What is wrong with the roster of a selection that began when the clock was so, or undefined. */
  wrongIn(roster: Uint32Array, began: number): string | undefined {
    const found = new Uint8Array(PERSONS);
    for (const person of roster) {
      if (found[person] === 1) return `${person} is there twice`;
      found[person] = 1;
    }
    for (let person = 0; person < PERSONS; person += 1) {
      if (this.#since[person]! > began || found[person] === this.#isIn[person]) continue;
      return `${person} ${found[person] === 1 ? "was outside and is asked" : "was inside and is missing"} (began ${began}, now ${this.clock})`;
    }
    return undefined;
  }

  /** How many a count that began then must have at least, and may have at most. */
  bounds(began: number): readonly [number, number] {
    let [least, most] = [0, PERSONS];
    for (let person = 0; person < PERSONS; person += 1) {
      if (this.#since[person]! > began) continue;
      if (this.#isIn[person] === 1) least += 1;
      else most -= 1;
    }
    return [least, most];
  }

  below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  #settle(person: number): void {
    this.clock += 1;
    this.moves += 1;
    const now = this.#areIn(this.#homes[person]!, this.#phones[person]) ? 1 : 0;
    if (now === this.#isIn[person]) return;
    this.#isIn[person] = now;
    this.#since[person] = this.clock;
  }

  #areIn(homes: readonly LiveRow[], phone: LiveRow | undefined): boolean {
    return homes.some((row) => this.#isSpotIn.has(row)) || (phone !== undefined && this.#isSpotIn.has(phone));
  }

  #somewhere(): LiveRow {
    return this.#one(this.#random() < 0.5 ? this.#inside : this.#outside);
  }

  #someHomes(): LiveRow[] {
    return Array.from({ length: this.below(3) }, () => this.#somewhere());
  }

  #somePhone(): LiveRow | undefined {
    return this.#random() < 0.3 ? undefined : this.#somewhere();
  }

  #one(rows: readonly LiveRow[]): LiveRow {
    return rows[this.below(rows.length)]!;
  }
}
