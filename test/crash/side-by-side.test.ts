/** A small urgent action that starts while a large one is being sent, by the order in which the carriers got them. */
import { expect, it } from "vitest";
import { DISPATCH } from "../../schemas/limits.js";
import { acceptedBy, EVERYWHERE, tagOf, Whole } from "../service/whole.js";
import { readLedger } from "./ledger.js";
import { expectNobodyLost } from "./verdict.js";

const WINDOW = 64;
/** What one wave may expose with a carrier (engine/dispatch/plan/account.ts). */
const LIMIT = 2 * WINDOW;
const LARGE = "Burgernet. Vermist: jongen van 5. L001";
const URGENT = "Burgernet. Inbreker te voet. U001";
const LATER = "Burgernet. Wateroverlast. N001";

it("sends the urgent one first, and then goes on with the large one, losing nobody", async () => {
  const carriers = ["north", "south"].map((name) => ({
    name,
    entry: { window: WINDOW },
    simulator: { rate: 1_500, latencyMs: 5 },
  }));
  const whole = await Whole.start(8_000, carriers);
  const { engine } = whole;
  const large = await engine.createAction({ area: EVERYWHERE, text: LARGE, dispatch: true });
  await engine.until(large.id, ({ waves }) => (waves[0]?.counts.pending ?? 1e9) < 6_500, 5);
  const nearby = { ...EVERYWHERE, center: [4.9, 52.37] as [number, number], radiusMeters: 5_000 };
  const urgent = await engine.createAction({ area: nearby, text: URGENT, dispatch: true });
  const patient = { area: nearby, text: LATER, timeCritical: false, dispatch: true };
  const later = await engine.createAction(patient);
  const first = await engine.until(urgent.id, ({ status }) => status === "sent", 5);
  const meanwhile = await engine.action(large.id);
  expect(meanwhile.status).toBe("sending");
  expect(meanwhile.waves[0]!.counts.pending).toBeGreaterThan(1_000);
  for (const { id } of [large, later]) await engine.until(id, ({ status }) => status === "sent");
  await engine.stop();
  const logs = whole.carriers.map((carrier) => carrier.log());
  const { waves } = await readLedger(whole.folder, whole.numbers);
  expect(waves.map(({ stored }) => stored.texts[0]!)).toEqual([LARGE, URGENT, LATER]);
  for (const wave of waves) {
    const twice = expectNobodyLost(wave, acceptedBy(logs, tagOf(wave.stored.texts[0]!)));
    expect(twice).toBe(0);
  }
  expect(first.waves[0]!.recipients).toBeGreaterThan(100);
  const between = logs.map(({ tags, length }) => {
    const arrived = [...tags.subarray(0, length)];
    const from = arrived.indexOf(tagOf(URGENT));
    const to = arrived.lastIndexOf(tagOf(URGENT));
    expect(from).toBeGreaterThan(0);
    const lastOfLarge = arrived.lastIndexOf(tagOf(LARGE));
    expect(lastOfLarge).toBeGreaterThan(to);
    // What can wait goes last, though it is smaller and nearly as old, but for what is kept for whoever waits longest.
    const ahead = arrived.slice(0, lastOfLarge).filter((tag) => tag === tagOf(LATER)).length;
    expect(ahead).toBeLessThanOrEqual(lastOfLarge / (DISPATCH.keptOneIn + 1) + LIMIT);
    return arrived.slice(from, to).filter((tag) => tag === tagOf(LARGE)).length;
  });
  for (const count of between) expect(count).toBeLessThanOrEqual(LIMIT);
  console.log(
    `${first.waves[0]!.recipients} urgent; between them ${between.join(" and ")} of the large one (bound ${LIMIT})`,
  );
});
