/**
 * "Would I be asked?": for each kind of action, at each place of a participant and over each channel, whether it would reach them now
 * and, if not, the first reason why. Nobody is silently never asked: who lacks a confirmation, a number or an hour sees it here.
 *
 * It is what a selection would find, by its own words (engine/selection/query): isWelcome for the place, Persons for the rest; a
 * property holds it against selections.
 */
import type { OwnAsked } from "../../schemas/api/asking/own-asked.js";
import {
  ACTION_KINDS,
  type ActionKind,
  type AskedAnswer,
  CHANNELS,
  type Channel,
  DOMAINS,
  type Domain,
  LEFT_OUT,
  type Urgency,
} from "../../schemas/words.js";
import type { Participant } from "../registry/record/participant.js";
import { type Terms, TermsTable } from "../registry/record/terms.js";
import { ASKED, type PersonData, Persons, type Sparing } from "../selection/query/persons.js";
import { placeOf, weighTerms } from "../selection/query/welcome.js";
import { hoursOfWeek } from "../selection/rows/hours.js";

/** A kind of action as it would be sent. */
export interface AskedKind {
  /** As the API knows it. */
  readonly kind: string;
  /** What a participant's wishes are held against. */
  readonly like: ActionKind;
  readonly domain: Domain;
  readonly urgency: Urgency;
  readonly sparing: Sparing;
}

export interface OwnAskedParts {
  readonly people: Omit<PersonData, "language">;
  /** What there is to be sent, and over which channels. */
  kinds(): readonly AskedKind[];
  readonly served: readonly Channel[];
}

type Channels = OwnAsked["kinds"][number]["places"][number]["channels"];

export class AskedOfOne {
  readonly #parts: OwnAskedParts;

  constructor(parts: OwnAskedParts) {
    this.#parts = parts;
  }

  /** `isSeen`: it is known where the phone is. */
  of(participant: number, record: Participant, isSeen: boolean, atMs: number): OwnAsked {
    const kinds = this.#parts.kinds().map((kind) => {
      const answers = (channels: number, terms: Terms): Channels =>
        this.#channels(participant, kind, channels, terms, atMs);
      const places = record.locations.map(({ channels, terms }, location) => {
        return { location: location as number | null, channels: answers(channels, terms) };
      });
      if (record.phone) {
        const { channels, terms } = record.phone;
        places.push({ location: null, channels: isSeen ? answers(channels, terms) : each(() => "noPosition") });
      }
      return { kind: kind.kind, domain: kind.domain, urgency: kind.urgency, places };
    });
    return { at: new Date(atMs).toISOString(), kinds };
  }

  #channels(participant: number, asked: AskedKind, mask: number, terms: Terms, atMs: number): Channels {
    const { people, served } = this.#parts;
    const domain = DOMAINS.indexOf(asked.domain);
    const danger = asked.domain === "alarm" && asked.urgency === "extreme";
    const query = { kind: ACTION_KINDS.indexOf(asked.like), danger, hours: hoursOfWeek(atMs) };
    const [now, anyHour] = weighed(terms, query);
    return each((name, channel) => {
      if (!served.includes(name)) return "noService";
      const reason = new Persons(people, channel, asked.sparing).reasonOf(
        participant,
        placeOf(mask, now, anyHour, channel, domain),
      );
      return reason === ASKED ? "asked" : (LEFT_OUT[reason] ?? "unconfirmed");
    });
  }
}

function weighed(terms: Terms, query: Parameters<typeof weighTerms>[1]): [now: number, anyHour: number] {
  const table = new TermsTable();
  const row = table.add(terms)!;
  const [now, anyHour] = [new Uint8Array(row + 1), new Uint8Array(row + 1)];
  weighTerms(table.words(), query, row, row + 1, now, anyHour);
  return [now[row]!, anyHour[row]!];
}

function each(answer: (channel: Channel, index: number) => AskedAnswer): Channels {
  return Object.fromEntries(CHANNELS.map((channel, index) => [channel, answer(channel, index)])) as Channels;
}
