/**
 * Every personality of the carrier simulator against the whole service, several carriers with one each beside a plain one, and under
 * both settings of `onUnknown`: nobody is lost, who counts as reached was taken by a carrier, nobody was sent to twice without the flag
 * or more often than may be, no more failures are told than failed, and each strange carrier is in use again once it is strange no more.
 *
 * In lanes, each a service of its own that meets its personalities in rounds; the lanes run side by side.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { SimulatorChange } from "../../loadtest/carrier/settings.js";
import { type Choice, MIXED, ofGroup, PERSONALITIES } from "../../loadtest/personalities/table.js";
import type { Action } from "../../schemas/api/api.js";
import { DISPATCH } from "../../schemas/limits.js";
import type { UnknownPolicy } from "../../schemas/words.js";
import { readLedger } from "../crash/ledger.js";
import { faultsOf } from "../crash/verdict.js";
import { acceptedBy, type CarrierOfTest, EVERYWHERE, refusedBy, tagsOf, Whole } from "./whole.js";

const PEOPLE = 300;
const ENTRY = {
  binds: 2,
  window: 32,
  bindTimeoutMs: 500,
  responseTimeoutMs: 1_000,
  enquireLinkMs: 400,
  enquireLinkTimeoutMs: 400,
};
/** Of the strange carriers, and the plain one. To find out whom a receipt stands for would take the first one a minute. */
const CARRIERS = [
  { name: "east", entry: { ...ENTRY, receiptsPer: "message" } },
  { name: "west", entry: { ...ENTRY, concatenation: "sar" } },
  { name: "north", entry: ENTRY },
  { name: "south", entry: ENTRY },
  { name: "plain", entry: ENTRY },
] as const;
const STRANGE_CARRIERS = CARRIERS.length - 1;
/** Who has to meet which carrier, by place. */
const PINNED: Partial<Record<Choice, number>> = {
  "one-receipt": 0,
  "old-version": 1,
  "one-id": 2,
  joins: 3,
  "part-ids": 3,
};
/** Of those that do one after the other: slow enough for a queue, and pauses that are longer than half a deadline. */
const ONE_BY_ONE = { serviceMs: 5, queuePlaces: 10, deviationSwingMs: 400, deviationPauseMs: 600 };
/** So that every deviation happens within an action of a second or two, and what is too late is later than our deadlines. */
const STRANGE = {
  deviationShare: 0.15,
  deviationDelayMs: 60,
  deviationTimeoutMs: 1_500,
  deviationPeriodMs: 250,
  ...ONE_BY_ONE,
};
const PLAIN: SimulatorChange = { personalities: [], throttleAbove: 0, rate: 0 };
/** Of all carriers of a round: slow enough that what happens now and then happens to an action on its way. */
const SLOW = { rate: 60 };
const LIMITED = { throttleAbove: 100 };

const binds = ofGroup("binds");
const receipts = ofGroup("receipts");
/** Ids in a form that is new are found out within a minute, which is too long here; these are found at once. */
const ids = ofGroup("ids").filter((name) => name !== "part-ids");
/** For each lane the groups that it meets; a round is of one group, for what is expected of it. */
const LANES: readonly (readonly (readonly Choice[])[])[] = [
  [binds],
  [ofGroup("answers"), ids, ["part-ids"], [...ofGroup("refusals"), ...ofGroup("wire"), MIXED]],
  [receipts, ofGroup("limits")],
];

/** Those that open connections take on too. */
const NOW_AND_THEN: readonly Choice[] = ["unbinds", "closes", "half-open", "half-close", "enquires"];
const isOf = (group: readonly Choice[], name: Choice): boolean => group.includes(name);
/** What comes now and then, beside that of the binds: not to an action that is through before. */
const LATER: readonly Choice[] = ["bad-length", "after-reconnect", "pauses"];
const isReport = (name: Choice): boolean => isOf(receipts, name) || name === "part-ids";
const isSlow = (name: Choice): boolean => isOf(binds, name) || isOf(LATER, name) || name === MIXED;

/** How long it may take until a carrier is strange, and until one that is well again is in use again; how often that is tried. */
const BACK_MS = 30_000;
const RETRY_MS = 500;

/** By the place of the carrier that has it; none where there are fewer left. */
type Round = readonly (Choice | undefined)[];

function roundsOf(names: readonly Choice[]): Round[] {
  const rounds: (Choice | undefined)[][] = [];
  const placed = [...names].sort((a, b) => Number(b in PINNED) - Number(a in PINNED));
  for (const name of placed) {
    const free = (round: Round): number =>
      PINNED[name] ?? Array.from({ length: STRANGE_CARRIERS }, (_, at) => round[at]).indexOf(undefined);
    let round = rounds.find((each) => free(each) >= 0 && each[free(each)] === undefined);
    if (round === undefined) {
      round = [];
      rounds.push(round);
    }
    round[free(round)] = name;
  }
  return rounds;
}

function settingsFor(name: Choice, isSlowRound: boolean): SimulatorChange {
  const isLimited = isOf(ofGroup("limits"), name);
  const disconnect = isOf(binds, name) && !isOf(NOW_AND_THEN, name);
  return { ...STRANGE, personalities: [name], disconnect, ...(isSlowRound && SLOW), ...(isLimited && LIMITED) };
}

/** How often it deviated. */
async function timesOf({ name, carrier }: Met): Promise<number> {
  const { struck } = await carrier.simulator.counters();
  return name === MIXED ? 0 : (struck[name] ?? 0);
}

/** Whether the simulator counts how often it deviated in this way. */
function isCounted(name: Choice): boolean {
  return name !== MIXED && /by chance|now and then/.test(PERSONALITIES[name][1]);
}

const isSent = ({ status }: Action): boolean => status === "sent";

/** Every recipient has a receipt, or is one of so many who are held. */
function isDelivered({ status, waves }: Action, maxHeld: number): boolean {
  if (status !== "sent") return false;
  const { counts, recipients } = waves[0]!;
  return counts.delivered + Math.min(counts.unknown, maxHeld) === recipients;
}

/** A personality and the carrier that has it. */
interface Met {
  readonly name: Choice;
  readonly carrier: CarrierOfTest;
}

interface Sent {
  readonly round: string;
  readonly onUnknown: UnknownPolicy;
}

class Lane {
  readonly problems: string[] = [];
  readonly #texts = new Map<string, Sent>();

  private constructor(
    readonly index: number,
    readonly whole: Whole,
  ) {}

  static async start(index: number): Promise<Lane> {
    return new Lane(index, await Whole.start(PEOPLE, CARRIERS));
  }

  /** Actions while the carriers are strange, and one after that. */
  async meet(round: Round): Promise<void> {
    const met = round.flatMap((name, at) => (name === undefined ? [] : [{ name, carrier: this.whole.carriers[at]! }]));
    const isSlowRound = met.some(({ name }) => isSlow(name));
    await this.#setPlain(isSlowRound ? SLOW : {});
    const before = await Promise.all(met.map(timesOf));
    await Promise.all(met.map(({ name, carrier }) => carrier.simulator.set(settingsFor(name, isSlowRound))));
    for (const onUnknown of ["hold", "resend"] as const) await this.#send(round, "while they are strange", onUnknown);
    await this.#untilStruck(round, met, before);
    await this.#setPlain({});
    await Promise.all(met.map(({ name, carrier }) => recover(name, carrier)));
    await this.whole.engine.untilBound();
    await this.#untilUsed(
      round,
      met.map(({ carrier }) => carrier),
    );
  }

  /**
   * Each carrier takes of an action what its windows hold and others have left, from nothing to twice its part. So one may have had
   * too little of both for what it does now and then: 46 messages, where a pause comes after the time of 50, and none of the second.
   */
  async #untilStruck(round: Round, met: readonly Met[], before: readonly number[]): Promise<void> {
    for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
      const now = await Promise.all(met.map(timesOf));
      const never = met.filter(({ name }, at) => isCounted(name) && now[at] === before[at]);
      if (never.length === 0) return;
      if (waitedMs >= BACK_MS) {
        this.problems.push(...never.map(({ name }) => `${name}: never happened`));
        return;
      }
      await sleep(RETRY_MS);
      await this.#send(round, "while they are strange", "resend");
    }
  }

  async #setPlain(more: SimulatorChange): Promise<void> {
    await this.whole.carriers[STRANGE_CARRIERS]!.simulator.set({ ...PLAIN, ...more });
  }

  /** A carrier that was in trouble rests for a while, and is tried again with what is to be sent then. */
  async #untilUsed(round: Round, carriers: readonly CarrierOfTest[]): Promise<void> {
    const submitted = async (carrier: CarrierOfTest) => (await carrier.simulator.counters()).submitted;
    const before = await Promise.all(carriers.map(submitted));
    for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
      await this.#send(round, "after that", "resend");
      const now = await Promise.all(carriers.map(submitted));
      const unused = carriers.filter((_, at) => now[at] === before[at]);
      if (unused.length === 0) return;
      if (waitedMs >= BACK_MS) {
        this.problems.push(`${round}: ${unused.map(({ name }) => name)} not used after that`);
        return;
      }
      await sleep(RETRY_MS);
    }
  }

  async #send(round: Round, when: string, onUnknown: UnknownPolicy): Promise<void> {
    const isLong = round.some((name) => name !== undefined && name in PINNED);
    const text = textOf(`${this.index}${String(this.#texts.size).padStart(2, "0")}`, isLong);
    this.#texts.set(text, { round: `${round} (${onUnknown})`, onUnknown });
    const area = EVERYWHERE;
    const { id } = await this.whole.engine.createAction({ area, text, onUnknown, dispatch: true });
    // Where nothing but receipts is strange, each of them comes.
    const areReceipts = round.every((name) => name === undefined || (isReport(name) && name !== "disagreeing"));
    try {
      // Of connections that are dropped some had taken what they did not read.
      const maxHeld = onUnknown === "hold" && round.includes("after-reconnect") ? PEOPLE : 0;
      const { waves } = await this.whole.engine.until(id, (action) =>
        areReceipts ? isDelivered(action, maxHeld) : isSent(action),
      );
      const { failures, counts } = waves[0]!;
      const told = failures.reduce((sum, { times }) => sum + times, 0);
      if (told > counts.failed) this.problems.push(`${round}: ${when}: ${told} failures of ${counts.failed}`);
    } catch (error) {
      this.problems.push(`${round}: ${when}: ${String(error).slice(0, 600)}`);
    }
  }

  /** Ends the service and holds what it says against what the carriers got. */
  async verify(): Promise<void> {
    const { whole, problems } = this;
    await whole.engine.stop();
    const { waves } = await readLedger(whole.folder, whole.numbers);
    const logs = whole.carriers.map((carrier) => carrier.log());
    for (const wave of waves) {
      const [text = ""] = wave.stored.texts;
      const { round, onUnknown } = this.#texts.get(text)!;
      const tags = tagsOf(text);
      const accepted = tags.map((tag) => acceptedBy(logs, tag));
      const refused = new Set(tags.flatMap((tag) => [...refusedBy(logs, tag)]));
      // Whoever got a part and was surely refused another is sent to again, whatever is held.
      const copies = onUnknown === "hold" && tags.length === 1 ? 1 : DISPATCH.copies;
      const faults = faultsOf(wave, { accepted, refused, copies });
      if (faults.length > 0) problems.push(`${round}: ${faults.join(", ")} ("${text.slice(-4)}")`);
    }
    if (waves.length !== this.#texts.size) problems.push(`${waves.length} waves of ${this.#texts.size}`);
  }
}

/** Strange no more; where only a new connection shows it, once there is one. */
async function recover(name: Choice, { simulator }: CarrierOfTest): Promise<void> {
  const disconnect = isOf(binds, name) || name === MIXED;
  const { bindRequests } = await simulator.counters();
  await simulator.set({ ...PLAIN, disconnect });
  // The service may not have seen yet that its connections are gone.
  while (disconnect && (await simulator.counters()).bindRequests === bindRequests) await sleep(20);
}

/** Each part ends in a tag by which the carriers' logs tell messages apart. */
function textOf(name: string, isLong: boolean): string {
  if (!isLong) return `Burgernet. A${name}`;
  return `${"Burgernet. ".padEnd(149, "-")}P${name}${"-".repeat(20)}A${name}`;
}

test("nobody is lost to any personality", async () => {
  const lanes = await Promise.all(LANES.map((_, index) => Lane.start(index)));
  await Promise.all(
    lanes.map(async (lane, index) => {
      for (const round of LANES[index]!.flatMap(roundsOf)) {
        await lane.meet(round).catch((error: unknown) => {
          lane.problems.push(`${round}: ${String(error).slice(0, 600)}`);
        });
      }
      await lane.verify();
    }),
  );
  expect(lanes.flatMap(({ problems }) => problems)).toEqual([]);
}, 300_000);
