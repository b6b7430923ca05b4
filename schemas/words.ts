/** The words that cross every boundary: stored as their number, shown as their name. Never renumber them, only add. */

/** The channels over which a participant is addressable. Bit `channel * 4 + domain` of a location's channel mask. */
export const CHANNELS = ["sms", "push", "email", "voice"] as const;
export type Channel = (typeof CHANNELS)[number];

/** A set of channels as bits: bit c is CHANNELS[c]. */
export function channelSet(channels: readonly Channel[]): number {
  return channels.reduce((bits, channel) => bits | (1 << CHANNELS.indexOf(channel)), 0);
}

/** The four domains [informeren, betrekken, alarmeren, opsporen]. */
export const DOMAINS = ["inform", "involve", "alarm", "trace"] as const;
export type Domain = (typeof DOMAINS)[number];

/** The bit of a location's 16-bit mask that says: this domain is welcome over this channel. */
export function channelBit(channel: Channel, domain: Domain): number {
  return 1 << (CHANNELS.indexOf(channel) * DOMAINS.length + DOMAINS.indexOf(domain));
}

/** The bits of a channel mask that say: something is welcome by SMS. */
export const SMS_CHANNELS = DOMAINS.reduce((mask, domain) => mask | channelBit("sms", domain), 0);

export const PARTICIPANT_STATUSES = ["active", "paused", "unconfirmed", "erased"] as const;
/** The part of a participant's status byte that is an index into PARTICIPANT_STATUSES. */
export const STATUS_MASK = 0x0f;

/**
 * The bit of a participant's status byte that says: this channel is switched off as a whole, by STOP or its like. Which
 * domains are welcome over it stays as it was, for when it is switched on again.
 */
export function switchedOffBit(channel: Channel): number {
  return 0x10 << CHANNELS.indexOf(channel);
}

export const LANGUAGES = ["nl", "en", "de", "fr", "fy", "pl", "tr", "ar", "uk"] as const;
export type Language = (typeof LANGUAGES)[number];

export const LOCATION_KINDS = ["home", "work", "other"] as const;

/** What a participant is: companies and institutions take part as well [M76]. */
export const PARTICIPANT_KINDS = ["person", "company", "institution", "careHome", "school"] as const;

/** What somebody needs to be reached at all, or has asked for beforehand [M35]; bit n of a byte. */
export const NEEDS = ["voiceInsteadOfText", "simpleLanguage", "help"] as const;
export type Need = (typeof NEEDS)[number];

/** Groups that an action may ask alone, or first: what participants have said that they are, or need. Bit n of a byte. */
const [, ...ORGANISATIONS] = PARTICIPANT_KINDS;
export const GROUPS = [...ORGANISATIONS, ...NEEDS] as const;
export type Group = (typeof GROUPS)[number];

/** The groups of somebody of this kind (index into PARTICIPANT_KINDS) with these needs (bits). */
export function groupBits(kind: number, needs: number): number {
  return (kind === 0 ? 0 : 1 << (kind - 1)) | (needs << ORGANISATIONS.length);
}

/** The needs of whoever is in these groups, as bits. */
export function needsIn(groups: number): number {
  return groups >>> ORGANISATIONS.length;
}

/**
 * What an alarm of extreme urgency may do at a location: come at any hour; also over channels over which no alarm is welcome
 * otherwise; or nothing beyond what is welcome anyway. It never comes over a channel that is switched off as a whole.
 */
export const IN_DANGER = ["hours", "channels", "nothing"] as const;

export { TIME_ZONES, type TimeZone } from "./time-zones.js";

/** What a participant does only with a fresh code beside their session. */
export const APPROVED_ACTS = ["contact", "sessions", "erase"] as const;
export type ApprovedAct = (typeof APPROVED_ACTS)[number];

/** What can be proposed to a participant: another contact or none, to be erased, and a place under a contact of theirs. */
export const PROPOSAL_KINDS = ["number", "mail", "erasure", "place"] as const;
export const PROPOSAL_STATES = ["open", "waiting", "accepted", "declined", "expired"] as const;

/**
 * What is known of a participant's contacts. Confirmed: its owner has sent back a code that went there. Claimed: a municipality
 * gave it for somebody while somebody else had it whom the municipality does not know; nothing goes there before its owner says
 * so, and to the municipality it is like any other: whoever it gave as active is so once a contact is theirs.
 */
export const CONTACT_MARKS = [
  "numberConfirmed",
  "mailConfirmed",
  "numberClaimed",
  "mailClaimed",
  "activeOnceOwned",
] as const;
export type ContactMark = (typeof CONTACT_MARKS)[number];

/**
 * What an API key may be used for, each by itself, so that a key opens no more than its holder needs.
 * - `watch`: the monitor, carriers, stray receipts, and what `metrics` opens. `metrics`: the metrics alone.
 * - `operate`: pause, drain and weigh carriers.
 * - `draft`: previews and drafts of actions. `dispatch`: what sends, or stops and ends what was sent, and all of `draft`.
 * - `replies`: what citizens wrote.
 * - `registry`: participants, one at a time and as files. `erase`: take a participant away for good.
 * - `positions`: tell where phones are. `reach`: participants against population.
 * - `audit`: who did what. `admin`: make and revoke keys.
 */
export const SCOPES = [
  "watch",
  "metrics",
  "operate",
  "draft",
  "dispatch",
  "replies",
  "evidence",
  "registry",
  "erase",
  "positions",
  "reach",
  "audit",
  "admin",
] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * How a carrier is used. Paused: it is given nothing new, and what it has not sent on comes back and goes to the others; what it was
 * sent is still answered. Draining: likewise, but it sends what it was given. The binds stay, for receipts and replies.
 */
export const CARRIER_USES = ["running", "paused", "draining"] as const;
export type CarrierUse = (typeof CARRIER_USES)[number];

/** What can go wrong at a carrier with what it was sent: it refuses, it says nothing in time, its bind breaks. */
export const CARRIER_TROUBLES = ["commandStatus", "noResponse", "disconnected"] as const;
export type CarrierTrouble = (typeof CARRIER_TROUBLES)[number];

/** What an operator says of a carrier. */
export interface CarrierControl {
  readonly state: CarrierUse;
  /** Its part of the traffic; null: as its file says. */
  readonly share: number | null;
  /** Undone when the file of carriers is read again. */
  readonly untilReload: boolean;
  /** Name of the API key with which it was said; "" where it was never. */
  readonly by: string;
  readonly atMs: number;
}

/** Of one of which nobody says anything. */
export const AS_CONFIGURED: CarrierControl = { state: "running", share: null, untilReload: false, by: "", atMs: 0 };

/**
 * Scopes that go together, by whom they are for: a control room runs actions; a municipality keeps its own participants; the
 * app's own service tells where phones are; an operator watches, imports files and sees the reach of all.
 */
export const ROLES = ["controlRoom", "municipality", "app", "operator"] as const;
export type Role = (typeof ROLES)[number];

/**
 * What an action is for, in CAP's words. An exercise and a test say so in every message, go to a test group alone, and are neither
 * urgent nor counted with what is real.
 */
export const MODES = ["actual", "exercise", "test"] as const;
export type Mode = (typeof MODES)[number];

/** How urgent an action is. Extreme is danger to life here and now, and of the domain alarm alone. */
export const URGENCIES = ["normal", "extreme"] as const;
export type Urgency = (typeof URGENCIES)[number];

/**
 * The order in which actions go, at selection, at the carriers and where there is not room for all: danger to life here and
 * now, then what is time-critical, then the rest.
 */
export const PRECEDENCES = ["extreme", "urgent", "normal"] as const;
export type Precedence = (typeof PRECEDENCES)[number];

/**
 * What an action is about [Burgernetactie], and what a participant's wishes are held against. Terms have room for these twelve
 * (engine/registry/record/terms.ts); an organisation's own kind is like one of them (kinds.json).
 */
export const ACTION_KINDS = [
  "missingPerson",
  "burglary",
  "intrusion",
  "hitAndRun",
  "offenderAtLarge",
  "calamity",
  "other",
  "fire",
  "threat",
  "nuisance",
  "prevention",
  "question",
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/**
 * The life of one recipient in one wave, in the order in which it goes. `pending`: on the roster, nothing done. `intended`:
 * the intent is durable, it may be on the wire. `unknown`: it was on the wire and no outcome is known; it is sent again and
 * flagged, or, as the wave's policy has it, left so until a receipt says more. `acknowledged`: the carrier took every part.
 * The rest are final.
 */
export const RECIPIENT_STATES = [
  "pending",
  "intended",
  "unknown",
  "acknowledged",
  "delivered",
  "failed",
  "expired",
  "stopped",
] as const;
export type RecipientState = (typeof RECIPIENT_STATES)[number];

/** The number of a state in the ledger's column; bit 7 of the same byte flags a possible duplicate. */
export const STATE = {
  pending: 0,
  intended: 1,
  unknown: 2,
  acknowledged: 3,
  delivered: 4,
  failed: 5,
  expired: 6,
  stopped: 7,
} as const satisfies Record<RecipientState, number>;
export const STATE_MASK = 0x7f;
export const POSSIBLE_DUPLICATE = 0x80;

/** What is done with a message that was on the wire and of which no outcome is known. */
export const UNKNOWN_POLICIES = ["resend", "hold"] as const;
export type UnknownPolicy = (typeof UNKNOWN_POLICIES)[number];

export { ACTION_WAVE_KINDS, type ActionWaveKind, isActionWave, type WaveKind } from "./wave-words.js";

/**
 * Why somebody inside an area is not asked. Everybody inside counts under the first that holds, in this order: what a participant has
 * to mend first stands before what passes by itself.
 * - `unconfirmed`: never confirmed a contact; `paused`: wants nothing at all just now; `channelOff`: has switched the channel off;
 *   `noNumber`: has no phone number, or over another channel no address.
 * - `unwelcome`: at no place of theirs inside is this domain and kind of action welcome over this channel; `hours`: it is, at
 *   other hours.
 * - `notInGroup`: is in none of the groups that alone are asked.
 * - `askedOften`: was asked as often as somebody may be in an hour or a day; `otherAction`: is asked by another action that runs, and
 *   this one is of a kind that comes alone.
 */
export const LEFT_OUT = [
  "unconfirmed",
  "paused",
  "channelOff",
  "noNumber",
  "unwelcome",
  "hours",
  "notInGroup",
  "askedOften",
  "otherAction",
] as const;
export type LeftOut = (typeof LEFT_OUT)[number];

/** Whether an action would reach somebody at a place over a channel; over which nothing is sent yet, and whose phone is nowhere, too. */
export const ASKED_ANSWERS = ["asked", ...LEFT_OUT, "noService", "noPosition"] as const;
export type AskedAnswer = (typeof ASKED_ANSWERS)[number];

/** What looks like a mistake before anything is sent. */
export const WARNINGS = [
  "NOBODY_INSIDE",
  "COORDINATES_EXCHANGED",
  "RADIUS_SMALL",
  "RADIUS_LARGE",
  "MUNICIPALITY_MERGED",
  "CONTACT_UNVERIFIED",
  "TEXT_REPEATED",
  "LIFE_SHORT",
] as const;

/** Those of them without whose confirmation nothing is sent. */
export const CONFIRMABLE = [
  "CONTACT_UNVERIFIED",
  "TEXT_REPEATED",
] as const satisfies readonly (typeof WARNINGS)[number][];
export type Confirmable = (typeof CONFIRMABLE)[number];

export const ACTION_STATUSES = [
  "draft",
  "selecting",
  "sending",
  "sent",
  "stopped",
  "ending",
  "ended",
  "failed",
  "held",
  "approved",
  "scheduled",
  "archived",
] as const;
export type ActionStatus = (typeof ACTION_STATUSES)[number];
