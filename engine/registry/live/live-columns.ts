/**
 * The shared columns of participants as they change, and the index over their numbers.
 *
 * Runs on the main thread, which alone writes them once the registry is loaded; carriers' threads and selections read them
 * meanwhile, without a lock. What is relied on: a 64-bit processor reads and writes an aligned Float64 in one piece (and there
 * are no binaries of lmdb for others), so a reader sees the number of before or of after and never half of
 * each, although ECMAScript would allow it to. That is why a number that changes need not be 0 in between; and why the sign
 * is in it: a number and whether it may be used are one value. A participant who joins gets the status last, so that nobody
 * is asked who has no number yet; who is erased loses it first. A processor may let one store overtake the other, and then a
 * selection finds somebody whose number no other thread sees yet; but a carrier gets to see a recipient only by a grant, which
 * this thread publishes later and by an atomic store.
 */
import { groupBits, PARTICIPANT_STATUSES, STATUS_MASK, switchedOffBit } from "../../../schemas/words.js";
import { GIVEN_ACTIVE, numberInColumn, type ParticipantColumns, statusInColumn } from "../columns/columns.js";
import type { NumberIndex } from "../columns/number-index.js";
import { addressesOf } from "../record/addresses.js";
import type { Participant } from "../record/participant.js";
import { UNUSED_STATUS } from "../record/records.js";

const SMS_OFF = switchedOffBit("sms");
const UNCONFIRMED = PARTICIPANT_STATUSES.indexOf("unconfirmed");

export class LiveColumns {
  readonly #numbers: Float64Array;
  readonly #status: Uint8Array;
  readonly #language: Uint8Array;
  readonly #groups: Uint8Array;
  readonly #addresses: Uint8Array;

  /** `given`: those with contacts for which GIVEN_ACTIVE is (SparseColumns), of whom the columns say so from now on. */
  constructor(
    columns: ParticipantColumns,
    readonly index: NumberIndex,
    given: Uint32Array,
  ) {
    this.#numbers = new Float64Array(columns.numbers);
    this.#status = new Uint8Array(columns.status);
    this.#language = new Uint8Array(columns.language);
    this.#groups = new Uint8Array(columns.groups);
    this.#addresses = new Uint8Array(columns.addresses);
    for (const participant of given) {
      const status = this.#status[participant]!;
      if ((status & STATUS_MASK) === UNCONFIRMED) this.#status[participant] = GIVEN_ACTIVE | (status & ~STATUS_MASK);
    }
  }

  /** Participant numbers that there is a row for. */
  get capacity(): number {
    return this.#status.length;
  }

  isInUse(participant: number): boolean {
    return participant < this.capacity && (this.#status[participant]! & STATUS_MASK) !== UNUSED_STATUS;
  }

  /** Everyone who has this number; not those whom a file has brought as erased. */
  having(number: number): number[] {
    return this.index.participantsOf(number).filter((participant) => this.isInUse(participant));
  }

  isSmsOff(participant: number): boolean {
    return (this.#status[participant]! & SMS_OFF) !== 0;
  }

  put(participant: number, after: Participant): void {
    const status = statusInColumn(after);
    this.#setNumber(participant, numberInColumn(after.number, status));
    this.#language[participant] = after.language;
    this.#groups[participant] = groupBits(after.kind, after.needs);
    this.#addresses[participant] = addressesOf(after);
    this.#status[participant] = status;
  }

  erase(participant: number): void {
    this.#status[participant] = UNUSED_STATUS;
    this.#setNumber(participant, 0);
    this.#language[participant] = 0;
    this.#groups[participant] = 0;
    this.#addresses[participant] = 0;
  }

  #setNumber(participant: number, number: number): void {
    const before = this.#numbers[participant]!;
    if (before === number) return;
    const isOther = Math.abs(before) !== Math.abs(number);
    if (isOther && before !== 0) this.index.remove(participant);
    this.#numbers[participant] = number;
    if (isOther && number !== 0) this.index.add(participant);
  }
}
