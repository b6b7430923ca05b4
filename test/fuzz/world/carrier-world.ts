/**
 * A real carrier's thread (gateway/smpp/carrier/carrier-thread.ts) in a world of ours, with a ledger that takes its events and a
 * carrier at the other end of its wire. The carrier is polite by itself: it lets bind, and answers what is submitted while
 * `polite` is true; what else it sends is the case.
 */
import { MessageChannel } from "node:worker_threads";
import { CarrierThread } from "../../../gateway/smpp/carrier/carrier-thread.js";
import * as protocol from "../../../gateway/smpp/pdu/protocol.js";
import { DISPATCH } from "../../../schemas/limits.js";
import {
  EVENT,
  GAUGE,
  GAUGE_WORDS,
  LATENCY_BUCKETS,
  NOTHING_KNOWN,
  type WaveForCarrier,
} from "../../../schemas/link.js";
import { Ring } from "../../../schemas/ring.js";
import { CARRIER } from "../carrier.js";
import { cut } from "../drawn/streams.js";
import { holds } from "../target.js";
import { now, reset, step, takeDialled } from "./time.js";
import type { Wire } from "./wire.js";

const PARTICIPANTS = 65_536;
/** Small, so that it gets full; the events of the longest read fit. */
const EVENT_RING_BYTES = 262_144;
const YEAR_MS = 31_536_000_000;

export class CarrierWorld {
  wire: Wire | undefined;
  bound = false;
  polite = true;
  /** Sequence numbers of submissions without response. */
  outstanding: number[] = [];
  /** Sequence numbers of the answers to our enquire_links. */
  readonly heard: number[] = [];
  /** The bind request that waits for its answer; it gets it at once while `binds` is true. */
  asked: { readonly command: number; readonly sequence: number } | undefined;
  binds = true;
  /** The ledger takes no events, so that reading has to wait once their ring is full. */
  asleep = false;
  /** Events of each position. */
  readonly ends = new Uint8Array(PARTICIPANTS);
  readonly gauges: Int32Array;
  readonly #events: Ring;
  readonly #grants: Ring;
  readonly #thread: CarrierThread;
  #granted = 0;

  constructor() {
    reset();
    const gauges = new SharedArrayBuffer((GAUGE_WORDS + LATENCY_BUCKETS) * 4);
    const numbers = new SharedArrayBuffer(PARTICIPANTS * 8);
    const roster = new SharedArrayBuffer(PARTICIPANTS * 4);
    new Float64Array(numbers).fill(31_612_345_678);
    new Uint32Array(roster).forEach((_, at, all) => {
      all[at] = at;
    });
    const events = Ring.allocate(EVENT_RING_BYTES);
    const grants = Ring.allocate(32_768);
    const flags = new SharedArrayBuffer(DISPATCH.liveWaves * 4);
    const { port1, port2 } = new MessageChannel();
    this.gauges = new Int32Array(gauges);
    this.#events = new Ring(events);
    this.#grants = new Ring(grants);
    const expiresAtMs = Date.now() + YEAR_MS;
    const goes = { expiresAtMs, urgent: true, toSwitchedOff: false };
    const wave: WaveForCarrier = {
      slot: 0,
      rank: 1,
      roster,
      texts: ["x"],
      textNumbers: undefined,
      reference: 1,
      ...goes,
    };
    port2.postMessage({ type: "wave", wave });
    this.#thread = new CarrierThread(
      { carrier: CARRIER, events, grants, gauges, flags, numbers, loopbackOnly: true, known: NOTHING_KNOWN },
      port1,
    );
    // What is said to the main thread is not read; the wave is taken from the port before the first grant.
    port1.unref();
    port2.unref();
  }

  get granted(): number {
    return this.#granted;
  }

  /** True if submissions go out. */
  get ready(): boolean {
    return this.bound && this.wire?.open === true && this.gauges[GAUGE.bound] === 1;
  }

  /** Grants so many recipients; each must end in exactly one event. */
  grant(count: number): void {
    const first = this.#granted % PARTICIPANTS;
    const fits = Math.min(count, PARTICIPANTS - first);
    const at = this.#grants.reserve(4);
    this.#grants.words.set([0, first, fits, 0], at);
    this.#grants.publish();
    this.ends.fill(0, first, first + fits);
    this.#granted += fits;
    this.#thread.progressed();
    this.settle();
  }

  /** True if each of the last `count` recipients has one event, and none has two. */
  ended(count: number): boolean {
    const until = ((this.#granted - 1) % PARTICIPANTS) + 1;
    return this.ends.subarray(until - count, until).every((events) => events === 1);
  }

  /** Moves time on until `condition` holds, at most for `limitMs`; returns whether it does. */
  until(condition: () => boolean, limitMs: number): boolean {
    const endMs = now() + limitMs;
    while (!condition()) {
      if (now() >= endMs) return false;
      step(endMs - now());
      this.settle();
    }
    return true;
  }

  /** Sends bytes over the wire, as far as it stays open. */
  send(bytes: Uint8Array): void {
    let at = 0;
    for (let idle = 0; at < bytes.length && this.wire?.open && idle < 1_000; ) {
      const sent = this.wire.deliver(bytes.subarray(at));
      at += sent;
      idle = sent === 0 ? idle + 1 : 0;
      this.settle();
    }
    holds("what is sent is read, or the connection ends", at === bytes.length || !this.wire?.open);
  }

  /** Until nothing more happens: the ledger takes events, the carrier takes what was written and answers. */
  settle(): void {
    for (let round = 0; round < 1_000; round++) {
      const wire = takeDialled();
      if (wire !== undefined) this.#begin(wire);
      const events = this.#takeEvents();
      const written = this.wire?.take() ?? Buffer.alloc(0);
      if (written.length > 0) this.#hear(written);
      if (events) this.#thread.progressed();
      else if (written.length === 0) return;
    }
    throw new Error("the thread and the carrier come to rest");
  }

  #begin(wire: Wire): void {
    this.wire = wire;
    this.bound = false;
    this.asked = undefined;
    this.outstanding = [];
  }

  #takeEvents(): boolean {
    if (this.asleep) return false;
    let any = false;
    const { words } = this.#events;
    for (let at = this.#events.next(); at >= 0; at = this.#events.next()) {
      any = true;
      const kind = words[at]! & 0xff;
      if (kind === EVENT.released) this.#end(words[at + 2]!, words[at + 3]!);
      else if (kind === EVENT.outcome || kind === EVENT.unknown) this.#end(words[at + 2]!, 1);
      holds("an event of a kind that a carrier's thread writes", kind >= EVENT.outcome && kind <= EVENT.message);
    }
    if (any) this.#events.release(this.#events.position());
    return any;
  }

  #end(first: number, count: number): void {
    for (let position = first; position < first + count; position++) {
      this.ends[position]!++;
      holds("a recipient ends once", this.ends[position] === 1);
    }
  }

  /** What the carrier gets is well-formed, and each PDU comes whole. */
  #hear(written: Buffer): void {
    const { pdus, rest, malformed } = cut(written);
    holds("what the gateway writes can be cut", !malformed && rest === written.length);
    for (const [at] of pdus) this.#hearPdu(written, at);
  }

  #hearPdu(written: Buffer, at: number): void {
    const command = written.readUInt32BE(at + 4);
    const sequence = written.readUInt32BE(at + 12);
    if (command === protocol.SUBMIT_SM) {
      this.outstanding.push(sequence);
      if (this.polite) this.answerOutstanding();
    } else if (command === protocol.ENQUIRE_LINK_RESP) this.heard.push(sequence);
    else if (command === protocol.ENQUIRE_LINK || command === protocol.UNBIND) {
      this.#answer(protocol.responseTo(command), sequence);
    } else if (command < protocol.RESPONSE_BIT && !this.bound) {
      this.asked = { command, sequence };
      if (this.binds) this.letBind();
    }
  }

  /** Answers the bind request, if there is one. */
  letBind(): void {
    const { asked } = this;
    if (asked === undefined) return;
    this.asked = undefined;
    this.bound = true;
    this.#answer(protocol.responseTo(asked.command), asked.sequence);
  }

  /** A submit_sm_resp to all that is outstanding. */
  answerOutstanding(): void {
    const sequences = this.outstanding;
    this.outstanding = [];
    for (const sequence of sequences) this.#answer(protocol.SUBMIT_SM_RESP, sequence);
  }

  #answer(command: number, sequence: number): void {
    const bytes = Buffer.alloc(17);
    protocol.writeHeader(bytes, 0, 17, command, 0, sequence);
    this.wire?.deliver(bytes);
  }
}
