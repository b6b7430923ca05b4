/**
 * A wave as plainly as it can be said: one object for each recipient, carriers as strings, sets as sets. What a LiveWave does
 * in columns, with a router over real accounts, must come to the same.
 */
import { DISPATCH, FAILOVER } from "../../../../schemas/limits.js";
import { RECEIPT_REASON, RECEIPT_STATE } from "../../../../schemas/link.js";
import { RECIPIENT_STATES, type RecipientState } from "../../../../schemas/words.js";

export interface ModelCarrier {
  readonly name: string;
  /** By text. */
  readonly parts: readonly number[];
  readonly routes: readonly string[];
  bound: boolean;
}

type Answer = "acknowledged" | "temporary" | "trouble" | "refusal" | "never" | "unknown";

/** How long it is within these bounds is chance. */
export interface Pause {
  readonly earliestMs: number;
  readonly latestMs: number;
}

export interface Recipient {
  readonly number: string;
  readonly text: number;
  state: RecipientState;
  flagged: boolean;
  /** In which part of a queue it is, or between when its pause ends; null when nothing is to be sent. */
  place: "fresh" | "again" | Pause | null;
  attempts: number;
  /** Copies that they may have of attempts that are over, and how many an operator's word allows. */
  copies: number;
  allowed: number;
  /** Carriers that refused it for good, and that failed it lately. */
  barred: Set<string>;
  tried: Set<string>;
  lastStatus: number;
  /** Why it failed, or would. */
  because: number;
  /** Of the attempt under way, or the last. */
  carrier: ModelCarrier | null;
  /** Segments without an answer in this attempt. */
  awaited: Set<number>;
  answers: Answer[];
  delivered: Set<number>;
  receiptFailed: boolean;
  receiptExpired: boolean;
}

export interface ModelLane {
  first: string[];
  reserve: string[];
  again: number[];
  fresh: number[];
}

export class WaveModel {
  readonly recipients: Recipient[];
  stopped: "stopped" | "expired" | null = null;
  nowMs = 0;
  /** Segments granted and not concluded: what the accounts must have as exposed. */
  exposed = 0;

  constructor(
    numbers: readonly string[],
    texts: readonly number[],
    readonly carriers: ModelCarrier[],
    readonly holds: boolean,
  ) {
    this.recipients = numbers.map((number, position) => ({
      number,
      text: texts[position]!,
      state: "pending",
      flagged: false,
      place: "fresh",
      attempts: 0,
      copies: 0,
      allowed: 0,
      barred: new Set(),
      tried: new Set(),
      lastStatus: 0,
      because: 0,
      carrier: null,
      awaited: new Set(),
      answers: [],
      delivered: new Set(),
      receiptFailed: false,
      receiptExpired: false,
    }));
  }

  /** Why those have failed who have, by how often. */
  get reasons(): Map<number, number> {
    const reasons = new Map<number, number>();
    for (const { state, because } of this.recipients) {
      if (state === "failed") reasons.set(because, (reasons.get(because) ?? 0) + 1);
    }
    return reasons;
  }

  counts(): number[] {
    return RECIPIENT_STATES.map((state) => this.recipients.filter((recipient) => recipient.state === state).length);
  }

  /** Carriers that may have it: the longest prefix first, then the rest that fits. */
  #serving({ number, barred }: Recipient): { first: string[]; reserve: string[]; fits: boolean } {
    const fitOf = (carrier: ModelCarrier): number => {
      if (carrier.routes.length === 0) return 0;
      return Math.max(...carrier.routes.map((route) => (number.startsWith(route) ? route.length : -1)));
    };
    const fitting = this.carriers.filter((carrier) => fitOf(carrier) >= 0);
    const longest = Math.max(...fitting.map(fitOf));
    const name = ({ name }: ModelCarrier): string => name;
    const may = ({ name }: ModelCarrier): boolean => !barred.has(name);
    return {
      fits: fitting.length > 0,
      first: fitting.filter((carrier) => fitOf(carrier) === longest && may(carrier)).map(name),
      reserve: fitting.filter((carrier) => fitOf(carrier) < longest && may(carrier)).map(name),
    };
  }

  /** What is ready to be sent, kept apart by the carriers that should, and may, have it. */
  lanes(): Map<string, ModelLane> {
    const lanes = new Map<string, ModelLane>();
    for (const [position, recipient] of this.recipients.entries()) {
      if (recipient.place !== "fresh" && recipient.place !== "again") continue;
      const { first, reserve, fits } = this.#serving(recipient);
      const untried = (names: string[]): string[] => names.filter((name) => !recipient.tried.has(name));
      const order = [untried(first), untried(reserve), first, reserve];
      const chosen = order.find((names) => names.length > 0) ?? [];
      const rest = [...first, ...reserve].filter((name) => !chosen.includes(name)).sort();
      const soft = first.some((name) => !chosen.includes(name) && recipient.tried.has(name));
      const isRefused = chosen.length === 0 && fits;
      const key = isRefused ? "refused" : `${chosen} then ${soft ? "also " : ""}${rest}`;
      const lane = lanes.get(key) ?? { first: chosen, reserve: rest, again: [], fresh: [] };
      lane[recipient.place].push(position);
      lanes.set(key, lane);
    }
    return lanes;
  }

  grant(position: number, resend: boolean, carrier: ModelCarrier): void {
    const recipient = this.recipients[position]!;
    if (recipient.place === null || recipient.state === "intended") throw new Error(`${position} is not to be granted`);
    if (recipient.barred.has(carrier.name)) throw new Error(`${position} was refused by ${carrier.name} for good`);
    if (resend !== recipient.flagged) throw new Error(`${position} is granted with the wrong mark`);
    const parts = partsOf(recipient, carrier);
    if (partsOf(recipient) !== parts) recipient.delivered.clear();
    Object.assign(recipient, { state: "intended", place: null, carrier, answers: [] });
    Object.assign(recipient, { receiptFailed: false, receiptExpired: false });
    recipient.awaited = new Set(Array.from({ length: parts }, (_, segment) => segment));
    this.exposed += parts;
  }

  answer(position: number, segment: number, answer: Answer, status: number): void {
    const recipient = this.recipients[position]!;
    if (!recipient.awaited.delete(segment)) return;
    recipient.answers.push(answer);
    if (status !== 0) recipient.lastStatus = status;
    if (recipient.awaited.size === 0) this.#conclude(recipient);
  }

  release(position: number): void {
    const recipient = this.recipients[position]!;
    recipient.awaited.clear();
    this.exposed -= partsOf(recipient);
    if (this.stopped) recipient.state = recipient.copies > 0 ? "unknown" : this.stopped;
    else Object.assign(recipient, { state: "pending", place: "again" });
    this.#weigh(recipient);
  }

  /** The ledger found that nobody serves it. */
  refuse(position: number, reason: number): void {
    const recipient = this.recipients[position]!;
    recipient.place = null;
    if (recipient.state === "pending") this.#fail(recipient, reason);
  }

  receipt(position: number, segment: number, state: number, carrier: ModelCarrier): void {
    const recipient = this.recipients[position]!;
    const parts = partsOf(recipient, carrier);
    if (partsOf(recipient) !== parts || segment >= parts) return;
    const { undeliverable, rejected, deleted } = RECEIPT_STATE;
    const failed = ([undeliverable, rejected, deleted] as number[]).includes(state);
    if (state === RECEIPT_STATE.delivered) recipient.delivered.add(segment);
    else if (state === RECEIPT_STATE.expired) recipient.receiptExpired = true;
    else if (failed) recipient.receiptFailed = true;
    else return;
    if (failed && recipient.state !== "failed") recipient.because = RECEIPT_REASON + state;
    this.#weigh(recipient);
  }

  stop(state: "stopped" | "expired"): void {
    this.stopped = state;
    for (const recipient of this.recipients) {
      if (recipient.state === "pending") recipient.state = recipient.copies > 0 ? "unknown" : state;
      recipient.place = null;
    }
  }

  /** An operator's word. Returns who goes once more. */
  resend(): number[] {
    if (this.stopped) return [];
    return this.recipients.flatMap((recipient, position) => {
      if (recipient.state !== "unknown" || recipient.place !== null) return [];
      Object.assign(recipient, { flagged: true, attempts: 0, allowed: recipient.copies + 1, place: "again" });
      return [position];
    });
  }

  /** Time has passed, and those are in a lane now. False if somebody is too early, or still waits who may not any more. */
  tick(nowMs: number, ready: ReadonlySet<number>): boolean {
    this.nowMs = nowMs;
    let isRight = true;
    for (const [position, recipient] of this.recipients.entries()) {
      const { place } = recipient;
      if (place === null || typeof place === "string") continue;
      const isReady = ready.has(position);
      if (isReady ? nowMs < place.earliestMs : nowMs >= place.latestMs) isRight = false;
      if (isReady) recipient.place = "again";
    }
    return isRight;
  }

  /** Nobody waits for the end of a pause any more. */
  endPauses(): void {
    for (const recipient of this.recipients) {
      if (recipient.place !== null && typeof recipient.place !== "string") recipient.place = "again";
    }
  }

  #conclude(recipient: Recipient): void {
    this.exposed -= partsOf(recipient);
    const saw = new Set(recipient.answers);
    const partly = saw.has("acknowledged") || saw.has("unknown");
    if (saw.size === 1 && saw.has("acknowledged")) recipient.state = "acknowledged";
    else if (saw.has("never")) this.#fail(recipient, 0);
    else if (saw.has("unknown") && this.holds) {
      if (saw.has("refusal")) this.#fail(recipient, 0);
      else Object.assign(recipient, { state: "unknown", copies: recipient.copies + 1 });
    } else {
      if (partly) Object.assign(recipient, { flagged: true, copies: recipient.copies + 1 });
      if (saw.has("refusal")) this.#elsewhere(recipient);
      else this.#again(recipient, saw);
    }
    this.#weigh(recipient);
  }

  #elsewhere(recipient: Recipient): void {
    if (this.stopped) this.#fail(recipient, 0);
    else if (!this.#mayHaveMore(recipient)) recipient.state = "unknown";
    else {
      recipient.barred.add(recipient.carrier?.name ?? "");
      Object.assign(recipient, { state: "pending", place: "again" });
    }
  }

  #again(recipient: Recipient, saw: ReadonlySet<Answer>): void {
    recipient.attempts++;
    const unknown = saw.has("unknown");
    if (this.stopped) recipient.state = recipient.copies > 0 ? "unknown" : this.stopped;
    else if (recipient.attempts >= DISPATCH.attempts || !this.#mayHaveMore(recipient)) {
      if (recipient.copies > 0) recipient.state = "unknown";
      else this.#fail(recipient, 0);
    } else {
      recipient.state = unknown ? "unknown" : "pending";
      recipient.tried.add(recipient.carrier?.name ?? "");
      const { first, reserve } = this.#serving(recipient);
      const bound = (name: string): boolean => this.carriers.some((each) => each.name === name && each.bound);
      const left = [...first, ...reserve].some((name) => !recipient.tried.has(name) && bound(name));
      if (!left) recipient.tried.clear();
      const pauses = FAILOVER.retryPausesMs;
      const pauseMs = pauses[Math.min(recipient.attempts, pauses.length) - 1]!;
      const pause = { earliestMs: this.nowMs + pauseMs, latestMs: this.nowMs + 2 * pauseMs };
      recipient.place = !unknown && (!left || saw.has("temporary")) ? pause : "again";
    }
  }

  #mayHaveMore({ copies, allowed }: Recipient): boolean {
    return copies < Math.max(DISPATCH.copies, allowed);
  }

  #fail(recipient: Recipient, otherwise: number): void {
    recipient.state = "failed";
    recipient.because = recipient.lastStatus || otherwise;
  }

  #weigh(recipient: Recipient): void {
    const { state } = recipient;
    if (state === "intended") return;
    const isOver = state === "acknowledged" || (state === "unknown" && recipient.place === null);
    if (recipient.delivered.size === partsOf(recipient)) {
      Object.assign(recipient, { state: "delivered", place: null });
    } else if (isOver && recipient.receiptFailed) recipient.state = "failed";
    else if (isOver && recipient.receiptExpired) recipient.state = "expired";
  }
}

/** Parts of this recipient's message at a carrier; without one, at that of the last attempt, and 0 before the first. */
export function partsOf({ text, carrier: last }: Recipient, carrier: ModelCarrier | null = last): number {
  return carrier?.parts[text] ?? 0;
}
