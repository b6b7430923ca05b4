/**
 * Codes by SMS, through the ledger and the carriers like every message: each is a wave of one recipient, time-critical and
 * small, so that it goes first, and over when its code is.
 *
 * A wave's roster names participants, and who joins is none yet. So a code goes to a seat: one of the rows behind the last
 * participant's, which nobody ever gets, with the number in it for as long as its wave lives. What reaches the disk is the
 * seat; neither number nor text does, nor who it was that asked. A seat is given away again only when the ledger has let go
 * of its wave, for a carrier looks the number up when it sends.
 *
 * A pretence is a wave like any other, whose seat holds the number as one that no SMS may go to: a carrier's thread finds that
 * where it would have written to the carrier, and all that the main thread has to do with it is the same.
 *
 * Sent again where no outcome is known: a code twice is harmless, a lost one is not. After a restart none is sent.
 */
import { assert, type Problem } from "../../../schemas/errors.js";
import { SELF } from "../../../schemas/limits.js";
import { type NewWave, type Opener, openWave } from "../../dispatch/ledger/opening.js";
import type { CodeChannel, CodeMessage } from "../code-channel.js";

/** The rows of the columns that are seats. */
export interface Seats {
  /** The column of phone numbers, by participant number; this writes the seats of it alone. */
  readonly numbers: Float64Array;
  readonly first: number;
  readonly count: number;
}

export interface SmsCodesHooks {
  now(): number;
  /** True if there is a carrier to send by. */
  canSend(): boolean;
  /** The store did not commit: the process must end. */
  onFatal(problem: Problem): void;
}

interface Waiting {
  readonly message: CodeMessage;
  readonly isPretence: boolean;
}

export class SmsCodes implements CodeChannel {
  #waiting: Waiting[] = [];
  /** By seat, the number of its wave; undefined where none is. */
  readonly #waves: (number | undefined)[];
  /** Settles when what can be sent has been. */
  #sending: Promise<void> | undefined;
  #closed = false;
  readonly #opener: Opener;
  readonly #registry: number;
  readonly #seats: Seats;
  readonly #hooks: SmsCodesHooks;

  /** `registry`: the generation that is loaded. */
  constructor(opener: Opener, registry: number, seats: Seats, hooks: SmsCodesHooks) {
    this.#opener = opener;
    this.#registry = registry;
    this.#seats = seats;
    this.#hooks = hooks;
    assert(seats.count > 0 && seats.first + seats.count <= seats.numbers.length, "seats are rows of the columns");
    this.#waves = new Array(seats.count).fill(undefined);
  }

  get takes(): boolean {
    return !this.#closed && this.#hooks.canSend() && this.#waiting.length < SELF.waitingCodes;
  }

  send(message: CodeMessage, isPretence: boolean): void {
    this.#waiting.push({ message, isPretence });
    void this.tidy();
  }

  /** Frees seats and sends what waits; to be called about once a second. Settles when all is sent that can be. */
  tidy(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  /** Sends nothing more; settles when nothing is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    this.#free();
    const nowMs = this.#hooks.now();
    this.#waiting = this.#waiting.filter(({ message }) => nowMs < message.expiresAtMs);
    while (!this.#closed && this.#waiting.length > 0 && (await this.#sendNext()));
  }

  /** False if it must wait. */
  async #sendNext(): Promise<boolean> {
    const seat = await this.#freeSeat();
    if (seat < 0) return false;
    const next = this.#waiting.shift();
    if (next === undefined) return true;
    const opened = await this.#open(seat, next);
    if (opened) return true;
    this.#waiting.unshift(next);
    return false;
  }

  /** A seat without a wave, if need be of the oldest wave that only awaits its receipt; -1 for none. */
  async #freeSeat(): Promise<number> {
    const free = this.#waves.indexOf(undefined);
    if (free >= 0) return free;
    if (!(await this.#opener.archive.restOldest(({ record }) => record.kind === "code"))) return -1;
    this.#free();
    return this.#waves.indexOf(undefined);
  }

  async #open(seat: number, { message, isPretence }: Waiting): Promise<boolean> {
    const { contact, text, expiresAtMs } = message;
    assert(contact.kind === "number", "SMS goes to phone numbers");
    const participant = this.#seats.first + seat;
    const participants = new SharedArrayBuffer(4);
    new Uint32Array(participants)[0] = participant;
    this.#seats.numbers[participant] = isPretence ? -contact.number : contact.number;
    const wave: NewWave = {
      actionId: "",
      registry: this.#registry,
      kind: "code",
      channel: "sms",
      texts: [text],
      timeCritical: true,
      onUnknown: "resend",
      expiresAtMs,
      startedAtMs: this.#hooks.now(),
    };
    const opened = await openWave(this.#opener, wave, { count: 1, participants }, (waveId) => {
      this.#waves[seat] = waveId;
      return { put: () => {} };
    });
    if (opened.ok) return true;
    this.#seats.numbers[participant] = 0;
    if (opened.problem.code !== "BUSY" && opened.problem.code !== "DISK_FULL") this.#hooks.onFatal(opened.problem);
    return false;
  }

  /** Seats of waves that the ledger has let go of. */
  #free(): void {
    const live = new Set(this.#opener.dispatcher.waves.map(({ record }) => record.waveId));
    for (const [seat, waveId] of this.#waves.entries()) {
      if (waveId === undefined || live.has(waveId)) continue;
      this.#waves[seat] = undefined;
      this.#seats.numbers[this.#seats.first + seat] = 0;
    }
  }
}
