/** The carrier of a scenario (scenario.ts): takes so many a second, refuses some for good, is silent for a while, as its settings say. */
import * as protocol from "../../../gateway/smpp/pdu/protocol.js";
import { cut } from "../../fuzz/drawn/streams.js";
import { now, takeDialled } from "../../fuzz/world/time.js";
import type { Wire } from "../../fuzz/world/wire.js";
import { fixedWindow, type Limiter, slidingWindow, tokenBucket } from "../../gateway/smpp/pace/limiters.js";

export interface CarrierSettings {
  readonly name: string;
  /** Submissions a second; 0: all. */
  readonly limit?: number;
  readonly limiter?: "fixed" | "sliding" | "bucket" | "quarter" | "exact";
  /** What it says to those that are too many. */
  readonly code?: number;
  /** Of so many people it refuses one for good, with `refusal`. */
  readonly refusesOneIn?: number;
  readonly refusal?: number;
  readonly latencyMs?: number;
  /** Between these moments it answers no submission, and enquire_link only where it says so. It lets bind all the same. */
  readonly silence?: { readonly fromMs: number; readonly untilMs: number; readonly answersEnquiries: boolean };
  /** Between these moments it answers `code` to all. */
  readonly trouble?: { readonly fromMs: number; readonly untilMs: number };
}

export class ScenarioCarrier {
  readonly submitted: number[];
  readonly taken: number[];
  /** Those that it was silent to. */
  readonly unanswered: number[];
  readonly seconds: [number, number][] = [];
  /** Who was taken, one after the other. */
  readonly order: number[] = [];
  readonly #beganMs = now();
  readonly #limiter: Limiter | null;
  #wire: Wire | undefined;

  constructor(
    readonly settings: CarrierSettings,
    readonly firstNumber: number,
    people: number,
  ) {
    this.submitted = new Array<number>(people).fill(0);
    this.taken = new Array<number>(people).fill(0);
    this.unanswered = new Array<number>(people).fill(0);
    const { limit = 0, limiter = "fixed" } = settings;
    const make = {
      fixed: () => fixedWindow(() => limit),
      sliding: () => slidingWindow(() => limit),
      bucket: () => tokenBucket(() => limit, limit),
      quarter: () => tokenBucket(() => limit, limit / 4),
      exact: () => tokenBucket(() => limit, 1),
    }[limiter];
    this.#limiter = limit > 0 ? make() : null;
  }

  isOdd(position: number): boolean {
    const { refusesOneIn = 0 } = this.settings;
    return refusesOneIn > 0 && position % refusesOneIn === 3 % refusesOneIn;
  }

  /** Takes what was written since; true if there was anything. */
  hear(): boolean {
    const dialled = takeDialled();
    if (dialled) this.#wire = dialled;
    const wire = this.#wire;
    const written = wire?.take() ?? Buffer.alloc(0);
    for (const [at, length] of cut(written).pdus) this.#pdu(wire!, written.subarray(at, at + length));
    return written.length > 0 || dialled !== undefined;
  }

  #pdu(wire: Wire, pdu: Buffer): void {
    const command = pdu.readUInt32BE(4);
    if (command >= protocol.RESPONSE_BIT) return;
    const isSubmission = command === protocol.SUBMIT_SM;
    const status = isSubmission ? this.#statusOf(pdu) : 0;
    const { silence, latencyMs = 5 } = this.settings;
    const isAsked = isSubmission || (command === protocol.ENQUIRE_LINK && !silence?.answersEnquiries);
    if (isAsked && this.#isWithin(silence)) return;
    const sequence = pdu.readUInt32BE(12);
    setTimeout(() => answer(wire, protocol.responseTo(command), status, sequence), latencyMs);
  }

  #statusOf(pdu: Buffer): number {
    const position = Number(destinationOf(pdu)) - this.firstNumber;
    this.submitted[position]!++;
    const { code = 0x58, refusal = 0x45, trouble } = this.settings;
    let status = 0;
    if (this.#isWithin(this.settings.silence)) status = -1;
    else if (this.#isWithin(trouble)) status = code;
    else if (this.isOdd(position)) status = refusal;
    else if (this.#limiter && !this.#limiter.take(now())) status = code;
    if (status === 0) {
      this.taken[position]!++;
      this.order.push(position);
    }
    if (status < 0) this.unanswered[position]!++;
    const second = Math.floor((now() - this.#beganMs) / 1_000);
    while (this.seconds.length <= second) this.seconds.push([0, 0]);
    this.seconds[second]![status === 0 ? 0 : 1]++;
    return status;
  }

  #isWithin(span: { readonly fromMs: number; readonly untilMs: number } | undefined): boolean {
    const atMs = now() - this.#beganMs;
    return span !== undefined && atMs >= span.fromMs && atMs < span.untilMs;
  }
}

function answer(wire: Wire, command: number, status: number, sequence: number): void {
  const bytes = Buffer.alloc(17);
  protocol.writeHeader(bytes, 0, 17, command, status, sequence);
  wire.deliver(bytes);
}

/** Behind service_type, the source address with its two numbers, and the two of the destination. */
function destinationOf(pdu: Buffer): string {
  const sourceAt = pdu.indexOf(0, 16) + 3;
  const at = pdu.indexOf(0, sourceAt) + 3;
  return pdu.toString("latin1", at, pdu.indexOf(0, at));
}
