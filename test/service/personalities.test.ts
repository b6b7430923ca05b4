/**
 * Every personality of the carrier simulator against the whole service, beside a plain carrier: nobody is lost, who counts
 * as reached was taken by a carrier, nobody was sent to twice without the flag, and the strange carrier is in use again
 * once it is strange no more.
 *
 * In lanes, each a service of its own that meets its personalities one after the other; the lanes run side by side.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Choice, MIXED, ofGroup, PERSONALITIES } from "../../loadtest/personalities/table.js";
import type { SimulatorCounters } from "../../loadtest/simulator-counts.js";
import type { SimulatorProcess } from "../../loadtest/simulator-process.js";
import type { SimulatorChange } from "../../loadtest/simulator-settings.js";
import type { Action } from "../../schemas/api.js";
import { STATE, STATE_MASK } from "../../schemas/words.js";
import { isFlagged, isReached, readLedger, type WaveLedger } from "../crash/ledger.js";
import { acceptedBy, EVERYWHERE, tagOf, Whole } from "./whole.js";

const PEOPLE = 240;
const ENTRY = {
  binds: 2,
  window: 32,
  bindTimeoutMs: 500,
  responseTimeoutMs: 1_000,
  enquireLinkMs: 400,
  enquireLinkTimeoutMs: 400,
  // To be found out it would take a minute; of short messages it says nothing.
  receiptsPer: "message",
};
/** Of those that do one after the other: slow enough for a queue, and pauses that are longer than half a deadline. */
const ONE_BY_ONE = { serviceMs: 5, queuePlaces: 10, strangeSwingMs: 400, strangePauseMs: 600 };
/** So that every deviation happens within an action of a second or two, and what is too late is later than our deadlines. */
const STRANGE = {
  strangeShare: 0.15,
  strangeDelayMs: 60,
  strangeTimeoutMs: 1_500,
  strangePeriodMs: 250,
  ...ONE_BY_ONE,
};
const PLAIN: SimulatorChange = { personalities: [], throttleAbove: 0, rate: 0 };
/** Of both carriers: slow enough that what happens now and then happens to an action on its way. */
const SLOW = { rate: 100 };
const LIMITED = { throttleAbove: 100 };

const binds = ofGroup("binds");
const receipts = ofGroup("receipts");
const LANES: readonly (readonly Choice[])[] = [
  binds.slice(0, binds.length / 2),
  binds.slice(binds.length / 2),
  [...ofGroup("answers"), ...ofGroup("refusals")],
  [...ofGroup("ids"), ...ofGroup("wire"), ...ofGroup("limits"), MIXED],
  receipts.slice(0, receipts.length / 2),
  receipts.slice(receipts.length / 2),
];

/** Those that open connections take on too. */
const NOW_AND_THEN: readonly Choice[] = ["unbinds", "closes", "half-open", "half-close", "enquires"];
const isOfBinds = (name: Choice): boolean => binds.some((bind) => bind === name);
const isSlow = (name: Choice): boolean =>
  isOfBinds(name) || name === "bad-length" || name === "after-reconnect" || name === MIXED;

function settingsFor(name: Choice): SimulatorChange {
  const isLimited = ofGroup("limits").some((limit) => limit === name);
  const disconnect = isOfBinds(name) && !NOW_AND_THEN.includes(name);
  return { ...STRANGE, personalities: [name], disconnect, ...(isSlow(name) && SLOW), ...(isLimited && LIMITED) };
}

/** Every recipient has a receipt, where nothing but receipts is strange. */
function isDelivered({ status, waves }: Action): boolean {
  return status === "sent" && waves[0]!.counts.delivered === waves[0]!.recipients;
}

/** How long it may take until a carrier that is well again is in use again, and how often that is tried. */
const BACK_MS = 30_000;
const RETRY_MS = 500;

const isSent = ({ status }: Action): boolean => status === "sent";

function struckTimes({ struck }: SimulatorCounters, name: Choice): number {
  return name === MIXED ? 0 : (struck[name] ?? 0);
}

/** Whether the simulator counts how often it deviates in this way. */
function isCounted(name: Choice): boolean {
  return name !== MIXED && /by chance|now and then/.test(PERSONALITIES[name][1]);
}

class Lane {
  readonly problems: string[] = [];
  readonly #texts = new Map<string, Choice>();
  #count = 0;

  private constructor(
    readonly index: number,
    readonly whole: Whole,
  ) {}

  static async start(index: number): Promise<Lane> {
    const names = ["strange", "plain"];
    const whole = await Whole.start(
      PEOPLE,
      names.map((name) => ({ name, entry: ENTRY })),
    );
    return new Lane(index, whole);
  }

  /** An action while the carrier is strange, and one after that. */
  async meet(name: Choice): Promise<void> {
    const [simulator, plain] = this.whole.carriers.map((carrier) => carrier.simulator) as [
      SimulatorProcess,
      SimulatorProcess,
    ];
    await plain.set(isSlow(name) ? SLOW : PLAIN);
    const struckBefore = struckTimes(await simulator.counters(), name);
    await simulator.set(settingsFor(name));
    await this.#send(name, "while it is strange");
    const struck = struckTimes(await simulator.counters(), name) - struckBefore;
    if (struck === 0 && isCounted(name)) this.problems.push(`${name}: never happened`);
    await plain.set(PLAIN);
    const disconnect = isOfBinds(name) || name === MIXED;
    const { bindRequests } = await simulator.counters();
    await simulator.set({ ...PLAIN, disconnect });
    // The service may not have seen yet that its connections are gone.
    while (disconnect && (await simulator.counters()).bindRequests === bindRequests) await sleep(20);
    await this.whole.engine.untilBound();
    const before = (await simulator.counters()).submitted;
    const isUsed = async (): Promise<boolean> => (await simulator.counters()).submitted > before;
    // A carrier that was in trouble rests for a while, and is tried again with what is to be sent then.
    for (let waitedMs = 0; !(await isUsed()); waitedMs += RETRY_MS) {
      if (waitedMs >= BACK_MS) {
        this.problems.push(`${name}: is not used after that`);
        return;
      }
      if (waitedMs > 0) await sleep(RETRY_MS);
      await this.#send(name, "after that");
    }
  }

  async #send(name: Choice, when: string): Promise<void> {
    const long = name === "one-receipt" ? " gezocht".repeat(20) : "";
    const text = `Burgernet: ${name}${long} ${this.index}${String(this.#count++).padStart(3, "0")}`;
    this.#texts.set(text, name);
    const area = { ...EVERYWHERE, center: [5.3, 52.15] as [number, number] };
    const { id } = await this.whole.engine.createAction({ area, text, dispatch: true });
    const isOfReceipts = ofGroup("receipts").some((receipt) => receipt === name) && name !== "disagreeing";
    const done = isOfReceipts ? isDelivered : isSent;
    await this.whole.engine.until(id, done).catch((error: unknown) => {
      this.problems.push(`${name}: ${when}: ${String(error).slice(0, 600)}`);
    });
  }

  /** Ends the service and holds what it says against what the carriers got. */
  async verify(): Promise<void> {
    const { whole, problems } = this;
    await whole.engine.stop();
    const { waves } = await readLedger(whole.folder, whole.numbers);
    const logs = whole.carriers.map((carrier) => carrier.log());
    for (const wave of waves) {
      const { text } = wave.stored;
      const faults = faultsOf(wave, acceptedBy(logs, tagOf(text)));
      if (faults.length > 0) problems.push(`${this.#texts.get(text)}: ${faults.join(", ")} ("${text}")`);
    }
    if (waves.length !== this.#count) problems.push(`${waves.length} waves of ${this.#count}`);
  }
}

/** What must not be, with how many it befell. */
function faultsOf({ numbers, states }: WaveLedger, accepted: ReadonlyMap<number, number>): string[] {
  const faults = new Map<string, number>();
  const found = (fault: string): void => void faults.set(fault, (faults.get(fault) ?? 0) + 1);
  numbers.forEach((number, position) => {
    const word = states[position]!;
    const state = word & STATE_MASK;
    const times = accepted.get(number) ?? 0;
    if (state === STATE.pending || state === STATE.intended) found("left over");
    if (isReached(word) && times === 0) found("counted as reached, and no carrier took it");
    if (times > 1 && !isFlagged(word)) found("sent twice without the flag");
  });
  return [...faults].map(([fault, times]) => `${times} ${fault}`);
}

test("nobody is lost to any personality", async () => {
  const lanes = await Promise.all(LANES.map((_, index) => Lane.start(index)));
  await Promise.all(
    lanes.map(async (lane, index) => {
      for (const name of LANES[index]!) {
        await lane.meet(name).catch((error: unknown) => {
          lane.problems.push(`${name}: ${String(error).slice(0, 600)}`);
        });
      }
      await lane.verify();
    }),
  );
  expect(lanes.flatMap(({ problems }) => problems)).toEqual([]);
}, 300_000);
