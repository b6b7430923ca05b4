/** A location and the wishes for it, from the shape that the API takes to what is stored. */

import type { LocationInput, PhoneInput } from "../../../../schemas/api/participant.js";
import { assert, fail, ok, type Result } from "../../../../schemas/errors.js";
import { type Channel, IN_DANGER, LOCATION_KINDS, TIME_ZONES } from "../../../../schemas/words.js";
import { isExchanged } from "../../../geo/exchanged.js";
import { postcodeNumber } from "../../../geo/postcode.js";
import type { Participant, ParticipantLocation, PhoneWishes } from "../participant.js";
import { parseSchedule } from "./schedule.js";
import { channelMask, exceptBits } from "./words-bits.js";

type LngLat = readonly [lng: number, lat: number];

/** What is known of the country. */
export interface Places {
  /** 363 for GM0363, 0 abroad, undefined where nobody can live: at sea. */
  municipalityAt(lng: number, lat: number): number | undefined;
  /** POSTCODE_UNKNOWN, or POSTCODES_MISSING. */
  positionOfPostcode(postcode: string): Result<LngLat>;
}

/** By what somebody can be reached. */
type Reached = Pick<Participant, "number" | "mail">;

/** What a channel needs that the participant may lack; an app is known by its own means. */
const NEEDED: Record<Channel, keyof Reached | undefined> = {
  sms: "number",
  voice: "number",
  email: "mail",
  push: undefined,
};
const NEEDED_WORDS = { number: "a phone number", mail: "a mail address" } as const;

/** `field` is the JSON pointer of `input`. */
export function readLocation(
  input: LocationInput,
  reached: Reached,
  places: Places,
  field: string,
): Result<ParticipantLocation> {
  const wishes = readPhone(input, reached, field);
  if (!wishes.ok) return wishes;
  const from = input.position === undefined ? "postcode" : "position";
  const position = positionOf(input, places);
  if (!position.ok) return fail(position.problem.code, position.problem.detail, `${field}/${from}`);
  const [lng, lat] = position.value;
  const municipality = places.municipalityAt(lng, lat);
  if (municipality === undefined) {
    const why = isExchanged([lng, lat]) ? "longitude and latitude look exchanged" : "nobody lives or works there";
    return fail("POSITION_AT_SEA", why, `${field}/${from}`);
  }
  const postcode = isMiddle(position.value, input.postcode, places) ? postcodeNumber(input.postcode!)! : 0;
  return ok({ kind: LOCATION_KINDS.indexOf(input.kind), lng, lat, municipality, postcode, ...wishes.value });
}

function positionOf({ position, postcode }: LocationInput, places: Places): Result<LngLat> {
  if (position !== undefined) return ok(position);
  assert(typeof postcode === "string", "a location has a position or a postcode");
  return places.positionOfPostcode(postcode);
}

/** Whether the position is the middle of the postcode's area, and not only somewhere in it. */
function isMiddle([lng, lat]: LngLat, postcode: string | null | undefined, places: Places): boolean {
  const middle = typeof postcode === "string" ? places.positionOfPostcode(postcode) : undefined;
  return middle?.ok === true && middle.value[0] === lng && middle.value[1] === lat;
}

/** The wishes alone, as they are for a phone; `field` is the JSON pointer of `input`. */
export function readPhone(input: PhoneInput, reached: Reached, field: string): Result<PhoneWishes> {
  for (const [channel, domains] of Object.entries(input.channels) as [Channel, readonly unknown[]][]) {
    const needed = NEEDED[channel];
    if (domains.length === 0 || needed === undefined || reached[needed]) continue;
    return fail("INVALID_FIELD", `${channel} needs ${NEEDED_WORDS[needed]}`, `${field}/channels/${channel}`);
  }
  const hours = parseSchedule(input.hours);
  if (hours === undefined) {
    return fail("INVALID_FIELD", '"always", "never", or rules like "mo-fr 08-18; sa+su 10-12"', `${field}/hours`);
  }
  return ok({
    channels: channelMask(input.channels),
    terms: {
      hours,
      except: exceptBits(input.except),
      zone: TIME_ZONES.indexOf(input.timeZone),
      inDanger: IN_DANGER.indexOf(input.inDanger),
    },
  });
}
