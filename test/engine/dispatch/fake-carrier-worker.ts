/**
 * A carrier's thread without a network: reads grants and writes events as schemas/link.ts says, answers by chance, and logs
 * every segment that a real one would have written to a socket.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { assert } from "../../../schemas/errors.js";
import type { WaveForCarrier } from "../../../schemas/link.js";
import { EVENT, EVENT_WORDS, GAUGE, RECEIPT_STATE, RELEASE_REASON, UNKNOWN_REASON } from "../../../schemas/link.js";
import { Ring } from "../../../schemas/ring.js";
import { textAt } from "../../../schemas/text-numbers.js";
import { seeded } from "../../random.js";
import { putId } from "./bare-fixtures.js";
import type { FakeCarrierData, ToFakeCarrier } from "./fake-carrier.js";
import { HOLDERS, LOG, segmentsOf } from "./fake-carrier.js";

interface Granted {
  readonly wave: WaveForCarrier;
  readonly position: number;
  readonly resend: boolean;
}
interface Written extends Granted {
  readonly segment: number;
  readonly dueTurn: number;
}

const port = parentPort;
assert(port !== null, "a carrier runs in a thread of its own");
const data = workerData as FakeCarrierData;
let { behaviour } = data;
const events = new Ring(data.events);
const grants = new Ring(data.grants);
const gauges = new Int32Array(data.gauges);
const flags = new Int32Array(data.flags);
const log = new Int32Array(data.log);
const next = seeded(behaviour.seed);
const waves = new Map<number, WaveForCarrier>();
let queue: Granted[] = [];
let written: Written[] = [];
/** Events that are to be written, in order; the ring may be full. */
let toWrite: Uint32Array[] = [];
let receipts: { dueTurn: number; event: Uint32Array }[] = [];
let turn = 0;
let answered = 0;
/** Of the main thread, when it was answered last. */
let beats = 0;
let ids = 0;
let bound = true;
let paused = false;
let closing = false;
const holding = data.holders === null ? null : new Int32Array(data.holders);
/** Parts without an answer of each message that is held, by slot and position; and those that were refused for good. */
const open = new Map<string, number>();
const refused = new Set<string>();

function message(received: ToFakeCarrier): void {
  if (received.type === "wake") grants.acceptWake();
  else if (received.type === "wave") waves.set(received.wave.slot, received.wave);
  else if (received.type === "forget") {
    assert(!queue.some(({ wave }) => wave.slot === received.slot), "a forgotten wave has nothing queued");
    assert(!written.some(({ wave }) => wave.slot === received.slot), "a forgotten wave has nothing in flight");
    waves.delete(received.slot);
  } else if (received.type === "pause") paused = received.paused;
  else if (received.type === "bind") bind(received.bound);
  else if (received.type === "behave") behaviour = received.behaviour;
  else if (received.type === "close") close();
}

/** Gives back what it has not written; what it has gets its answers, and then the thread ends. */
function close(): void {
  closing = true;
  paused = false;
  takeGrants();
  for (const each of queue) release(each, RELEASE_REASON.unbound);
  queue = [];
}

function partsOf({ texts, textNumbers }: WaveForCarrier, position: number): number {
  const text = texts[textAt(textNumbers, position)];
  assert(text != null, "nothing is granted of a text that the carrier does not have");
  return segmentsOf(text, behaviour.partCharacters);
}
const keyOf = ({ slot }: WaveForCarrier, position: number): string => `${slot}:${position}`;

/** A recipient is with one carrier at a time, and never again with one that refused it for good. */
function hold(wave: WaveForCarrier, position: number): void {
  assert(!open.has(keyOf(wave, position)), "a recipient is granted once at a time");
  assert(!refused.has(keyOf(wave, position)), "nobody is granted again to whom the carrier refused it for good");
  open.set(keyOf(wave, position), partsOf(wave, position));
  if (holding === null) return;
  const before = Atomics.add(holding, wave.slot * HOLDERS.positions + position, 1);
  assert(before === 0, "a recipient is with one carrier at a time");
}

/** One part, or all of them, came to its end. To be called before the ledger can see that. */
function letGo(wave: WaveForCarrier, position: number, parts: number): void {
  const left = (open.get(keyOf(wave, position)) ?? 0) - parts;
  assert(left >= 0, "an answer is for a part that is held");
  if (left > 0) open.set(keyOf(wave, position), left);
  else {
    open.delete(keyOf(wave, position));
    if (holding !== null) Atomics.sub(holding, wave.slot * HOLDERS.positions + position, 1);
  }
}

function bind(now: boolean): void {
  bound = now;
  if (bound) return;
  for (const each of written) {
    letGo(each.wave, each.position, 1);
    emit(EVENT.unknown | (each.segment << 8), each.wave.slot, each.position, UNKNOWN_REASON.disconnected);
  }
  written = [];
  for (const each of queue) release(each, RELEASE_REASON.unbound);
  queue = [];
}

function emit(...words: number[]): void {
  toWrite.push(Uint32Array.from(words));
}

function release({ wave, position }: Granted, reason: number): void {
  letGo(wave, position, partsOf(wave, position));
  emit(EVENT.released | (reason << 8), wave.slot, position, 1);
}

function takeGrants(): void {
  const taken: number[][] = [];
  for (let at = grants.next(); at >= 0; at = grants.next()) taken.push([...grants.words.subarray(at, at + 4)]);
  if (taken.length === 0) return;
  grants.release(grants.position());
  // Messages that were posted before the grant was published say what its slot means.
  for (let received = receiveMessageOnPort(port!); received; received = receiveMessageOnPort(port!))
    message(received.message);
  for (const [slot, from, count, resend] of taken as [number, number, number, number][]) {
    const wave = waves.get(slot);
    assert(wave !== undefined, "a grant names a wave that was opened");
    for (let position = from; position < from + count; position++) {
      hold(wave, position);
      queue.push({ wave, position, resend: resend === 1 });
    }
  }
  queue.sort((a, b) => a.wave.rank - b.wave.rank || a.position - b.position);
}

function write(): void {
  let left = 0;
  for (; left < queue.length; left++) {
    const each = queue[left]!;
    const segments = partsOf(each.wave, each.position);
    if (Atomics.load(flags, each.wave.slot) === 1) release(each, RELEASE_REASON.stopped);
    else if (Date.now() >= each.wave.expiresAtMs) release(each, RELEASE_REASON.expired);
    else if (written.length + segments > behaviour.window) break;
    else {
      for (let segment = 0; segment < segments; segment++) {
        const at = LOG.head + Atomics.load(log, LOG.count) * LOG.words;
        log[at] =
          (textAt(each.wave.textNumbers, each.position) << 16) |
          (each.wave.slot << 8) |
          (segment << 1) |
          (each.resend ? 1 : 0);
        log[at + 1] = each.position;
        log[at + 2] = new Uint32Array(each.wave.roster)[each.position]!;
        Atomics.add(log, LOG.count, 1);
        written.push({ ...each, segment, dueTurn: turn + 1 + Math.floor(next() * behaviour.turns) });
      }
    }
  }
  queue = queue.slice(left);
}

function answer(): void {
  let answers = Math.min(behaviour.perTurn, behaviour.mostAnswers - answered);
  const still: Written[] = [];
  for (const each of written) {
    if (paused || each.dueTurn > turn || answers === 0) still.push(each);
    else {
      answers--;
      answered++;
      answerOne(each);
    }
  }
  written = still;
}

function answerOne({ wave, position, segment }: Written): void {
  const said = next();
  const { temporary, trouble, unknown } = behaviour;
  const outcome = (status: number): void => emit(EVENT.outcome | (segment << 8), wave.slot, position, status);
  letGo(wave, position, 1);
  if (said < unknown) emit(EVENT.unknown | (segment << 8), wave.slot, position, UNKNOWN_REASON.deadline);
  else if (said < unknown + temporary) outcome(0x14);
  else if (said < unknown + temporary + trouble) outcome(0x08);
  else if (said < unknown + temporary + trouble + behaviour.refused) {
    refused.add(keyOf(wave, position));
    outcome(0x0b);
  } else acknowledge(wave, position, segment);
}

function acknowledge(wave: WaveForCarrier, position: number, segment: number): void {
  const id = Buffer.from(`${data.name}-${behaviour.seed}-${ids++}`);
  const outcome = new Uint32Array(EVENT_WORDS + 16);
  outcome.set([EVENT.outcome | (segment << 8) | (id.length << 16), wave.slot, position, 0]);
  const words = EVENT_WORDS + putId(outcome, EVENT_WORDS, id);
  const receipt = receiptOf(id);
  const early = behaviour.receipts === "early" || (behaviour.receipts === "mixed" && next() < 0.5);
  if (early) toWrite.push(receipt);
  toWrite.push(outcome.subarray(0, words));
  if (behaviour.receipts === "none" || (early && behaviour.receipts !== "mixed")) return;
  // Late; and in the mixed course some come once more than they should.
  if (!early) receipts.push({ dueTurn: turn + 3, event: receipt });
  if (behaviour.receipts === "mixed" && next() < 0.3) receipts.push({ dueTurn: turn + 6, event: receipt });
}

function receiptOf(id: Buffer): Uint32Array {
  const event = new Uint32Array(EVENT_WORDS + 2 + 16);
  const state = next() < behaviour.undeliverable ? RECEIPT_STATE.undeliverable : RECEIPT_STATE.delivered;
  event.set([EVENT.receipt | ((8 + id.length) << 16), state, 0, 0]);
  return event.subarray(0, EVENT_WORDS + 2 + putId(event, EVENT_WORDS + 2, id));
}

function flush(): void {
  for (const { event } of receipts.filter(({ dueTurn }) => dueTurn <= turn)) toWrite.push(event);
  receipts = receipts.filter(({ dueTurn }) => dueTurn > turn);
  let done = 0;
  for (; done < toWrite.length; done++) {
    const at = events.reserve(toWrite[done]!.length);
    if (at < 0) break;
    events.words.set(toWrite[done]!, at);
  }
  if (done === 0) return;
  toWrite = toWrite.slice(done);
  events.publish();
  if (events.wantsWake()) port!.postMessage("wake");
}

function run(): void {
  turn++;
  takeGrants();
  if (bound) {
    const exposed = queue.reduce((sum, { wave, position }) => sum + partsOf(wave, position), written.length);
    if (exposed > log[LOG.mostExposed]!) log[LOG.mostExposed] = exposed;
    const now = Atomics.load(log, LOG.beats);
    if (now !== beats || behaviour.turnMs === 0) answer();
    beats = now;
    write();
  }
  for (const [gauge, value] of [
    [GAUGE.bound, bound ? 1 : 0],
    [GAUGE.window, bound ? behaviour.window : 0],
    [GAUGE.inFlight, written.length],
    [GAUGE.queued, queue.length],
  ]) {
    Atomics.store(gauges, gauge!, value!);
  }
  flush();
  if (closing && written.length + toWrite.length + receipts.length === 0) port!.close();
  else setTimeout(run, behaviour.turnMs);
}

port.on("message", message);
run();
port.postMessage("wake");
