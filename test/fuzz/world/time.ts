/**
 * Time, chance and the network of one thread, in our hands: clocks stand still until they are moved on, timers run when they
 * are due, and what is dialled is a wire of ours. A case then takes as long as its work, and is the same each time.
 *
 * For a thread of its own only: it takes the place of the real ones in the whole thread, for good.
 */
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import { Random } from "../drawn/random.js";
import { Wire } from "./wire.js";

/** Unix time at the beginning. */
const EPOCH_MS = 1_772_000_000_000;

class Timer {
  live = true;

  constructor(
    readonly atMs: number,
    readonly run: () => void,
  ) {}

  unref(): this {
    return this;
  }
}

let nowMs = 1_000;
let timers: Timer[] = [];
const chance = new Random();
/** Wires that were dialled and that nobody has taken yet. */
const dialled: Wire[] = [];

/** As Node's: never less than a millisecond, so that time moves on whatever a pause was rounded to. */
function timeout(run: () => void, afterMs = 0): Timer {
  return immediate(run, Math.max(1, afterMs));
}

function immediate(run: () => void, afterMs = 0): Timer {
  const timer = new Timer(nowMs + afterMs, run);
  timers.push(timer);
  return timer;
}

/** A turn of the loop takes a little, or who waits for less than a clock can show would wait for ever. */
function nextTurn(run: () => void): Timer {
  return immediate(run, 0.001);
}

function clear(timer: Timer | undefined): void {
  if (timer !== undefined) timer.live = false;
  timers = timers.filter((one) => one.live);
}

function dial(options: { onread: Wire["onread"] }): Wire {
  const wire = new Wire(options.onread, immediate);
  dialled.push(wire);
  return wire;
}

/** A thread that sleeps till a moment: time passes, and nothing is waited for. */
function sleep(_words: Int32Array, _at: number, _value: number, forMs: number): "timed-out" {
  nowMs += forMs;
  return "timed-out";
}

/** From here on, this thread lives in this world. */
export function install(): void {
  const clock = { now: () => nowMs };
  Object.defineProperty(globalThis, "performance", { value: clock, configurable: true });
  Object.assign(globalThis, { setTimeout: timeout, clearTimeout: clear });
  Object.assign(globalThis, { setImmediate: nextTurn, clearImmediate: clear });
  Object.assign(Atomics, { wait: sleep });
  Object.assign(Date, { now: () => EPOCH_MS + nowMs });
  Object.assign(Math, { random: () => chance.next() / 2 ** 32 });
  Object.assign(net, { connect: dial });
  syncBuiltinESMExports();
}

export function now(): number {
  return nowMs;
}

/** A new beginning: timers and wires of before are forgotten. */
export function reset(): void {
  timers = [];
  dialled.length = 0;
  chance.seed(1, "world", 0);
}

/** Moves the clock to the next timer, at most by `limitMs`, and runs it. */
export function step(limitMs: number): void {
  let next: Timer | undefined;
  for (const timer of timers) if (next === undefined || timer.atMs < next.atMs) next = timer;
  if (next === undefined || next.atMs > nowMs + limitMs) {
    nowMs += limitMs;
    return;
  }
  nowMs = Math.max(nowMs, next.atMs);
  clear(Object.assign(next, { live: false }));
  next.run();
}

export function takeDialled(): Wire | undefined {
  return dialled.shift();
}
