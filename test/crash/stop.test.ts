/** Stop and end, shown from the carriers' own logs; the service is killed between them too. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { SimulatorChange } from "../../loadtest/carrier/settings.js";
import type { Action, Wave } from "../../schemas/api/api.js";
import type { Carrier } from "../../schemas/api/operations.js";
import { STATE, STATE_MASK } from "../../schemas/words.js";
import { acceptedBy, EVERYWHERE, tagOf, Whole } from "../service/whole.js";
import { isReached, readLedger } from "./ledger.js";
import { expectFlagged } from "./verdict.js";

const PARTICIPANTS = 5_000;
const WINDOW = 64;
const CARRIERS = ["north", "south"].map((name) => ({
  name,
  entry: { window: WINDOW },
  simulator: { latencyMs: 25 },
}));
const FIRST = "Burgernet. Gezocht: grijze Golf. A001";
const THANKS = "Burgernet. Gevonden, dank u wel. T001";

async function startSending(): Promise<{ whole: Whole; action: Action }> {
  const whole = await Whole.start(PARTICIPANTS, CARRIERS);
  const area = EVERYWHERE;
  const { id } = await whole.engine.createAction({ area, text: FIRST, dispatch: true });
  const action = await whole.engine.until(id, ({ waves }) => reached(waves[0]) > 300, 5);
  return { whole, action };
}

function reached(wave: Wave | undefined): number {
  return wave === undefined ? 0 : wave.counts.acknowledged + wave.counts.delivered;
}

/** Submits at the carriers so far. */
async function arrived({ carriers }: Whole): Promise<number> {
  const counters = await Promise.all(carriers.map(({ simulator }) => simulator.counters()));
  return counters.reduce((sum, { submitted }) => sum + submitted, 0);
}

async function setAll({ carriers }: Whole, change: SimulatorChange): Promise<void> {
  await Promise.all(carriers.map(({ simulator }) => simulator.set(change)));
}

/**
 * The carriers have seen that their connections are gone. An answer that they write into one before that is as good as given to
 * them, so a receipt follows it over the next bind, and whoever it is for is not unknown any more.
 */
async function untilUnbound({ carriers }: Whole): Promise<void> {
  const counters = () => Promise.all(carriers.map(({ simulator }) => simulator.counters()));
  while ((await counters()).some(({ binds }) => binds > 0)) await sleep(10);
}

/**
 * The carriers have all that is on the wire, as much as each may have outstanding just then, and answer none of it; more waits
 * for its turn. Returns how much is on the wire.
 */
async function pauseAtFullWindows(whole: Whole): Promise<number> {
  await setAll(whole, { pause: true });
  for (;;) {
    const carriers = await whole.engine.carriers();
    const full = carriers.every(({ inFlight, window, queued }) => inFlight >= window && queued > 0);
    const sum = (of: (carrier: Carrier) => number): number => carriers.reduce((total, each) => total + of(each), 0);
    if (full && sum(({ submitted }) => submitted) === (await arrived(whole))) return sum(({ inFlight }) => inFlight);
    await sleep(10);
  }
}

const isQuiet = ({ waves }: Action): boolean => waves[0]!.counts.intended === 0 && waves[0]!.counts.pending === 0;

describe("stop", () => {
  it("lets at most what is in flight go out, and thanks exactly those who were reached", async () => {
    const { whole, action } = await startSending();
    const { engine } = whole;
    await pauseAtFullWindows(whole);
    const before = await arrived(whole);
    const stopped = await engine.request<Action>("POST", `/v1/actions/${action.id}/stop`);
    expect(stopped.status).toBe(200);
    expect(stopped.body.status).toBe("stopped");
    await setAll(whole, { pause: false });
    const quiet = await engine.until(action.id, isQuiet);
    const after = (await arrived(whole)) - before;
    const { counts, recipients } = quiet.waves[0]!;
    // All that was on the wire had arrived; what was granted and waited behind it must not follow.
    expect(after).toBe(0);
    expect(counts.stopped).toBeGreaterThan(0);
    expect(counts.stopped + reached(quiet.waves[0])).toBe(recipients);
    await engine.request("POST", `/v1/actions/${action.id}/end`, { text: THANKS });
    const ended = await engine.until(action.id, ({ status }) => status === "ended");
    expect(ended.waves[1]?.recipients).toBe(recipients - counts.stopped);
    await expectThanked(whole);
  });

  it("stays stopped through kills, and thanks exactly those of whom the ledger knows", async () => {
    const { whole, action } = await startSending();
    const path = `/v1/actions/${action.id}`;
    const onTheWire = await pauseAtFullWindows(whole);
    const before = await arrived(whole);
    expect((await whole.engine.request<Action>("POST", `${path}/stop`)).status).toBe(200);
    await whole.kill();
    await untilUnbound(whole);
    await setAll(whole, { pause: false });
    await whole.startEngine();
    await whole.engine.untilBound();
    await sleep(300);
    expect(await arrived(whole)).toBe(before);
    const stopped = await whole.engine.action(action.id);
    expect(stopped.status).toBe("stopped");
    expect(isQuiet(stopped)).toBe(true);
    expect((await whole.engine.request("POST", `${path}/end`, { text: THANKS })).status).toBe(200);
    await whole.restart();
    await whole.engine.until(action.id, ({ waves }) => reached(waves[1]) > 100, 5);
    await whole.restart();
    const ended = await whole.engine.until(action.id, ({ status }) => status === "ended");
    const { recipients, counts } = ended.waves[0]!;
    // What was on the wire without an answer, and what was granted and waited behind it.
    expect(counts.unknown).toBeGreaterThanOrEqual(onTheWire);
    expect(counts.unknown).toBeLessThanOrEqual(2 * CARRIERS.length * WINDOW);
    expect(counts.possibleDuplicates).toBe(counts.unknown);
    expect(counts.stopped + counts.acknowledged + counts.delivered + counts.unknown).toBe(recipients);
    expect(ended.waves[1]?.recipients).toBe(counts.acknowledged + counts.delivered);
    await expectThanked(whole);
  });

  it("ends an action that is still sending: stops first, thanks when nothing is in flight", async () => {
    const { whole, action } = await startSending();
    expect((await whole.engine.request("POST", `/v1/actions/${action.id}/end`, { text: THANKS })).status).toBe(200);
    const before = await arrived(whole);
    const ended = await whole.engine.until(action.id, ({ status }) => status === "ended");
    const { counts, recipients } = ended.waves[0]!;
    expect(counts.stopped).toBeGreaterThan(0);
    expect(counts.stopped + reached(ended.waves[0])).toBe(recipients);
    const thanked = ended.waves[1]!.recipients;
    expect((await arrived(whole)) - before - thanked).toBeLessThanOrEqual(CARRIERS.length * WINDOW);
    await expectThanked(whole);
  });
});

/** The logs of the carriers against the ledger of the service, which ends here. */
async function expectThanked({ engine, carriers, folder, numbers }: Whole): Promise<void> {
  await engine.stop();
  const logs = carriers.map((carrier) => carrier.log());
  const { waves } = await readLedger(folder, numbers);
  const [first, ending] = waves;
  const asked = acceptedBy(logs, tagOf(FIRST));
  const thanked = acceptedBy(logs, tagOf(THANKS));
  expectFlagged(first!, asked);
  expectFlagged(ending!, thanked);
  const knownReached = first!.numbers.filter((_, position) => isReached(first!.states[position]!));
  expect([...thanked.keys()].sort()).toEqual([...knownReached].sort());
  const unasked = first!.numbers.filter((_, position) => (first!.states[position]! & STATE_MASK) === STATE.stopped);
  expect(unasked.filter((number) => asked.has(number)).length, "stopped, and yet asked").toBe(0);
  expect(knownReached.filter((number) => !asked.has(number)).length, "reached by no carrier").toBe(0);
}
