/**
 * What the rest of the engine knows of selection. Implemented by pool.ts over Piscina; the kernels are in engine/geo and
 * beside this file.
 */

import type { Result } from "../../schemas/errors.js";
import type { Channel, Domain } from "../../schemas/words.js";
import type { Area } from "../geo/area.js";

/** Who is asked: everyone with a location in the area that welcomes this domain over this channel at this hour. */
export interface SelectionQuery {
  readonly area: Area;
  /** Where nearest is measured from, [lng, lat]; the circle's centre or the area's centroid when absent. */
  readonly origin?: readonly [number, number];
  readonly channel: Channel;
  readonly domain: Domain;
  /** Hour of the week, 0 = Monday 00:00, in the local time of the registry. */
  readonly hourOfWeek: number;
}

/** Uint32 participant numbers, nearest first, each person once however many of their locations lie in the area. */
export interface Roster {
  readonly count: number;
  readonly participants: SharedArrayBuffer;
}

/** Counts for a preview; nothing of it names a person. */
export interface SelectionCounts {
  /** Eligible persons on each channel, for the query's domain and hour. */
  readonly channels: Readonly<Record<Channel, number>>;
  /** Persons on the query's channel by municipality code (0: outside the Netherlands), by their nearest location. */
  readonly municipalities: ReadonlyMap<number, number>;
  readonly recipients: number;
}

export interface Selector {
  select(query: SelectionQuery): Promise<Result<Roster>>;
  count(query: SelectionQuery): Promise<Result<SelectionCounts>>;
  close(): Promise<void>;
}
