/**
 * A bind's whole life: damaged streams come over the wire of a real carrier's thread, and after each it must answer an
 * enquire_link or have bound again, within a second of its time; each recipient ends in one event, and nothing stays queued.
 */
import * as protocol from "../../../gateway/smpp/pdu/protocol.js";
import { SMPP } from "../../../schemas/limits.js";
import { GAUGE } from "../../../schemas/link.js";
import { PduWriter } from "../drawn/pdu-writer.js";
import * as pdus from "../drawn/pdus.js";
import { hashOf, type Random } from "../drawn/random.js";
import { cut, writeDamaged } from "../drawn/streams.js";
import { holds, same, type Target } from "../target.js";
import { CarrierWorld } from "../world/carrier-world.js";

/** Recipients that are outstanding while the stream comes. */
const GRANTED = 3;
/** Of so many streams one comes before the bind is answered. */
const BEFORE_THE_BIND = 512;
/** And of so many one comes while the ledger sleeps, at most as often as here. */
const WHILE_ASLEEP = 64;
const FLOODS_MAX = 1_600;
const REBOUND_WITHIN_MS = 1_000;
/** The longest pause after a refused bind, and some. */
const BOUND_WITHIN_MS = 120_000;
/** Deadlines of responses, and a reconnect. */
const ENDED_WITHIN_MS = 60_000;

const writer = new PduWriter();
const KINDS = [
  ...[pdus.delivery, pdus.delivery, pdus.delivery, pdus.submitResponse, pdus.submitResponse, pdus.headerAlone],
  pdus.bindResponse,
];

function make(random: Random): Uint8Array {
  writer.clear();
  for (let count = random.between(1, 4); count > 0; count--) {
    writeDamaged(random, writer, random.once(100) ? pdus.unbind : random.pick(KINDS), (one) => !one.once(200));
  }
  return writer.written;
}

let world: CarrierWorld | undefined;
let probe = 0;

function check(bytes: Uint8Array): void {
  const used = world ?? new CarrierWorld();
  world = undefined;
  run(used, bytes);
  // One in which something went wrong is not used again.
  world = used;
}

function run(world: CarrierWorld, bytes: Uint8Array): void {
  if (hashOf(bytes) % BEFORE_THE_BIND === 0) beforeTheBind(world, bytes);
  world.polite = true;
  comes(world, "it binds", BOUND_WITHIN_MS, () => world.ready);
  // After a bind that has worked the pause before the next one is short, whatever went before.
  world.grant(1);
  comes(world, "a submission is answered", ENDED_WITHIN_MS, () => world.ended(1));
  world.polite = false;
  world.grant(GRANTED);
  const before = world.wire;
  if (hashOf(bytes) % WHILE_ASLEEP === 1) flood(world, bytes);
  world.send(addressed(bytes, world.outstanding));
  complete(world, bytes);
  world.polite = true;
  world.answerOutstanding();
  world.settle();
  isAlive(world, before);
  comes(world, "each recipient ends in one event", ENDED_WITHIN_MS, () => world.ended(GRANTED));
  same("queued at the end", world.gauges[GAUGE.queued], 0);
  // The thread looks at its clock while it is bound, too.
  world.until(() => false, SMPP.tickMs);
}

function comes(world: CarrierWorld, what: string, withinMs: number, condition: () => boolean): void {
  holds(what, world.until(condition, withinMs));
}

/** Sends a stream of whole PDUs again and again while the ledger sleeps, until reading stops; it must go on when it wakes. */
function flood(world: CarrierWorld, bytes: Uint8Array): void {
  const { rest, malformed } = cut(bytes);
  if (malformed || rest < bytes.length) return;
  world.asleep = true;
  for (let times = 0; times < FLOODS_MAX && world.wire?.open && !world.wire.paused; times++) world.send(bytes);
  world.asleep = false;
  world.settle();
  holds("reading goes on", world.wire?.open !== true || !world.wire.paused);
}

/** The stream comes after the bind was asked for and before it is answered. */
function beforeTheBind(world: CarrierWorld, bytes: Uint8Array): void {
  world.binds = false;
  world.wire?.hangUp();
  comes(world, "it asks for a bind", BOUND_WITHIN_MS, () => world.asked !== undefined && world.wire?.open === true);
  world.send(bytes);
  complete(world, bytes);
  world.binds = true;
  world.letBind();
  world.settle();
}

/** Gives responses that are for one of what is outstanding its sequence number. */
function addressed(bytes: Uint8Array, outstanding: readonly number[]): Uint8Array {
  const copy = Buffer.from(bytes);
  for (const [at] of cut(bytes).pdus) {
    const sequence = copy.readUInt32BE(at + 12);
    const which = sequence - pdus.ANY_OUTSTANDING;
    if (which >= 0 && which < outstanding.length) copy.writeUInt32BE(outstanding[which]!, at + 12);
  }
  return copy;
}

/** Where the stream ends within a PDU, sends the rest of it, so that what follows is a PDU again. */
function complete(world: CarrierWorld, bytes: Uint8Array): void {
  const { rest, malformed } = cut(bytes);
  const begun = bytes.length - rest;
  if (malformed || begun === 0) return;
  const head = Buffer.alloc(4);
  head.set(bytes.subarray(rest, rest + Math.min(begun, 4)));
  if (begun < 4) head[3] = 16;
  const length = head.readUInt32BE(0);
  // With less than four bytes it may be that no length is in bounds; then the connection must end.
  const missing = Buffer.concat([head.subarray(Math.min(begun, 4)), Buffer.alloc(Math.min(length, SMPP.pduBytes))]);
  world.send(missing.subarray(0, Math.max(length, 16) - begun));
}

/** It answers, or it has bound again. */
function isAlive(world: CarrierWorld, before: unknown): void {
  const sequence = ++probe;
  const enquireLink = Buffer.alloc(16);
  protocol.writeHeader(enquireLink, 0, 16, protocol.ENQUIRE_LINK, 0, sequence);
  world.heard.length = 0;
  if (world.wire?.open && world.bound) world.send(enquireLink);
  const rebound = () => world.wire !== before && world.wire?.open === true && world.bound;
  const answered = () => world.heard.includes(sequence);
  comes(world, "it answers, or binds again", REBOUND_WITHIN_MS, () => answered() || rebound());
}

export const session: Target = { name: "session", make, check };
