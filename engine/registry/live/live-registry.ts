/**
 * The registry while the service runs: the one owner of every change, on the main thread. A change is in the shared columns,
 * the indexes and what the next selection reads when the call returns, and on the disk when `settled` says so, or with the
 * ledger's commit that `write` was called in. Nothing here loops over many participants: who changes many does so in slices,
 * with `settled` between them.
 *
 * Every method but `settled`, `sweep` and `close` is synchronous, and a change is given the participant as they are now; so
 * two changes never overtake each other. What somebody switched off stays off through every change that does not say that the
 * person wants it on: a STOP can't be lost to a change that was prepared before it.
 *
 * A contact has one owner; beside them others may have it as a claim, which reaches nobody (contact-marks.ts).
 *
 * Problems: NOT_FOUND for a number that nobody has, NUMBER_TAKEN, MAIL_TAKEN, REGISTRY_FULL, BUSY (try again when what is
 * under way has settled), STORE_CORRUPT. A change that is refused has changed nothing.
 */
import { assert, fail, ok, type Problem, type Result } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import { switchedOffBit } from "../../../schemas/words.js";
import type { MailIndex } from "../columns/mail-index.js";
import { dayOf } from "../csv/days.js";
import { type ContactKind, isClaimed, quieted } from "../record/contact-marks.js";
import type { Participant } from "../record/participant.js";
import type { PendingBlocks } from "./blocks.js";
import type { Durability } from "./durability.js";
import { type Growth, type GrowthOfDay, movedSteps, wholeStep } from "./growth.js";
import type { LiveColumns } from "./live-columns.js";
import type { LivePlaces, PhoneListener } from "./live-places.js";
import type { LiveRecord } from "./live-record.js";
import { PauseEnds } from "./pause-ends.js";
import { type Pauses, pauseOf } from "./pauses.js";

const SMS_OFF = switchedOffBit("sms");

/** What it is put together from (open.ts). */
export interface LiveParts {
  readonly generation: number;
  /** How many there were when the service started. */
  readonly participants: number;
  readonly record: LiveRecord;
  readonly durability: Durability;
  readonly blocks: PendingBlocks;
  readonly columns: LiveColumns;
  readonly mails: MailIndex;
  readonly pauses: Pauses;
  readonly places: LivePlaces;
  readonly growth: Growth;
  now(): number;
  /** What can't go on from here: a block that can't be read where no caller could be told. */
  onFatal(problem: Problem): void;
}

export interface Haste {
  /** In the next commit, whosever that is. What is urgent in one turn is so all on the disk or not at all. */
  readonly urgent?: boolean;
}

export interface ChangeOptions extends Haste {
  /** It follows from a change that was taken, so it is never BUSY: there is one at most for each contact of that one. */
  readonly follows?: boolean;
  /** The person, and nobody else, asks for it: only then a channel that is switched off may be switched on. */
  readonly byThemselves?: boolean;
}

export class LiveRegistry {
  /** Told of phone wishes and erasures; nobody until the service says who. */
  phones: PhoneListener | undefined;
  #count: number;
  readonly #pauseEnds: PauseEnds;
  readonly #parts: LiveParts;

  constructor(parts: LiveParts) {
    this.#parts = parts;
    this.#count = parts.participants;
    this.#pauseEnds = new PauseEnds(this, parts.pauses, parts.onFatal);
  }

  get generation(): number {
    return this.#parts.generation;
  }

  /** How many participants there are. */
  get count(): number {
    return this.#count;
  }

  /** Highest participant number plus one. */
  get rows(): number {
    return this.#parts.record.rows;
  }

  /** How many may join until the next start makes room. */
  get room(): number {
    return this.#parts.columns.capacity - this.#parts.record.rows;
  }

  /** Whether somebody has this number. */
  has(participant: number): boolean {
    return this.#parts.columns.isInUse(participant);
  }

  /** The participant as they are now; undefined for a number that nobody has. STORE_CORRUPT. */
  get(participant: number): Result<Participant | undefined> {
    return this.#parts.columns.isInUse(participant) ? this.#parts.blocks.get(participant) : ok(undefined);
  }

  /** Everyone with this phone number (E.164 without "+"), lowest participant number first. */
  byNumber(number: number): number[] {
    return this.#parts.columns.having(number);
  }

  /** Everyone with this mail address in lower case, lowest participant number first; nobody for "". */
  byMail(mail: string): number[] {
    if (mail === "") return [];
    const found = this.#parts.mails.candidates(mail).filter((participant) => {
      const read = this.get(participant);
      if (!read.ok) this.#parts.onFatal(read.problem);
      return read.ok && read.value?.mail === mail;
    });
    return found.sort((one, other) => one - other);
  }

  /** Takes somebody up under a number that nobody had before. REGISTRY_FULL, NUMBER_TAKEN, MAIL_TAKEN, BUSY. */
  add(joined: Participant): Result<number> {
    const joining = quieted(joined);
    const participant = this.#parts.record.rows;
    if (this.room === 0) return fail("REGISTRY_FULL", "no more participants can join now");
    const refused = this.#refusal(participant, joining, undefined);
    if (!refused.ok) return refused;
    const steps = [wholeStep("joined", dayOf(this.#parts.now()), municipalitiesOf(joining))];
    const opened = this.#parts.blocks.get(participant);
    if (!opened.ok) return opened;
    const placed = this.#parts.places.place(participant, joining, undefined);
    if (!placed.ok) return placed;
    this.#parts.blocks.set(participant, joining, { urgent: true, joined: 1, steps });
    this.#parts.record.addRow();
    this.#count++;
    this.#show(participant, joining, undefined);
    return ok(participant);
  }

  /**
   * Makes the participant what `change` gives for what they are now. NOT_FOUND, NUMBER_TAKEN, MAIL_TAKEN, REGISTRY_FULL,
   * BUSY.
   */
  change(
    participant: number,
    change: (now: Participant) => Participant,
    { byThemselves = false, urgent = false, follows = false }: ChangeOptions = {},
  ): Result<Participant> {
    const read = this.get(participant);
    if (!read.ok) return read;
    const before = read.value;
    if (before === undefined) return NOBODY;
    const wanted = change(before);
    const switchedOff = byThemselves ? wanted.switchedOff : wanted.switchedOff | before.switchedOff;
    const after = quieted({ ...wanted, switchedOff });
    const refused = this.#refusal(participant, after, before, follows);
    if (!refused.ok) return refused;
    const placed = this.#parts.places.place(participant, after, before);
    if (!placed.ok) return placed;
    const steps = movedSteps(dayOf(this.#parts.now()), municipalitiesOf(before), municipalitiesOf(after));
    this.#parts.blocks.set(participant, after, { steps, urgent });
    this.#show(participant, after, before);
    return ok(after);
  }

  /** Nobody finds or asks the participant from now on; forgotten for good when `settled` says so. NOT_FOUND, BUSY. */
  erase(participant: number, { urgent = false }: Haste = {}): Result<void> {
    const read = this.get(participant);
    if (!read.ok) return read;
    const before = read.value;
    if (before === undefined) return NOBODY;
    if (!this.#parts.blocks.admits(participant)) return TOO_MUCH;
    const steps = [wholeStep("left", dayOf(this.#parts.now()), municipalitiesOf(before))];
    this.#parts.blocks.set(participant, undefined, { joined: -1, steps, urgent });
    this.#count--;
    this.#parts.columns.erase(participant);
    if (before.mail !== "") this.#parts.mails.remove(before.mail, participant);
    if (pauseOf(before) > 0) this.#parts.pauses.remove(participant, pauseOf(before));
    this.#parts.places.erase(participant);
    this.phones?.erased(participant);
    return ok(undefined);
  }

  /**
   * Switches SMS off or on, as STOP and START do: how many were not so already. Whichever way they became so, it is on the disk
   * with the ledger's next commit. Never BUSY: the ledger bounds how many there are in one of its turns.
   */
  switchSms(participants: readonly number[], to: "off" | "on"): Result<number> {
    const { columns, blocks } = this.#parts;
    let changed = 0;
    for (const participant of participants) {
      const isSo = columns.isSmsOff(participant) === (to === "off");
      if (!columns.isInUse(participant) || (isSo && !blocks.isPending(participant))) continue;
      const read = blocks.get(participant);
      if (!read.ok) return read;
      assert(read.value !== undefined, "columns and blocks name the same participants");
      const { switchedOff } = read.value;
      const after = { ...read.value, switchedOff: to === "off" ? switchedOff | SMS_OFF : switchedOff & ~SMS_OFF };
      blocks.set(participant, after, { urgent: true });
      columns.put(participant, after);
      if (!isSo) changed++;
    }
    return ok(changed);
  }

  /** Whether the ledger's next commit must hold something. */
  get hasWork(): boolean {
    return this.#parts.blocks.hasUrgent;
  }

  /** Puts that into the running commit; what it gives is to be called once when the commit is on the disk. */
  write(): () => void {
    return this.#parts.durability.write();
  }

  /**
   * Settles when everything that was called before is on the disk; for erasures, when no key opens what was there. Many may
   * wait at a time and share the commits.
   */
  settled(): Promise<Result<void>> {
    return this.#parts.durability.settled();
  }

  /** Ends the pauses that are over; to be called about once a second. */
  sweep(nowMs: number): Promise<Result<void>> {
    return this.#pauseEnds.sweep(nowMs);
  }

  /** Joined and left by day (since 1970, UTC), of a municipality or the whole; as far as it is on its way to the disk. */
  growth(municipality: number | undefined, fromDay: number, toDay: number): Result<GrowthOfDay[]> {
    return this.#parts.growth.between(municipality, fromDay, toDay);
  }

  /** How many there are, of the moment of `growth`. */
  members(municipality: number | undefined): number {
    return this.#parts.growth.countOf(municipality);
  }

  /** Everything that was called is on the disk. Nothing may be called afterwards. */
  close(): Promise<Result<void>> {
    this.#pauseEnds.close();
    return this.settled();
  }

  /** Why the participant can't be so, if they can't. */
  #refusal(participant: number, after: Participant, before: Participant | undefined, follows = false): Result<void> {
    const { columns, blocks } = this.#parts;
    if (!follows && !blocks.admits(participant)) return TOO_MUCH;
    const isOwner = (kind: ContactKind) => (each: number) => each !== participant && this.#owns(each, kind);
    const isNew = (kind: ContactKind): boolean => {
      const isSame =
        before !== undefined && after[kind] === before[kind] && isClaimed(before, kind) === isClaimed(after, kind);
      return !isSame && !isClaimed(after, kind);
    };
    if (after.number !== 0 && isNew("number") && columns.having(after.number).some(isOwner("number"))) {
      return fail("NUMBER_TAKEN", "another participant has this phone number", "/number");
    }
    if (after.mail !== "" && isNew("mail") && this.byMail(after.mail).some(isOwner("mail"))) {
      return fail("MAIL_TAKEN", "another participant has this mail address", "/mail");
    }
    return ok(undefined);
  }

  /** Whether the contact is this participant's and not only claimed for them. */
  #owns(participant: number, kind: ContactKind): boolean {
    const read = this.get(participant);
    return !read.ok || (read.value !== undefined && !isClaimed(read.value, kind));
  }

  /** In columns and indexes, and to who listens. */
  #show(participant: number, after: Participant, before: Participant | undefined): void {
    const { columns, mails, pauses } = this.#parts;
    columns.put(participant, after);
    if (before?.mail !== after.mail) {
      if (before !== undefined && before.mail !== "") mails.remove(before.mail, participant);
      if (after.mail !== "") mails.add(after.mail, participant);
    }
    const [was, is] = [before === undefined ? 0 : pauseOf(before), pauseOf(after)];
    if (was !== is) {
      if (was > 0) pauses.remove(participant, was);
      if (is > 0) pauses.add(participant, is);
    }
    const phone = this.#parts.places.phoneChange(after, before);
    if (phone === undefined) return;
    if (phone === null) this.#parts.places.dropPhone(participant);
    this.phones?.phoneWishes(participant, phone ?? undefined);
  }
}

const NOBODY = fail("NOT_FOUND", "there is no participant with this number");
const TOO_MUCH = fail("BUSY", `${REGISTRY.changedBlocks} blocks of the registry wait for the disk`);

function municipalitiesOf({ locations }: Participant): Set<number> {
  return new Set(locations.map(({ municipality }) => municipality));
}
