/** Arbitrary participants and terms, for the tests that take them through blocks, files and the API. */
import fc from "fast-check";
import type { Participant, ParticipantLocation } from "../../../engine/registry/record/participant.js";
import { parseSchedule } from "../../../engine/registry/record/profile/schedule.js";
import { kindBit, type Terms } from "../../../engine/registry/record/terms.js";
import {
  ACTION_KINDS,
  CHANNELS,
  CONTACT_MARKS,
  IN_DANGER,
  LANGUAGES,
  LOCATION_KINDS,
  NEEDS,
  PARTICIPANT_KINDS,
  switchedOffBit,
  TIME_ZONES,
} from "../../../schemas/words.js";

export const terms: fc.Arbitrary<Terms> = fc.record({
  hours: fc.constantFrom("always", "never", "mo-fr 08-18; sa 10-12", "su 00-24").map((text) => parseSchedule(text)!),
  except: fc
    .uniqueArray(
      fc.constantFrom(...CHANNELS.flatMap((channel) => ACTION_KINDS.map((kind) => kindBit(channel, kind)))),
      {
        maxLength: 4,
      },
    )
    .map((bits) => bits.reduce((sum, bit) => sum + bit, 0)),
  zone: fc.nat(TIME_ZONES.length - 1),
  inDanger: fc.nat(IN_DANGER.length - 1),
});

/** Without -0, which no file and no JSON tells from 0. */
function degrees(max: number): fc.Arbitrary<number> {
  return fc.double({ min: -max, max, noNaN: true }).map((value) => value + 0);
}

export const location: fc.Arbitrary<ParticipantLocation> = fc.record({
  kind: fc.nat(LOCATION_KINDS.length - 1),
  lng: degrees(180),
  lat: degrees(90),
  channels: fc.nat(0xffff),
  terms,
  municipality: fc.nat(9_999),
  postcode: fc.constantFrom(0, 0, 1_000_000, 3_441_002, 9_999_676),
});

const text = fc.constantFrom("", "Bakkerij Ö. de Boer, Woerden", 'Stichting "De Ark"', "Ünïcode 🚲");

export const participant: fc.Arbitrary<Participant> = fc.record({
  number: fc.oneof(fc.constant(0), fc.integer({ min: 31_610_000_000, max: 31_658_999_999 })),
  mail: fc.oneof(fc.constant(""), fc.stringMatching(/^[a-z0-9]{1,6}(\.[a-z+']{0,4}[a-z])?@[a-z]{1,8}\.(nl|example)$/)),
  // Not "erased": nobody has that status and anything else.
  status: fc.nat(2),
  switchedOff: fc.subarray([...CHANNELS]).map((off) => off.reduce((bits, one) => bits | switchedOffBit(one), 0)),
  language: fc.nat(LANGUAGES.length - 1),
  kind: fc.nat(PARTICIPANT_KINDS.length - 1),
  name: text,
  needs: fc.nat(2 ** NEEDS.length - 1),
  pausedUntil: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 0xffff_ffff })),
  joinedDay: fc.nat(0xffff),
  contacts: fc.nat(2 ** CONTACT_MARKS.length - 1),
  locations: fc.array(location, { maxLength: 5 }),
  phone: fc.option(fc.record({ channels: fc.nat(0xffff), terms }), { nil: undefined }),
});
