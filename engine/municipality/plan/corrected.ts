/**
 * What a participant becomes by their rows in a file. The file corrects what a municipality knows; it does not undo what the
 * participant decided: a channel that is switched off stays off, who pauses goes on pausing, and where the phone is stays
 * theirs to allow. Locations in other municipalities stay as they are.
 */
import { MUNICIPALITY } from "../../../schemas/limits.js";
import { PARTICIPANT_STATUSES } from "../../../schemas/words.js";
import { nearMeters } from "../../geo/meters.js";
import type { Participant, ParticipantLocation } from "../../registry/record/participant.js";
import { ALWAYS_EVERYTHING, type Terms } from "../../registry/record/terms.js";
import type { FileColumns } from "../import/file-columns.js";
import { isTheirOwn } from "../ownership.js";
import { isOwn, type Scope } from "../ports.js";
import { type Wanted, wantedOf } from "../proposing.js";
import type { PlannedLocation, PlannedPerson } from "./planned.js";

const ACTIVE = PARTICIPANT_STATUSES.indexOf("active");
const PAUSED = PARTICIPANT_STATUSES.indexOf("paused");
const UNCONFIRMED = PARTICIPANT_STATUSES.indexOf("unconfirmed");

/** What holds for all rows of a file. */
export interface FileSense {
  readonly scope: Scope;
  readonly columns: FileColumns;
  /** By the row of the plan's table. */
  readonly terms: readonly Terms[];
  /** Days since 1970, for who joins by this file. */
  readonly today: number;
}

/** What a row makes of somebody, and what it may only propose to them. */
export interface Correction {
  readonly after: Participant;
  readonly wanted: readonly Wanted[];
}

/** Of whom the contacts and the person's wishes are theirs, the places here are corrected, and the contacts proposed. */
export function correction(before: Participant | undefined, row: PlannedPerson, file: FileSense): Correction {
  const after = corrected(before, row, file);
  if (before === undefined || !isTheirOwn(before, file.scope)) return { after, wanted: [] };
  return { after: { ...before, locations: after.locations }, wanted: wantedOf(before, after) };
}

/** A newcomer; of somebody who is in the registry, what the file leaves out is what it was. */
function corrected(before: Participant | undefined, row: PlannedPerson, file: FileSense): Participant {
  if (before === undefined) return newcomer(row, file);
  const { columns } = file;
  const status = statusAfter(before, row, columns.status);
  return {
    number: row.number || before.number,
    mail: row.mail || before.mail,
    status,
    switchedOff: before.switchedOff | row.switchedOff,
    language: columns.language ? row.language : before.language,
    kind: columns.type ? row.kind : before.kind,
    name: columns.name ? row.name : before.name,
    needs: columns.needs ? row.needs : before.needs,
    pausedUntil: pausedUntil(before, row, status),
    joinedDay: before.joinedDay || row.joinedDay,
    contacts: before.contacts,
    locations: locationsAfter(before.locations, row, file),
    phone: before.phone,
  };
}

function newcomer(row: PlannedPerson, file: FileSense): Participant {
  const { number, mail, switchedOff, language, kind, name, needs } = row;
  const status = file.columns.status ? row.status : ACTIVE;
  return {
    ...{ number, mail, status, switchedOff, language, kind, name, needs },
    pausedUntil: status === PAUSED ? row.pausedUntil : 0,
    joinedDay: row.joinedDay || file.today,
    contacts: 0,
    locations: row.locations.map((location) => located(location, undefined, file)),
    phone: undefined,
  };
}

/** A file takes nobody's pause away, and makes nobody unconfirmed. */
function statusAfter(before: Participant, row: PlannedPerson, inFile: boolean): number {
  const stays = !inFile || before.status === PAUSED || row.status === UNCONFIRMED;
  return stays ? before.status : row.status;
}

function pausedUntil(before: Participant, row: PlannedPerson, status: number): number {
  if (status !== PAUSED) return 0;
  return before.status === PAUSED ? before.pausedUntil : row.pausedUntil;
}

/** The places that stay keep their order, so that the same file again changes nothing. */
function locationsAfter(
  before: readonly ParticipantLocation[],
  { locations, partial }: PlannedPerson,
  file: FileSense,
): ParticipantLocation[] {
  const left = [...locations];
  const after: ParticipantLocation[] = [];
  for (const location of before) {
    const at = isOwn(location, file.scope) ? left.findIndex((planned) => samePlace(planned, location)) : -1;
    if (at >= 0) after.push(located(left.splice(at, 1)[0]!, location, file));
    else if (partial || !isOwn(location, file.scope)) after.push(location);
  }
  return [...after, ...left.map((planned) => located(planned, undefined, file))];
}

function located(
  { kind, lng, lat, channels, terms, municipality, postcode }: PlannedLocation,
  before: ParticipantLocation | undefined,
  { columns, terms: table }: FileSense,
): ParticipantLocation {
  const asked = table[terms]!;
  const usual = before?.terms ?? ALWAYS_EVERYTHING;
  const except = columns.except ? asked.except : usual.except;
  const zone = columns.timeZone ? asked.zone : usual.zone;
  const inDanger = columns.inDanger ? asked.inDanger : usual.inDanger;
  const hours = columns.schedule ? asked.hours : usual.hours;
  const welcome = columns.channels ? channels : (before?.channels ?? channels);
  return { kind, lng, lat, channels: welcome, municipality, postcode, terms: { hours, except, zone, inDanger } };
}

type Place = Pick<ParticipantLocation, "kind" | "lng" | "lat" | "postcode">;

/** Whether two locations of one kind are the same place; the middle of a postcode's area may lie elsewhere than it did. */
export function samePlace(a: Place, b: Place): boolean {
  const isSamePostcode = a.postcode !== 0 && a.postcode === b.postcode;
  return a.kind === b.kind && (isSamePostcode || nearMeters(a, b) <= MUNICIPALITY.sameMeters);
}

/** A field by its name in the API. */
export type Field = Exclude<keyof Participant, "joinedDay" | "contacts" | "phone"> | "joinedOn";

/** The fields in which two participants differ; empty when they are the same. */
export function differences(before: Participant, after: Participant): Field[] {
  const fields = (Object.keys(after) as (keyof Participant)[]).filter(
    (field) => field !== "contacts" && field !== "phone",
  );
  const differing = fields.filter((field) => {
    if (field === "locations") return !sameLocations(before.locations, after.locations);
    return before[field] !== after[field];
  });
  return differing.map((field) => (field === "joinedDay" ? "joinedOn" : field));
}

function sameLocations(a: readonly ParticipantLocation[], b: readonly ParticipantLocation[]): boolean {
  return a.length === b.length && a.every((location, index) => sameLocation(location, b[index]!));
}

function sameLocation(a: ParticipantLocation, b: ParticipantLocation): boolean {
  return (
    a.kind === b.kind &&
    a.lng === b.lng &&
    a.lat === b.lat &&
    a.channels === b.channels &&
    a.municipality === b.municipality &&
    a.postcode === b.postcode &&
    sameTerms(a.terms, b.terms)
  );
}

function sameTerms(a: Terms, b: Terms): boolean {
  return (
    a.except === b.except &&
    a.zone === b.zone &&
    a.inDanger === b.inDanger &&
    a.hours.every((hours, word) => hours === b.hours[word])
  );
}
