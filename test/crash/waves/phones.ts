/** Phones that come into the area of an action while it runs, and are sent home before the next one. */
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { addKeys } from "../../../bench/rig.js";
import { type Phone, phonesOf } from "../../../bench/selection/phones.js";
import { geodesicMeters } from "../../../engine/geo/ellipsoid.js";
import type { EngineProcess } from "../../../loadtest/engine-process.js";
import type { Action } from "../../../schemas/api/api.js";
import type { PositionUpdate } from "../../../schemas/api/position.js";

type Place = readonly [number, number];

/** As POST /v1/positions takes them. */
type Told = readonly PositionUpdate[];

export class Phones {
  readonly #all: readonly Phone[];
  readonly #place: Place;
  readonly #key: string;
  #next = 0;
  #out: Phone[] = [];
  /** Numbers of those that came, by action; each was told of in a request that was answered. */
  readonly came = new Map<string, Set<number>>();

  /** Those of a registry, whose folder no service has open, that live farther than `meters` from the place to which they come. */
  static async of(folder: string, place: Place, meters: number): Promise<Phones> {
    const far = (await phonesOf(folder)).filter(({ home }) => geodesicMeters(...home, ...place) > meters);
    const [key] = await addKeys(folder, 1, "app");
    return new Phones(far, place, key!);
  }

  private constructor(all: readonly Phone[], place: Place, key: string) {
    this.#key = key;
    this.#all = all;
    this.#place = place;
  }

  /** What tells that all are at home again. */
  goHome(): Told {
    const told = this.#out.map(({ participant, home: [lng, lat] }): PositionUpdate => {
      return { participant, position: [lng, lat] };
    });
    this.#out = [];
    return told;
  }

  /** What tells that so many more are at the place. */
  come(id: string, count: number): Told {
    const coming = Array.from({ length: count }, () => this.#all[this.#next++ % this.#all.length]!);
    this.#out.push(...coming);
    const came = this.came.get(id) ?? new Set();
    this.came.set(id, came);
    for (const { number } of coming) came.add(number);
    const [lng, lat] = this.#place;
    return coming.map(({ participant }) => ({ participant, position: [lng, lat] }));
  }

  /** Rejects where it is not taken. */
  async tell({ port }: EngineProcess, positions: Told): Promise<void> {
    const headers = { authorization: `Bearer ${this.#key}`, "content-type": "application/json" };
    const body = JSON.stringify({ positions });
    const answer = await request(`http://127.0.0.1:${port}/v1/positions`, { method: "POST", headers, body });
    const said = await answer.body.text();
    if (answer.statusCode !== 200 || !said.includes('"refused":0')) throw new Error(said);
  }
}

/** When it is looked next who has come into the area of this action; undefined while it is being looked, and where that is over, or not wanted. */
export function nextLookOf({ rounds }: Action): string | undefined {
  return rounds.find(({ kind }) => kind === "arrivals")?.nextAt ?? undefined;
}

/** Until just before that, by the machine's clock. */
export async function untilAlmost(moment: string | undefined): Promise<void> {
  if (moment !== undefined) await sleep(Math.max(0, Date.parse(moment) - Date.now() - 10));
}

export function arrivalsIn({ waves }: Action): number {
  return waves.reduce((sum, { kind, recipients }) => (kind === "arrivals" ? sum + recipients : sum), 0);
}
