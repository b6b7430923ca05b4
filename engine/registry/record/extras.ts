/**
 * What a block holds of a participant beside what selection reads: mail, name, kind, needs, the end of a pause, the day of
 * joining, what is known of the contacts, and the wishes for where the phone is. The columns of a loaded registry do without; a service that starts asks
 * for the few that it needs then (Sparse).
 *
 * Assumes what block.ts assumes of the bytes.
 */

import type { Builder } from "flatbuffers";
import { Participant, Phone } from "../../../schemas/generated/registry_generated.js";
import { FIELD, type Layout } from "./layout.js";

/** By place in the block. */
export interface Extras {
  /** Lower case, "" for none. */
  readonly mail: string[];
  readonly name: string[];
  /** Index into PARTICIPANT_KINDS. */
  readonly kind: Uint8Array;
  /** Bit n is NEEDS[n]. */
  readonly needs: Uint8Array;
  /** Seconds since 1970, 0 for no end. */
  readonly pausedUntil: Uint32Array;
  /** Days since 1970, 0 when it is not known. */
  readonly joinedDay: Uint16Array;
  /** Bit n is CONTACT_MARKS[n]. */
  readonly contacts: Uint8Array;
  /** 1 for who wants to be reached where the phone is; the other two mean something only then. */
  readonly phone: Uint8Array;
  readonly phoneChannels: Uint16Array;
  readonly phoneTerms: Uint16Array;
}

/** What one participant has of it, with the row of the terms in place of the terms themselves. */
export interface RowExtras {
  readonly mail: string;
  readonly name: string;
  readonly kind: number;
  readonly needs: number;
  readonly pausedUntil: number;
  readonly joinedDay: number;
  readonly contacts: number;
  readonly phone: { readonly channels: number; readonly terms: number } | undefined;
}

/** Of whom a service that starts has to know more than the columns; called for those participants alone. */
export interface Sparse {
  /** The mail address is bytes[from] up to and without bytes[to], in UTF-8, lower case. */
  mail(participant: number, bytes: Uint8Array, from: number, to: number): void;
  pausedUntil(participant: number, seconds: number): void;
  phone(participant: number, channels: number, terms: number): void;
  /** Bit n is CONTACT_MARKS[n]. */
  contacts(participant: number, marks: number): void;
}

export function extras(participants: number): Extras {
  return {
    mail: new Array<string>(participants).fill(""),
    name: new Array<string>(participants).fill(""),
    kind: new Uint8Array(participants),
    needs: new Uint8Array(participants),
    pausedUntil: new Uint32Array(participants),
    joinedDay: new Uint16Array(participants),
    contacts: new Uint8Array(participants),
    phone: new Uint8Array(participants),
    phoneChannels: new Uint16Array(participants),
    phoneTerms: new Uint16Array(participants),
  };
}

/** Of a participant number that nobody has. */
const NOTHING: RowExtras = {
  mail: "",
  name: "",
  kind: 0,
  needs: 0,
  pausedUntil: 0,
  joinedDay: 0,
  contacts: 0,
  phone: undefined,
};

export function clearExtras(extras: Extras, index: number): void {
  putExtras(extras, index, NOTHING);
}

export function putExtras(extras: Extras, index: number, given: RowExtras): void {
  extras.mail[index] = given.mail;
  extras.name[index] = given.name;
  extras.kind[index] = given.kind;
  extras.needs[index] = given.needs;
  extras.pausedUntil[index] = given.pausedUntil;
  extras.joinedDay[index] = given.joinedDay;
  extras.contacts[index] = given.contacts;
  extras.phone[index] = given.phone === undefined ? 0 : 1;
  extras.phoneChannels[index] = given.phone?.channels ?? 0;
  extras.phoneTerms[index] = given.phone?.terms ?? 0;
}

/** Strings stand before their table in a FlatBuffer; gives the function that adds the fields inside the table. */
export function encodeExtras(builder: Builder, extras: Extras, index: number): () => void {
  const mail = extras.mail[index] === "" ? 0 : builder.createString(extras.mail[index]!);
  const name = extras.name[index] === "" ? 0 : builder.createString(extras.name[index]!);
  return () => {
    if (mail !== 0) Participant.addMail(builder, mail);
    if (name !== 0) Participant.addName(builder, name);
    Participant.addKind(builder, extras.kind[index]!);
    Participant.addNeeds(builder, extras.needs[index]!);
    Participant.addPausedUntil(builder, extras.pausedUntil[index]!);
    Participant.addJoinedDay(builder, extras.joinedDay[index]!);
    Participant.addContacts(builder, extras.contacts[index]!);
    if (extras.phone[index] === 0) return;
    const phone = Phone.createPhone(builder, extras.phoneChannels[index]!, extras.phoneTerms[index]!);
    Participant.addPhone(builder, phone);
  };
}

const TEXT = new TextDecoder();

/** Of the participant that `layout` looks at. */
export function decodeExtras(layout: Layout, extras: Extras, index: number): void {
  const { view } = layout;
  extras.mail[index] = text(layout, FIELD.mail);
  extras.name[index] = text(layout, FIELD.name);
  extras.kind[index] = layout.byte(FIELD.kind);
  extras.needs[index] = layout.byte(FIELD.needs);
  const until = layout.at(FIELD.pausedUntil);
  extras.pausedUntil[index] = until === 0 ? 0 : view.getUint32(until, true);
  const joined = layout.at(FIELD.joinedDay);
  extras.joinedDay[index] = joined === 0 ? 0 : view.getUint16(joined, true);
  extras.contacts[index] = layout.byte(FIELD.contacts);
  const phone = layout.at(FIELD.phone);
  extras.phone[index] = phone === 0 ? 0 : 1;
  extras.phoneChannels[index] = phone === 0 ? 0 : view.getUint16(phone, true);
  extras.phoneTerms[index] = phone === 0 ? 0 : view.getUint16(phone + 2, true);
}

function text(layout: Layout, field: number): string {
  const at = layout.at(field);
  if (at === 0) return "";
  const start = layout.indirect(at);
  return TEXT.decode(layout.bytes.subarray(start + 4, start + 4 + layout.view.getUint32(start, true)));
}

/** Of the participant that `layout` looks at. */
export function decodeSparse(layout: Layout, participant: number, sparse: Sparse): void {
  const { view, bytes } = layout;
  const mail = layout.at(FIELD.mail);
  if (mail !== 0) {
    const start = layout.indirect(mail);
    sparse.mail(participant, bytes, start + 4, start + 4 + view.getUint32(start, true));
  }
  const until = layout.at(FIELD.pausedUntil);
  if (until !== 0) sparse.pausedUntil(participant, view.getUint32(until, true));
  const phone = layout.at(FIELD.phone);
  if (phone !== 0) sparse.phone(participant, view.getUint16(phone, true), view.getUint16(phone + 2, true));
  const contacts = layout.byte(FIELD.contacts);
  if (contacts !== 0) sparse.contacts(participant, contacts);
}
