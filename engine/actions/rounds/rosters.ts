/** For whom the next wave of a round is: who was told something before, or who is new in what is asked now. */

import type { AreaInput } from "../../../schemas/api/area.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { WaveStore } from "../../dispatch/ledger/wave-store.js";
import { keptOf, type Part, partOf, rosterOf } from "../../selection/roster.js";
import type { Roster, Selector } from "../../selection/selector.js";
import type { Asking } from "../fatigue/asking.js";
import { queryOf } from "../query.js";
import { type ActionRecord, precedenceOf } from "../record.js";
import { AskedPeople, Marks, peopleOf } from "../waves/asked.js";
import type { Audiences } from "../waves/audience.js";
import type { FoundWaves } from "../waves/found-waves.js";
import { type Circled, circleAround, nearest } from "./nearest.js";
import { areaAtLast, areaOfStep, stepAt } from "./rings.js";
import type { Round, Widening } from "./round.js";

/** What a widening would ask. */
export interface Reach {
  readonly area: AreaInput;
  readonly messages: number;
}

/** Who has reacted to an action, as far as that is kept. */
export type ReactedTo = (actionId: string) => (person: number) => boolean;

export class RoundRosters {
  readonly asked: AskedPeople;
  readonly #found: FoundWaves;
  readonly #audiences: Audiences;
  readonly #selector: Pick<Selector, "select">;
  readonly #asking: Pick<Asking, "askable">;
  readonly #reactedTo: ReactedTo;
  readonly #now: () => number;

  constructor(
    found: FoundWaves,
    waves: WaveStore,
    audiences: Audiences,
    selector: Pick<Selector, "select">,
    asking: Pick<Asking, "askable">,
    reactedTo: ReactedTo,
    now: () => number,
  ) {
    this.#reactedTo = reactedTo;
    this.#asking = asking;
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
    if (round.kind === "widening" || round.kind === "arrivals") {
      const asked = await this.#askedBy(record);
      return asked.ok ? this.#widened(record, round, ring, asked.value) : asked;
    }
    const all = await this.#found.all(record.waves);
    if (!all.ok) return all;
    if (round.kind === "repeat") return this.#repeated(record, await this.#audiences.of("told", all.value));
    const before = all.value.slice(0, round.before);
    const own = all.value.filter(({ wave }) => wave.round === round.number);
    return this.#audiences.of(round.kind === "update" ? "informed" : "told", before, own);
  }

  /** Whoever has reacted is not asked again, but where it is about life. */
  async #repeated({ id, request }: ActionRecord, told: Result<Roster>): Promise<Result<Roster>> {
    if (!told.ok || precedenceOf(request) === "extreme") return told;
    const hasReacted = this.#reactedTo(id);
    return ok(await keptOf(told.value, (person) => !hasReacted(person)));
  }

  /** Everybody whom its waves have asked. */
  async #askedBy(record: ActionRecord): Promise<Result<Marks>> {
    const found = await this.#found.all(this.asked.newOf(record));
    return found.ok ? this.asked.of(record.id, found.value) : found;
  }

  /** Where a widening would ask at most, and how many, of those who were not asked before. */
  async reachOf(record: ActionRecord, widening: Widening): Promise<Result<Reach>> {
    const asked = await this.#askedBy(record);
    if (!asked.ok) return asked;
    if ("enough" in widening) {
      const circled = await this.#nearest(record, widening.enough, asked.value);
      if (!circled.ok) return circled;
      const { radiusMeters, roster } = circled.value;
      return ok({ area: circleAround(record.request.area, radiusMeters), messages: roster.count });
    }
    const area = "area" in widening ? widening.area : areaAtLast(widening.rings);
    const roster = await this.#new(record, area, asked.value);
    return roster.ok ? ok({ area, messages: roster.value.count }) : roster;
  }

  async #widened(record: ActionRecord, round: Round, ring: number | undefined, asked: Marks): Promise<Result<Roster>> {
    const select = (area: AreaInput): Promise<Result<Roster>> => this.#new(record, area, asked);
    // Whoever is left out is found anew by each look, and would count as left out each time.
    if (round.kind === "arrivals") return this.#arrived(record, (area) => this.#askable(record, area, asked));
    const { widening } = round;
    if (widening && "area" in widening) return select(widening.area);
    if (widening && "rings" in widening) return select(areaOfStep(widening.rings, ring ?? 0));
    const circled = await this.#nearest(record, widening?.enough ?? 0, asked);
    return circled.ok ? ok(circled.value.roster) : circled;
  }

  /** Whoever is in one of the areas that were asked so far, and is new there. */
  async #arrived(record: ActionRecord, select: (area: AreaInput) => Promise<Result<Roster>>): Promise<Result<Roster>> {
    const arrived = new Marks();
    const parts: Part[] = [];
    for (const area of areasOf(record)) {
      const roster = await select(area);
      if (!roster.ok) return roster;
      const newcomers = await arrived.without(roster.value);
      await arrived.addAll(peopleOf(newcomers));
      parts.push(partOf(newcomers));
    }
    return ok(await rosterOf(parts));
  }

  /** Of whoever is new the nearest, so many that `enough` were asked in all. */
  #nearest(record: ActionRecord, enough: number, asked: Marks): Promise<Result<Circled>> {
    return nearest(record.request.area, enough - asked.count, (area) => this.#askable(record, area, asked));
  }

  async #askable(record: ActionRecord, area: AreaInput, asked: Marks): Promise<Result<Roster>> {
    const found = await this.#new(record, area, asked);
    return found.ok ? ok(await this.#asking.askable(found.value, record.request)) : found;
  }

  /** Whoever is asked in an area now, without those that were. */
  async #new({ request }: ActionRecord, area: AreaInput, asked: Marks): Promise<Result<Roster>> {
    const query = { ...queryOf({ ...request, area }, this.#now()), without: asked.bitmap };
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
