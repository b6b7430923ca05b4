/**
 * Who of a roster is asked when its wave is made: not whoever has no number any more, was asked as often as somebody may be, or is
 * asked by another action that runs where this one comes alone. The one place where that is decided for a wave, by the words by which
 * a preview counts it (engine/selection/query/persons.ts); and whoever is asked counts as such in the same step, so that two actions
 * at a time never ask anybody once too often.
 *
 * Whoever is in a group that goes first stands before everybody else, the nearest of them first, and then the others likewise.
 *
 * Extreme urgency asks everybody. What follows what somebody was asked, an update or an ending, leaves nobody out and counts for nothing.
 */
import { setImmediate } from "node:timers/promises";
import type { AskedGroups } from "../../../schemas/api/about-action.js";
import { ASKING } from "../../../schemas/limits.js";
import {
  type ActionWaveKind,
  CHANNELS,
  GROUPS,
  type Group,
  LEFT_OUT,
  type LeftOut,
  type Mode,
  type Urgency,
} from "../../../schemas/words.js";
import { ASKED, NO_SPARING, type PersonData, Persons, type Sparing } from "../../selection/query/persons.js";
import { overChannel, rosterOf } from "../../selection/roster.js";
import type { Roster } from "../../selection/selector.js";
import { average } from "../preview/breakdown.js";
import { ACTION_CHANNEL, isAsking } from "../record.js";
import { peopleOf } from "../waves/asked.js";
import { inPieces } from "../waves/audience.js";
import { Admission } from "./admission.js";
import type { Asked, AskedWave } from "./asked.js";

/** How often somebody may be asked. */
export type AskedBounds = Pick<Sparing, "perHour" | "perDay">;

/** What of an action decides whom it leaves out. */
interface About {
  readonly kind: string;
  readonly urgency: Urgency;
  readonly groups?: AskedGroups | null | undefined;
  /** An exercise or a test asks whomever it is for, and counts for nothing. */
  readonly mode: Mode;
}

/** A roster without those who are left out. It is opened, or given back. */
export interface Admitted {
  readonly roster: Roster;
  /** How many were left out, by why. */
  readonly leftOut: ReadonlyMap<LeftOut, number>;
  opened(wave: AskedWave): void;
  giveBack(): Promise<void>;
}

export class Asking {
  /** Who was left out since the process started, by why. */
  readonly leftOut: Partial<Record<LeftOut, number>> = {};
  readonly #people: Omit<PersonData, "language">;
  readonly #asked: Asked;
  readonly #bounds: AskedBounds;
  /** How many participants there are. */
  readonly #count: () => number;
  /** Whether an action of this kind asks nobody whom another one asks that runs. */
  readonly #isAlone: (kind: string) => boolean;

  constructor(
    people: Omit<PersonData, "language">,
    asked: Asked,
    bounds: AskedBounds,
    count: () => number,
    isAlone: (kind: string) => boolean,
  ) {
    this.#isAlone = isAlone;
    this.#count = count;
    this.#people = people;
    this.#asked = asked;
    this.#bounds = bounds;
  }

  /** How often a participant was asked in the last month, on average; null while that is not known. */
  get timesInCountry(): number | null {
    return this.#asked.isWhole ? average({ persons: this.#count(), times: this.#asked.timesInMonth }) : null;
  }

  /** An action asks nobody any more. */
  over(actionId: string): void {
    this.#asked.over(actionId);
  }

  sparingOf({ kind, urgency, groups, mode }: About): Sparing {
    const only = bitsOf(groups && "only" in groups ? groups.only : []);
    if (urgency === "extreme" || mode !== "actual") return { ...NO_SPARING, only };
    const { perHour, perDay } = this.#bounds;
    return { perHour, perDay, alone: this.#isAlone(kind), only };
  }

  /** The roster without whoever would be left out of a wave now, so that what is left is as many as are asked. Counts for nothing. */
  async askable(selected: Roster, about: About): Promise<Roster> {
    const found = await overChannel(selected, ACTION_CHANNEL);
    const persons = new Persons(this.#people, CHANNELS.indexOf(ACTION_CHANNEL), this.sparingOf(about));
    const people = peopleOf(found);
    const reasons = new Uint8Array(Math.min(found.count, ASKING.peoplePerTurn));
    const kept = new Uint32Array(found.count);
    let count = 0;
    for (let from = 0; from < people.length; from += ASKING.peoplePerTurn) {
      if (from > 0) await setImmediate();
      const piece = people.subarray(from, from + ASKING.peoplePerTurn);
      this.#asked.settle();
      persons.reasonsOf(piece, reasons);
      for (let at = 0; at < piece.length; at += 1) if (reasons[at] === ASKED) kept[count++] = piece[at]!;
    }
    return count === found.count ? found : rosterOf([{ participants: kept.subarray(0, count) }]);
  }

  /** In pieces, with a turn for everybody else between two. */
  async admit(kind: ActionWaveKind, found: Roster, about: About): Promise<Admitted> {
    if (!countsAsAsked(kind)) return uncounted(found, new Map());
    const sparing = this.sparingOf(about);
    // Whoever is asked again is asked by an action that runs: by this one.
    const alone = sparing.alone && kind !== "repeat";
    const persons = new Persons(this.#people, CHANNELS.indexOf(ACTION_CHANNEL), { ...sparing, alone });
    const first = bitsOf(about.groups && "first" in about.groups ? about.groups.first : []);
    const isCounted = about.mode === "actual";
    const admission = new Admission(persons, this.#asked, { isCounted, first });
    const roster = await admission.of(found);
    const leftOut = this.#noted(admission.leftOut);
    return isCounted ? this.#admitted(roster, leftOut) : uncounted(roster, leftOut);
  }

  #admitted(roster: Roster, leftOut: ReadonlyMap<LeftOut, number>): Admitted {
    return {
      roster,
      leftOut,
      opened: (wave) => this.#asked.note(wave),
      giveBack: async () => {
        const people = peopleOf(roster);
        await inPieces(roster.count, (from, to) => this.#asked.giveBack(people.subarray(from, to)));
      },
    };
  }

  #noted(counts: Uint32Array): Map<LeftOut, number> {
    const leftOut = new Map<LeftOut, number>();
    for (const [index, reason] of LEFT_OUT.entries()) {
      if (counts[index] === 0) continue;
      leftOut.set(reason, counts[index]!);
      this.leftOut[reason] = (this.leftOut[reason] ?? 0) + counts[index]!;
    }
    return leftOut;
  }
}

/** True of a wave by which somebody is asked once more, also the same: what else follows a question asks nothing. */
export function countsAsAsked(kind: ActionWaveKind): boolean {
  return isAsking({ kind }) || kind === "repeat";
}

function uncounted(roster: Roster, leftOut: ReadonlyMap<LeftOut, number>): Admitted {
  return { roster, leftOut, opened: () => {}, giveBack: async () => {} };
}

function bitsOf(groups: readonly Group[]): number {
  return groups.reduce((bits, group) => bits | (1 << GROUPS.indexOf(group)), 0);
}
