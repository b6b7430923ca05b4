/**
 * Finds the submission that a delivery receipt is about: by the carrier's message_id, in whatever form the receipt writes it
 * (id-forms.ts), and only if the phone number in the receipt does not speak against it (people.ts); otherwise by that number,
 * among those recipients whose message has no id that we know (receipts-by-number.ts).
 *
 * A receipt may overtake the response that tells its message_id. So one that finds nobody waits for RECEIPTS.earlyMs, is then
 * looked for once more, in every form, and at last belongs to no one: counted, and kept in the store. What waits need not be
 * durable: without the response the recipient is unknown and sent again.
 */
import { DISPATCH, RECEIPTS, SMPP } from "../../../schemas/limits.js";
import { EVENT, EVENT_WORDS, isFinalState, RECEIPT_STATE } from "../../../schemas/link.js";
import { STATE, STATE_MASK } from "../../../schemas/words.js";
import type { Clock } from "../../clock/clock.js";
import type { LiveWave } from "../wave/wave.js";
import type { CarrierIds } from "./carrier-ids.js";
import { type EarlyReceipt, EarlyReceipts, type Receipt } from "./early-receipts.js";
import type { IdForm } from "./id-forms.js";
import { type Found, IdSearch, isInAnyCase } from "./id-search.js";
import { ANY_CASE, hashMessageId, type MessageHash } from "./message-index.js";
import { lastDigits, type People, VERDICT } from "./people.js";
import { findByNumber, isTaken } from "./receipts-by-number.js";
import type { Stray } from "./stray-store.js";

/** Takes a receipt for one part of a message, whose submission is known. */
export type RecordReceipt = (found: Pick<Found, "wave" | "entry">, receiptState: number, carrier: number) => void;

export class ReceiptMatcher {
  readonly #waves: readonly LiveWave[];
  readonly #people: People;
  readonly #early = new EarlyReceipts();
  readonly #search: IdSearch;
  #strays: Stray[] = [];
  /** Carriers of which a part of a message was reported on. */
  readonly #reporting = new Set<CarrierIds>();
  readonly #hash: MessageHash = { place: 0, print: 0 };
  readonly #number = new Float64Array(1);
  readonly #numberWords = new Uint32Array(this.#number.buffer);
  readonly #clock: Clock;

  /** `waves` is the dispatcher's own list. */
  constructor(waves: readonly LiveWave[], people: People, clock: Clock) {
    this.#clock = clock;
    this.#waves = waves;
    this.#people = people;
    this.#search = new IdSearch(waves, people);
  }

  get early(): number {
    return this.#early.size;
  }

  /** What receipts have cost, in looks into the index of a wave: about 0.1 us each. */
  get searched(): number {
    return this.#search.looked;
  }

  /** Records the receipt event at `words[at]` with its submission, unless there is nothing to record, or not yet. */
  take(words: Uint32Array, at: number, ids: CarrierIds, record: RecordReceipt): void {
    const state = words[at + 1]!;
    // What the carrier itself does not know is as good as no receipt.
    if (!isFinalState(state)) {
      if (state === RECEIPT_STATE.unknown) ids.undecided++;
      return;
    }
    const found = this.#submissionOf(words, at, ids, state);
    if (found !== null) this.#settle(found, state, ids, record);
  }

  #submissionOf(words: Uint32Array, at: number, ids: CarrierIds, state: number): Found | null {
    // The payload is the recipient's number, two words, and then the message_id.
    const bytes = Math.min((words[at]! >>> 16) - 8, SMPP.messageIdBytes);
    this.#numberWords[0] = words[at + EVENT_WORDS]!;
    this.#numberWords[1] = words[at + EVENT_WORDS + 1]!;
    const number = this.#number[0]!;
    const plainly = this.#search.plainly(words, at + EVENT_WORDS + 2, bytes, number, ids);
    if (plainly !== null) return plainly;
    const id = this.#search.text(words, at + EVENT_WORDS + 2, bytes);
    const otherBytes = Math.min(words[at + 3]!, SMPP.messageIdBytes);
    const otherId = this.#search.text(words, at + EVENT_WORDS + 2 + Math.ceil(bytes / 4), otherBytes);
    const receipt: Receipt = { ids, id, otherId, number, state, error: words[at + 2]! };
    const found = this.#find(receipt, ids.likely);
    if (found === "waits") this.#keep(receipt);
    return typeof found === "string" ? null : found;
  }

  /**
   * After the event at `words[at]` was applied to its wave: records the receipts that waited for just that, because it told
   * their message_id, or because it left the recipient with a message whose id will never be known.
   */
  follow(words: Uint32Array, at: number, ids: CarrierIds, wave: LiveWave, record: RecordReceipt): void {
    const kind = words[at]! & 0xff;
    if (kind === EVENT.released) return;
    const position = words[at + 2]!;
    const number = this.#people.numberOf(wave, position);
    const bytes = words[at]! >>> 16;
    if (kind === EVENT.outcome && bytes > 0) {
      hashMessageId(words, at + EVENT_WORDS, bytes, ids.hash, this.#hash);
      const early =
        this.#awaiting(idKey(this.#hash), wave, position) ?? this.#awaiting(caseKey(this.#hash), wave, position);
      if (early !== undefined) {
        this.#early.remove(early);
        const entry = position * wave.record.segments + ((words[at]! >>> 8) & 0xff);
        this.#settle({ wave, entry, isShared: wave.index.isShared(this.#hash, entry) }, early.state, ids, record);
      }
    }
    if (number === 0 || (wave.states[position]! & STATE_MASK) === STATE.intended) return;
    for (const early of this.#early.under(numberKey(number))) this.#again(early, [], record);
  }

  /** The receipt that waits for this id, and is not of another's number. */
  #awaiting(key: number, wave: LiveWave, position: number): EarlyReceipt | undefined {
    const isIts = ({ number }: EarlyReceipt) => this.#people.judge(wave, position, number) !== VERDICT.other;
    return this.#early.under(key).find(isIts);
  }

  /** Looks once more for those that have waited long enough, and gives them up. As many as one turn may. */
  sweep(steadyMs: number, record: RecordReceipt): void {
    for (const ids of this.#reporting) {
      for (const { wave, position } of ids.parts.takePartly(steadyMs)) this.#completeTaken(wave, position, ids, record);
    }
    const searches = this.searched + DISPATCH.searchesPerTurn;
    while (this.#strays.length < RECEIPTS.straysPerCommit && this.searched < searches) {
      const early = this.#early.oldest();
      if (early === undefined || steadyMs - early.sinceMs < RECEIPTS.earlyMs) return;
      if (!this.#again(early, early.ids.possible, record)) this.#giveUp(early);
    }
  }

  /** What was given up since the last time, for the commit; at most RECEIPTS.straysPerCommit of it. */
  takeStrays(): readonly Stray[] {
    const strays = this.#strays;
    if (strays.length > 0) this.#strays = [];
    return strays;
  }

  /** A wave that was forgotten must not be found again. */
  forget(wave: LiveWave): void {
    this.#search.forget(wave);
    for (const ids of this.#reporting) ids.parts.forget(wave);
  }

  /** A receipt of one part, or one that stands for all of them. */
  #settle({ wave, entry, isShared }: Found, state: number, ids: CarrierIds, record: RecordReceipt): void {
    const { segments } = wave.record;
    const segment = entry % segments;
    const position = (entry - segment) / segments;
    if (state !== RECEIPT_STATE.delivered || wave.said.parts(position) <= 1) {
      record({ wave, entry }, state, ids.hash);
      return;
    }
    this.#reporting.add(ids);
    if (isShared) ids.parts.haveOneId();
    const isForAll = ids.parts.delivered(wave, position, segment, this.#clock.steadyMs()) || isShared;
    if (isForAll && ids.parts.isForAll) this.#complete(wave, position, ids, record);
    else if (!isForAll || !this.#completeTaken(wave, position, ids, record)) record({ wave, entry }, state, ids.hash);
  }

  /** False where not every part was taken; whose others are on their way is kept until they are, for a receipt may overtake them. */
  #completeTaken(wave: LiveWave, position: number, ids: CarrierIds, record: RecordReceipt): boolean {
    const hasAll = isTaken(wave, position);
    if (hasAll) this.#complete(wave, position, ids, record);
    else if ((wave.states[position]! & STATE_MASK) === STATE.intended) ids.parts.keep({ wave, position });
    return hasAll;
  }

  /** All parts were delivered. In the journal each has its receipt, so that a restart needs to know nothing of this. */
  #complete(wave: LiveWave, position: number, ids: CarrierIds, record: RecordReceipt): void {
    const first = position * wave.record.segments;
    for (let segment = 0; segment < wave.said.parts(position); segment++) {
      record({ wave, entry: first + segment }, RECEIPT_STATE.delivered, ids.hash);
    }
  }

  #find(receipt: Receipt, forms: readonly IdForm[]): Found | "waits" | "nothing" {
    const byId = this.#findById(receipt, forms);
    if (byId !== null) return byId;
    if (receipt.number === 0) return "waits";
    const byNumber = findByNumber(receipt, this.#waves, this.#people, this.#search);
    const { possible } = receipt.ids;
    if (byNumber === "waits") return byNumber;
    // Somebody who is unknown is not reached by the receipt of another message to them, in however new a form it has the id.
    const inAnyForm = forms.length < possible.length ? this.#findById(receipt, possible) : null;
    return inAnyForm ?? (byNumber === "unclear" ? "waits" : byNumber);
  }

  #findById(receipt: Receipt, forms: readonly IdForm[]): Found | null {
    for (const id of idsOf(receipt)) {
      const found = this.#search.find({ ...receipt, id }, forms);
      if (found !== null) return found;
    }
    return receipt.ids.mayNameWhole ? this.#findWhole(receipt) : null;
  }

  #findWhole(receipt: Receipt): Found | null {
    for (const id of idsOf(receipt)) {
      const found = this.#search.findWhole({ ...receipt, id });
      if (found !== null) return found;
    }
    return null;
  }

  /** Tries a receipt that waits; false if it still does. */
  #again(early: EarlyReceipt, forms: readonly IdForm[], record: RecordReceipt): boolean {
    const found = this.#find(early, forms);
    if (found === "waits") return false;
    this.#early.remove(early);
    if (found !== "nothing") this.#settle(found, early.state, early.ids, record);
    return true;
  }

  #keep(receipt: Receipt): void {
    const keys = this.#keysOf(receipt);
    const early: EarlyReceipt = { ...receipt, atMs: this.#clock.now(), sinceMs: this.#clock.steadyMs(), keys };
    if (keys.length === 0) {
      this.#giveUp(early);
      return;
    }
    const oldest = this.#early.size < RECEIPTS.early ? undefined : this.#early.oldest();
    if (oldest !== undefined) this.#giveUp(oldest);
    this.#early.keep(early);
  }

  /** Under each id that its response may bring, and under the number. */
  #keysOf(receipt: Receipt): number[] {
    const { number, ids } = receipt;
    const keys = new Set<number>();
    // Where no number will tell whose it is, only the likeliest form may.
    const forms = number > 0 ? ids.likely : [ids.leads];
    for (const id of idsOf(receipt)) {
      for (const { hash, form } of this.#search.spelt(id, forms, ids.shape, ids.hash)) {
        keys.add(isInAnyCase(form) ? caseKey(hash) : idKey(hash));
      }
    }
    if (number > 0) keys.add(numberKey(number));
    return [...keys];
  }

  #giveUp(early: EarlyReceipt): void {
    this.#early.remove(early);
    early.ids.strays++;
    if (this.#strays.length >= RECEIPTS.straysPerCommit) return;
    const { atMs, ids, id, state, error } = early;
    this.#strays.push({ atMs, carrier: ids.name, messageId: id, state, error });
  }
}

/** The ids that it names: that of the TLV, and then that of the text, which may be ours where the other is nobody's. */
function idsOf({ id, otherId }: Receipt): readonly string[] {
  return [id, otherId].filter((each) => each !== "");
}

/** 53 bits of the hash: what a number holds exactly. */
function idKey({ print, place }: MessageHash): number {
  return print * 2_097_152 + (place >>> 11);
}

/** Of all ids that differ in the case of their letters alone: below the keys of numbers. */
function caseKey({ print, place }: MessageHash): number {
  return -2e9 - ((print & ANY_CASE) >>> 8) * 2_097_152 - (place >>> 11);
}

/** Below zero, where no id's key is. */
function numberKey(number: number): number {
  return -1 - lastDigits(number);
}
