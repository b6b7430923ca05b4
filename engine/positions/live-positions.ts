/**
 * Where phones are. The app's own service tells; who asked to be reached where the phone is (Participant.phone) is, from the
 * moment a position is taken, and until it is older than POSITIONS.keepMinutes or not wanted any more.
 *
 * Belongs to the main thread, as the registry does. Promises that a position that was taken counts for the next selection,
 * is on the disk when `settled` says so, and is there after a crash; that one who is erased, or no longer wants it, is gone
 * from memory and from selection at once, and from the disk when `purge` says so, at the latest some POSITIONS.purgeMs later.
 *
 * Assumes that the wishes of all participants are told (`phoneWishes`) before `load`.
 */
import { assert, type Problem, type Result } from "../../schemas/errors.js";
import { POSITIONS } from "../../schemas/limits.js";
import type { LiveSelection } from "../selection/selector.js";
import type { Store } from "../store/store.js";
import { ageMs, E7, HAS_POSITION, OPTED_IN, PositionColumns, timeNear, UNPLACED } from "./columns.js";
import { PositionJournal, type PositionVault } from "./journal.js";
import type { Records } from "./records.js";
import { MOVE, type Move, type PositionService } from "./service.js";
import { PositionWriter } from "./writer.js";

const KEEP_MS = POSITIONS.keepMinutes * 60_000;

export interface PositionParts {
  readonly store: Store;
  readonly vault: PositionVault;
  readonly placing: Pick<LiveSelection, "movePhone" | "dropPhone">;
  /** Highest participant number there may come to be, and one. */
  readonly capacity: number;
  /** 363 for GM0363, 0 for none. */
  municipalityAt(lng: number, lat: number): number;
  /** Settles when what the vault was told to forget can't be opened any more (the root of its keys is renewed). */
  forgotten(): Promise<Result<void>>;
  now(): number;
  /** The process must end. */
  onFatal(problem: Problem): void;
}

export interface PhonePosition {
  readonly lng: number;
  readonly lat: number;
  readonly seenAtMs: number;
}

/** What was done since the process started, and how many positions there are. */
export interface PositionCounts {
  readonly positions: number;
  readonly taken: number;
  readonly older: number;
  readonly expired: number;
}

export class LivePositions implements PositionService {
  readonly #columns: PositionColumns;
  readonly #journal: PositionJournal;
  readonly #writer: PositionWriter;
  readonly #row = { lng: 0, lat: 0, channels: 0, terms: 0, municipality: 0 };
  readonly #counts = { positions: 0, taken: 0, older: 0, expired: 0 };
  #swept = 0;
  readonly #parts: PositionParts;

  constructor(parts: PositionParts) {
    this.#parts = parts;
    this.#columns = new PositionColumns(parts.capacity);
    const chunks = Math.ceil(parts.capacity / POSITIONS.chunkParticipants);
    this.#journal = new PositionJournal(parts.store.table("positions"), parts.vault, chunks);
    this.#writer = new PositionWriter(parts, this.#journal, (chunk, records) => this.#fill(chunk, records));
  }

  get counts(): PositionCounts {
    return { ...this.#counts };
  }

  /**
   * Reads the positions from the disk into memory and into the selection, in the order of the participants: in that of the
   * map each would be a wait for memory. To be called once, after the wishes. What is damaged, which
   * the store tells of, is not there: those phones are found again when they move.
   */
  load(): void {
    const nowMs = this.#parts.now();
    const columns = this.#columns;
    const damaged = this.#journal.read({
      position: (participant, x, y, low, code, writtenMs) => {
        const seenMs = timeNear(low, writtenMs);
        const state = columns.state(participant);
        const isWanted = (state & OPTED_IN) !== 0;
        if (!isWanted || nowMs - seenMs > KEEP_MS) {
          // Not wanted any more, or too old: not here, and to go from the disk.
          this.#writer.forgot();
          return;
        }
        if ((state & HAS_POSITION) !== 0 && ((low - columns.at(participant)) | 0) < 0) return;
        columns.put(participant, x, y, low, code);
      },
      givenUp: (participant) => {
        if (participant < columns.capacity) columns.clear(participant);
        this.#writer.forgot();
      },
    });
    // So that a whole is written soon, in the place of what is damaged.
    for (const _ of damaged) this.#writer.forgot();
    for (let participant = 0; participant < columns.capacity; participant++) {
      if ((columns.state(participant) & HAS_POSITION) === 0) continue;
      this.#counts.positions++;
      this.#place(participant);
    }
  }

  move(participant: number, lng: number, lat: number, seenMs: number, nowMs: number): Move {
    const columns = this.#columns;
    const state = columns.state(participant);
    if ((state & OPTED_IN) === 0) return MOVE.notOptedIn;
    if (!(lng >= -180 && lng <= 180 && lat >= -90 && lat <= 90)) return MOVE.impossible;
    if (seenMs > nowMs + POSITIONS.aheadMs) return MOVE.ahead;
    if (!(nowMs - seenMs <= KEEP_MS)) return MOVE.tooOld;
    const hasOne = (state & HAS_POSITION) !== 0;
    const low = seenMs >>> 0;
    if (hasOne && ((low - columns.at(participant)) | 0) < 0) {
      this.#counts.older++;
      return MOVE.older;
    }
    if (this.#writer.room === 0) return MOVE.busy;
    const row = this.#row;
    const [x, y] = [Math.round(lng * E7), Math.round(lat * E7)];
    row.lng = x / E7;
    row.lat = y / E7;
    row.channels = columns.channels(participant);
    row.terms = columns.terms(participant);
    row.municipality = this.#parts.municipalityAt(row.lng, row.lat);
    if (!this.#parts.placing.movePhone(participant, row).ok) return MOVE.busy;
    columns.put(participant, x, y, low, row.municipality);
    if (!hasOne) this.#counts.positions++;
    this.#counts.taken++;
    this.#writer.add(participant, x, y, low, row.municipality);
    return MOVE.taken;
  }

  /** Where the phone is; undefined when that is not known, or not wanted. */
  position(participant: number): PhonePosition | undefined {
    const columns = this.#columns;
    if ((columns.state(participant) & HAS_POSITION) === 0) return undefined;
    const seenAtMs = timeNear(columns.at(participant), this.#parts.now());
    return { lng: columns.lng(participant) / E7, lat: columns.lat(participant) / E7, seenAtMs };
  }

  /** What the participant wants to hear where the phone is; undefined: not any more, so the position is forgotten. */
  phoneWishes(participant: number, wishes: { readonly channels: number; readonly terms: number } | undefined): void {
    const columns = this.#columns;
    assert(participant < columns.capacity, "the columns have room for everyone who can join");
    if (wishes === undefined) {
      this.forget(participant);
      columns.setState(participant, 0);
      return;
    }
    columns.wish(participant, wishes.channels, wishes.terms);
    columns.setState(participant, columns.state(participant) | OPTED_IN);
    if ((columns.state(participant) & HAS_POSITION) !== 0) this.#place(participant);
  }

  /** The participant is no more: gone from the disk as soon as may be; `purge` says when. */
  erased(participant: number): void {
    this.phoneWishes(participant, undefined);
    void this.#writer.purge();
  }

  /** Forgets where the phone is, until it tells again. */
  forget(participant: number): void {
    if ((this.#columns.state(participant) & HAS_POSITION) === 0) return;
    this.#drop(participant);
    this.#writer.giveUp(participant);
  }

  /** Settles when nothing of what was forgotten before can be read from the disk. */
  purge(): Promise<Result<void>> {
    return this.#writer.purge();
  }

  /** To be called once a second: lets old positions go, a part of the participants at a time. */
  sweep(): void {
    const columns = this.#columns;
    const { capacity } = columns;
    const nowMs = this.#parts.now();
    const end = Math.min(capacity, this.#swept + POSITIONS.sweptParticipants);
    let dropped = 0;
    let participant = this.#swept;
    for (; participant < end && dropped < POSITIONS.droppedPerSweep; participant++) {
      const state = columns.state(participant);
      if ((state & HAS_POSITION) === 0) continue;
      if (ageMs(columns.at(participant), nowMs) > KEEP_MS) {
        this.#drop(participant);
        this.#counts.expired++;
        dropped++;
      } else if ((state & UNPLACED) !== 0) this.#place(participant);
    }
    this.#swept = participant === capacity ? 0 : participant;
    this.#writer.tidy(nowMs);
  }

  settled(): Promise<Result<void>> {
    return this.#writer.settled();
  }

  get room(): number {
    return this.#writer.room;
  }

  whenRoom(callback: () => void): void {
    this.#writer.whenRoom(callback);
  }

  /** Settles when everything is on the disk. */
  close(): Promise<void> {
    return this.#writer.close();
  }

  #drop(participant: number): void {
    this.#parts.placing.dropPhone(participant);
    this.#columns.clear(participant);
    this.#counts.positions--;
    this.#writer.forgot();
  }

  /** Brings the row that selection has into line with the columns. */
  #place(participant: number): void {
    const columns = this.#columns;
    const row = this.#row;
    row.lng = columns.lng(participant) / E7;
    row.lat = columns.lat(participant) / E7;
    row.channels = columns.channels(participant);
    row.terms = columns.terms(participant);
    row.municipality = columns.municipality(participant);
    const placed = this.#parts.placing.movePhone(participant, row);
    if (placed.ok) columns.setState(participant, columns.state(participant) & ~UNPLACED);
    else {
      // Rather not reached there for a moment than reached in a way that is not wanted any more.
      this.#parts.placing.dropPhone(participant);
      columns.setState(participant, columns.state(participant) | UNPLACED);
    }
  }

  /** The positions of the participants of a chunk. */
  #fill(chunk: number, records: Records): void {
    const columns = this.#columns;
    const from = chunk * POSITIONS.chunkParticipants;
    const end = Math.min(columns.capacity, from + POSITIONS.chunkParticipants);
    for (let one = from; one < end; one++) {
      if ((columns.state(one) & HAS_POSITION) === 0) continue;
      records.add(one, columns.lng(one), columns.lat(one), columns.at(one), columns.municipality(one));
    }
  }
}
