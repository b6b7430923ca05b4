import fc from "fast-check";
import { expect, test } from "vitest";
import { postcodeNumber } from "../../../../../engine/geo/postcode.js";
import type { Participant } from "../../../../../engine/registry/record/participant.js";
import { applyChange, newParticipant, toView } from "../../../../../engine/registry/record/profile/profile.js";
import type { Places } from "../../../../../engine/registry/record/profile/wishes.js";
import { ParticipantChange, ParticipantView } from "../../../../../schemas/api/participant.js";
import { fail, ok, type Result } from "../../../../../schemas/errors.js";
import { given } from "../../samples.js";
import { participant } from "../../wishes.js";

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const NOW_SECONDS = NOW_MS / 1_000;
/** Everything is in municipality 632 but the sea west of 3 degrees; of postcodes one is known. */
const PLACES: Places = {
  municipalityAt: (lng) => (lng < 3 ? undefined : 632),
  positionOfPostcode: (postcode) =>
    postcode === "3441 AB" ? ok([4.88, 52.09]) : fail("POSTCODE_UNKNOWN", "no such postcode"),
};

/** As a request has it: through JSON and the shape that the API checks. */
function change(before: Participant, body: unknown, places = PLACES): Result<Participant> {
  return applyChange(before, ParticipantChange.parse(JSON.parse(JSON.stringify(body))), places, NOW_MS);
}

function refusal(before: Participant, body: unknown): string {
  const result = change(before, body);
  return result.ok ? "done" : `${result.problem.code} ${result.problem.field}`;
}

const reachable = newParticipant({ number: 31_612_345_678, mail: "anna@example.org" }, NOW_MS);

test("what is shown, sent back as a change to a new participant, gives the same participant", () => {
  fc.assert(
    fc.property(participant, (drawn) => {
      const paused = drawn.status === 1;
      const person: Participant = {
        ...drawn,
        number: drawn.number || 31_612_345_678,
        mail: drawn.mail || "anna@example.org",
        status: paused ? 1 : 0,
        name: drawn.kind === 0 ? "" : drawn.name.trim() || "De Ark",
        pausedUntil: paused && drawn.pausedUntil > 0 ? Math.max(drawn.pausedUntil, NOW_SECONDS + 1) : 0,
        locations: drawn.locations.map((location, at) => ({
          ...location,
          postcode: location.postcode && 1_000_000 + at,
        })),
      };
      const middles = new Map(person.locations.map(({ lng, lat, postcode }) => [postcode, [lng, lat] as const]));
      const view = ParticipantView.parse(toView(1_041, person, undefined));
      const { kind, name, language, needs, switchedOff, locations, phone } = view;
      const { position: _, seenAt: __, ...wishes } = phone ?? { position: null, seenAt: null };
      const municipalities = new Map(
        person.locations.map(({ lng, lat, municipality }) => [`${lng} ${lat}`, municipality]),
      );
      const places = {
        ...PLACES,
        municipalityAt: (lng: number, lat: number) => municipalities.get(`${lng} ${lat}`),
        positionOfPostcode: (postcode: string) => ok(middles.get(postcodeNumber(postcode)!)!),
      };
      const asked = {
        kind,
        name,
        language,
        needs,
        switchedOff,
        paused: view.pausedUntil ? { until: view.pausedUntil } : paused,
        locations: locations.map(({ municipality: _, ...location }) => location),
        phone: phone && wishes,
      };
      const { number, mail, joinedDay, contacts } = person;
      const after = given(change({ ...newParticipant({ number, mail }, NOW_MS), joinedDay, contacts }, asked, places));
      expect(JSON.stringify(toView(1_041, after, undefined))).toBe(JSON.stringify(view));
      expect({ ...after, locations: [] }).toEqual({ ...person, locations: [] });
    }),
    { numRuns: 200 },
  );
});

test("what a change leaves out stays, and what it has is replaced as a whole", () => {
  fc.assert(
    fc.property(participant, (person) => {
      expect(given(change(person, {}))).toEqual(person);
      expect(given(change(person, { language: "fy" }))).toEqual({ ...person, language: 4 });
      expect(given(change(person, { phone: null, locations: [] }))).toEqual({
        ...person,
        phone: undefined,
        locations: [],
      });
      expect(given(change(person, { needs: ["simpleLanguage"], switchedOff: ["voice"] }))).toEqual({
        ...person,
        needs: 2,
        switchedOff: 0x80,
      });
    }),
    { numRuns: 50 },
  );
});

test("a postcode gives a position, and a location the municipality where it lies", () => {
  const body = { locations: [{ postcode: "3441 AB", channels: { sms: ["alarm"] } }] };
  const after = given(change(reachable, body));
  expect(after.locations).toMatchObject([{ lng: 4.88, lat: 52.09, municipality: 632, channels: 0x0004, kind: 0 }]);
  expect(toView(7, after, undefined).locations[0]).toEqual({
    kind: "home",
    position: [4.88, 52.09],
    municipality: "GM0632",
    postcode: "3441 AB",
    channels: { sms: ["alarm"] },
    except: {},
    hours: "always",
    timeZone: "Europe/Amsterdam",
    inDanger: "hours",
  });
});

test("who joins is active, since today, and is shown with where the phone is only if that was given", () => {
  const phone = { channels: { push: ["alarm"] }, except: { push: ["burglary"] }, hours: "mo-fr 08-18" };
  const after = given(change(reachable, { phone }));
  expect(toView(7, after, undefined)).toMatchObject({
    participant: 7,
    number: "+31612345678",
    mail: "anna@example.org",
    status: "active",
    joinedOn: "2026-11-24",
    phone: { ...phone, position: null, seenAt: null },
  });
  expect(toView(7, after, { lng: 4.5, lat: 52, seenAtMs: NOW_MS }).phone).toMatchObject({
    position: [4.5, 52],
    seenAt: "2026-11-24T12:00:00.000Z",
  });
});

test("a pause has an end, or none, and is taken back", () => {
  const until = given(change(reachable, { paused: { until: "2026-12-01T09:00:00.5+01:00" } }));
  expect(until).toMatchObject({ status: 1, pausedUntil: Date.UTC(2026, 11, 1, 8) / 1_000 + 1 });
  expect(given(change(until, { paused: true }))).toMatchObject({ status: 1, pausedUntil: 0 });
  expect(given(change(until, { paused: false }))).toEqual(reachable);
  expect(refusal(reachable, { paused: { until: "2026-11-24T12:00:00Z" } })).toBe("INVALID_FIELD /paused/until");
  expect(refusal(reachable, { paused: { until: "2106-12-01T00:00:00Z" } })).toBe("INVALID_FIELD /paused/until");
  const unconfirmed = { ...reachable, status: 2 };
  expect(refusal(unconfirmed, { paused: false })).toBe("WRONG_STATE /paused");
  expect(given(change(unconfirmed, { language: "en" })).status).toBe(2);
});

test("a company has a name and a person has none", () => {
  const company = given(change(reachable, { kind: "company", name: " Bakkerij De Boer " }));
  expect(company).toMatchObject({ kind: 1, name: "Bakkerij De Boer" });
  expect(given(change(company, { kind: "institution" }))).toMatchObject({ kind: 2, name: "Bakkerij De Boer" });
  expect(given(change(company, { kind: "person" }))).toEqual(reachable);
  for (const [before, body] of [
    [reachable, { kind: "company" }],
    [reachable, { kind: "institution", name: "  " }],
    [reachable, { name: "Anna" }],
    [company, { name: null }],
    [company, { kind: "person", name: "Anna" }],
  ] as const) {
    expect(refusal(before, body)).toBe("INVALID_FIELD /name");
  }
  expect(ParticipantChange.safeParse({ name: "De\nBoer" }).success).toBe(false);
});

test("what can't be is refused by the field that has it", () => {
  const at = { position: [4.5, 52], channels: {} };
  const withoutMail = { ...reachable, mail: "" };
  const withoutNumber = { ...reachable, number: 0 };
  const cases: [Participant, unknown, string][] = [
    [
      withoutNumber,
      { locations: [at, { ...at, channels: { sms: ["alarm"] } }] },
      "INVALID_FIELD /locations/1/channels/sms",
    ],
    [withoutNumber, { phone: { channels: { voice: ["alarm"] } } }, "INVALID_FIELD /phone/channels/voice"],
    [
      withoutMail,
      { locations: [{ ...at, channels: { email: ["inform"] } }] },
      "INVALID_FIELD /locations/0/channels/email",
    ],
    [withoutNumber, { locations: [{ ...at, channels: { sms: [], push: ["alarm"], email: ["inform"] } }] }, "done"],
    [reachable, { locations: [{ ...at, hours: "mo 8" }] }, "INVALID_FIELD /locations/0/hours"],
    [reachable, { phone: { channels: {}, hours: "" } }, "INVALID_FIELD /phone/hours"],
    [reachable, { locations: [at, { ...at, position: [2.5, 52] }] }, "POSITION_AT_SEA /locations/1/position"],
    [reachable, { locations: [{ postcode: "9999 ZZ", channels: {} }] }, "POSTCODE_UNKNOWN /locations/0/postcode"],
  ];
  for (const [before, body, expected] of cases) expect(refusal(before, body)).toBe(expected);
});
