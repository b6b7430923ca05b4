/** For whom the next wave of a round is: who was told something before, or who is new in what is asked now. */

import type { AreaInput } from "../../../schemas/api/area.js";
import { ok, type Problem, type Result } from "../../../schemas/errors.js";
import type { WaveStore } from "../../dispatch/ledger/wave-store.js";
import { rosterOf } from "../../selection/roster.js";
import type { Roster, Selector } from "../../selection/selector.js";
import { queryOf } from "../query.js";
import { type ActionRecord, precedenceOf } from "../record.js";
import { AskedPeople, Marks, peopleOf } from "../waves/asked.js";
import type { Audiences } from "../waves/audience.js";
import type { FoundWaves } from "../waves/found-waves.js";
import { type Circled, circleAround, nearest } from "./nearest.js";
import { areaOfStep, stepAt } from "./rings.js";
import type { Round, Widening } from "./round.js";

/** What a widening would ask. */
export interface Reach {
  readonly area: AreaInput;
  readonly messages: number;
}

export class RoundRosters {
  readonly asked: AskedPeople;
  readonly #found: FoundWaves;
  readonly #audiences: Audiences;
  readonly #selector: Pick<Selector, "select">;
  readonly #now: () => number;

  constructor(
    found: FoundWaves,
    waves: WaveStore,
    audiences: Audiences,
    selector: Pick<Selector, "select">,
    now: () => number,
  ) {
    this.asked = new AskedPeople(waves);
    this.#found = found;
    this.#audiences = audiences;
    this.#selector = selector;
    this.#now = now;
  }

  /** The ring of a widening in rings that is asked now; undefined of any other round. */
  ringOf({ widening, next = 0 }: Round): number | undefined {
    return widening && "rings" in widening ? stepAt(widening.rings, next, this.#now()) : undefined;
  }

  /** STORE_CORRUPT where it is not known who was asked, REGISTRY_REPLACED, and why a selection can't be made. */
  async of(record: ActionRecord, round: Round, ring: number | undefined): Promise<Result<Roster>> {
    const damage = this.#found.damageOf(record);
    if (damage) return { ok: false, problem: corrupt(damage) };
    const found = this.#found.of(record);
    const before = this.#found.of({ waves: record.waves.slice(0, round.before) });
    const own = found.filter(({ wave }) => wave.round === round.number);
    switch (round.kind) {
      case "update":
        return this.#audiences.of("informed", before, own);
      case "correction":
        return this.#audiences.of("told", before, own);
      case "repeat":
        return this.#audiences.of("told", found);
      default: {
        const asked = await this.asked.of(record.id, found);
        return asked.ok ? this.#widened(record, round, ring, asked.value) : asked;
      }
    }
  }

  /** Where a widening would ask at most, and how many, of those who were not asked before. */
  async reachOf(record: ActionRecord, widening: Widening): Promise<Result<Reach>> {
    const asked = await this.asked.of(record.id, this.#found.of(record));
    if (!asked.ok) return asked;
    if ("enough" in widening) {
      const circled = await this.#nearest(record, widening.enough, asked.value);
      if (!circled.ok) return circled;
      const { radiusMeters, roster } = circled.value;
      return ok({ area: circleAround(record.request.area, radiusMeters), messages: roster.count });
    }
    const area = "area" in widening ? widening.area : areaOfStep(widening.rings, widening.rings.steps.length - 1);
    const roster = await this.#new(record, area, asked.value);
    return roster.ok ? ok({ area, messages: roster.value.count }) : roster;
  }

  async #widened(record: ActionRecord, round: Round, ring: number | undefined, asked: Marks): Promise<Result<Roster>> {
    const select = (area: AreaInput): Promise<Result<Roster>> => this.#new(record, area, asked);
    if (round.kind === "arrivals") return this.#arrived(record, select);
    const { widening } = round;
    if (widening && "area" in widening) return select(widening.area);
    if (widening && "rings" in widening) return select(areaOfStep(widening.rings, ring ?? 0));
    const circled = await this.#nearest(record, widening?.enough ?? 0, asked);
    return circled.ok ? ok(circled.value.roster) : circled;
  }

  /** Whoever is in one of the areas that were asked so far, and is new there. */
  async #arrived(record: ActionRecord, select: (area: AreaInput) => Promise<Result<Roster>>): Promise<Result<Roster>> {
    const arrived = new Marks();
    const parts: Uint32Array[] = [];
    for (const area of areasOf(record)) {
      const roster = await select(area);
      if (!roster.ok) return roster;
      const people = peopleOf(await arrived.without(roster.value));
      await arrived.addAll(people);
      parts.push(people);
    }
    return ok(await rosterOf(parts));
  }

  /** Of whoever is new the nearest, so many that `enough` were asked in all. */
  #nearest(record: ActionRecord, enough: number, asked: Marks): Promise<Result<Circled>> {
    return nearest(record.request.area, enough - asked.count, (area) => this.#new(record, area, asked));
  }

  /** Whoever is asked in an area now, without those that were. */
  async #new({ request }: ActionRecord, area: AreaInput, asked: Marks): Promise<Result<Roster>> {
    const query = queryOf({ ...request, area }, this.#now());
    const roster = await this.#selector.select(query, precedenceOf(request));
    return roster.ok ? ok(await asked.without(roster.value)) : roster;
  }
}

/** The areas in which an action has asked: its own, those that were added, and how far its circles have grown. */
function areasOf({ request, rounds = [] }: ActionRecord): AreaInput[] {
  const added = rounds.flatMap(({ widening, state, next = 0 }): AreaInput[] => {
    if (widening === undefined || "enough" in widening) return [];
    if ("area" in widening) return state === "done" ? [widening.area] : [];
    return next > 0 ? [areaOfStep(widening.rings, next - 1)] : [];
  });
  return [request.area, ...added];
}

function corrupt({ detail }: Problem): Problem {
  return { code: "STORE_CORRUPT", detail };
}
