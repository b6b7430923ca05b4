/**
 * What the municipality's file needs of the rest: the registry as it changes all day, and places. And whose view it is: a
 * municipality knows the participants with a location in it, and of those only the locations in it; whoever watches over all
 * of the country knows all.
 */
import type { Result } from "../../schemas/errors.js";
import type { ChangeOptions, Haste } from "../registry/live/live-registry.js";
import type { Participant, ParticipantLocation } from "../registry/record/participant.js";

/** The part of LiveRegistry that is used here; all of it on the main thread. */
export interface Registry {
  get(participant: number): Result<Participant | undefined>;
  byNumber(number: number): number[];
  byMail(mail: string): number[];
  add(participant: Participant): Result<number>;
  change(
    participant: number,
    change: (before: Participant) => Participant,
    options?: Pick<ChangeOptions, "urgent" | "follows">,
  ): Result<Participant>;
  erase(participant: number, haste?: Haste): Result<void>;
  /** Highest participant number plus one. */
  readonly rows: number;
  /** How many may be added until the next start makes room. */
  readonly room: number;
  /** Everything that was called before is durable. */
  settled(): Promise<Result<void>>;
}

/** The part of LivePositions that is used here. */
export interface Positions {
  /** Where the phone of somebody was whom the registry has erased before can't be read from the disk any more. */
  purge(): Promise<Result<void>>;
}

export interface Municipalities {
  /** 363 for GM0363, 0 in a neighbouring country, undefined at sea. */
  municipalityAt(lng: number, lat: number): number | undefined;
  /** Undefined where none were imported: then that is a guess, by what is nearest. */
  readonly boundaries: object | undefined;
  /** Another one for other boundaries; undefined where none were imported. */
  readonly boundariesId: string | undefined;
  /** Another one for another population, and so for other postcodes. */
  readonly populationId: string | undefined;
  /** POSTCODE_UNKNOWN, or POSTCODES_MISSING. */
  positionOfPostcode(postcode: string): Result<readonly [lng: number, lat: number]>;
}

/** 363 for GM0363; undefined for who sees all. */
export type Scope = number | undefined;

export function isOwn(location: ParticipantLocation, scope: Scope): boolean {
  return scope === undefined || location.municipality === scope;
}

export function knows(scope: Scope, participant: Participant): boolean {
  return scope === undefined || participant.locations.some((location) => location.municipality === scope);
}
