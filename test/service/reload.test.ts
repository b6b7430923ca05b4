/** The file of carriers changes while the service runs, and SIGHUP makes it read again. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Wave } from "../../schemas/api/api.js";
import { startNode } from "../children.js";
import { acceptedBy, EVERYWHERE, tagOf, Whole } from "./whole.js";

const TEXT = "Burgernet: jongen (5) vermist bij het station, blauwe jas. Gezien? Bel 0800-0011";

function reload(whole: Whole, entries: readonly object[] | string): void {
  const file = join(whole.folder, "carriers.json");
  writeFileSync(file, typeof entries === "string" ? entries : JSON.stringify({ carriers: entries }));
  whole.engine.child.kill("SIGHUP");
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

/** Who was answered for; receipts may come so soon that hardly anybody is seen without one. */
function answered(wave: Wave | undefined): number {
  return wave === undefined ? 0 : wave.counts.acknowledged + wave.counts.delivered;
}

test("carriers come, change and go in the middle of an action; nobody is lost, and what did not change stays bound", async () => {
  const whole = await Whole.start(10_000, [
    // Between them they would need a quarter of a minute: however late the third comes, there is something left for it.
    { name: "north", entry: { ratePerSecond: 300 } },
    { name: "south", entry: { ratePerSecond: 300 } },
    { name: "west", simulator: {}, entry: { ratePerSecond: 3_000 } },
  ]);
  const [north, south, west] = whole.carriers.map((carrier) => carrier);
  const names = async (): Promise<string> => (await whole.engine.carriers()).map(({ name }) => name).join();
  reload(whole, [north!.entry, south!.entry]);
  await until(async () => (await names()) === "north,south");

  const action = await whole.engine.createAction({
    area: EVERYWHERE,
    text: TEXT,
    dispatch: true,
  });
  await whole.engine.until(action.id, ({ waves }) => answered(waves[0]) > 500);
  const connections = (await north!.simulator.counters()).connections;
  reload(whole, [north!.entry, { ...south!.entry, share: 3, binds: 2 }, west!.entry]);
  await until(async () => {
    const carriers = await whole.engine.carriers();
    return carriers.length === 3 && carriers[1]!.share === 3 && carriers[1]!.binds.bound === 2;
  });
  // A mistake changes nothing.
  reload(whole, '{"carriers": [');
  await sleep(100);
  expect(await names()).toBe("north,south,west");
  reload(whole, [north!.entry, west!.entry]);
  await until(async () => (await names()) === "north,west");
  const sent = await whole.engine.until(action.id, ({ status }) => status === "sent");

  expect(sent.waves[0]!.counts.possibleDuplicates).toBe(0);
  const logs = whole.carriers.map((carrier) => carrier.log());
  const accepted = acceptedBy(logs, tagOf(TEXT));
  expect(accepted.size).toBe(sent.waves[0]!.recipients);
  expect([...accepted.values()].every((times) => times === 1)).toBe(true);
  expect(logs.every(({ length }) => length > 0)).toBe(true);
  expect((await north!.simulator.counters()).connections).toBe(connections);
});

test("routes that leave people without a carrier let them wait, and say so, until a later file serves them", async () => {
  const whole = await Whole.start(5_000, [{ name: "north", simulator: { latencyMs: 25 }, entry: { window: 48 } }]);
  const { entry } = whole.carriers[0]!;
  const area = EVERYWHERE;
  const { id } = await whole.engine.createAction({ area, text: TEXT, dispatch: true });
  await whole.engine.until(id, ({ waves }) => answered(waves[0]) > 200, 5);
  reload(whole, [{ ...entry, routes: ["49"] }]);
  const { reason, waves } = await whole.engine.until(id, ({ waves }) => {
    const { counts, withoutCarrier } = waves[0]!;
    return withoutCarrier > 0 && counts.intended === 0 && counts.pending === withoutCarrier;
  });
  expect([reason?.code, waves[0]!.counts.failed]).toEqual(["NO_ROUTE", 0]);
  reload(whole, [entry]);
  const sent = await whole.engine.until(id, ({ status }) => status === "sent");
  expect(sent).toMatchObject({ reason: null, waves: [{ withoutCarrier: 0 }] });
  expect(sent.waves[0]!.counts.possibleDuplicates).toBe(0);
  const accepted = acceptedBy([whole.carriers[0]!.log()], tagOf(TEXT));
  expect([accepted.size, Math.max(...accepted.values())]).toEqual([sent.waves[0]!.recipients, 1]);
});

test("while the service starts: it goes on, and reads the file again when it is ready", async () => {
  const whole = await Whole.prepare(3_000, [{ name: "north" }, { name: "south" }]);
  const [north, south] = whole.carriers.map(({ entry }) => entry);
  // Who opens a FIFO to write waits for who reads it: so the service is known to be at it.
  const file = join(whole.folder, "carriers.fifo");
  execFileSync("mkfifo", [file]);
  writeFileSync(join(whole.folder, "carriers.json"), JSON.stringify({ carriers: [north, south] }));
  const child = startNode(new URL("../../gateway/main.js", import.meta.url), ["start"], {
    env: { SEINPOST_DATA: whole.folder, SEINPOST_PORT: "0", SEINPOST_CARRIERS: file, SEINPOST_LOG_LEVEL: "info" },
  });
  // It has the old one open, so it reads that to its end, and then the new one.
  const first = await open(file, "w");
  child.process.kill("SIGHUP");
  await rename(join(whole.folder, "carriers.json"), file);
  await first.writeFile(JSON.stringify({ carriers: [north] }));
  await first.close();
  while (!child.errors().includes('"added":["south"]')) await sleep(20);
  child.process.kill("SIGTERM");
  expect(await child.ended).toEqual({ code: 0, signal: null });
});

test("while the service stops: what the file says then changes nothing, and it ends as it should", async () => {
  const whole = await Whole.start(3_000, [
    { name: "north", simulator: { latencyMs: 400 } },
    { name: "south", simulator: { latencyMs: 400 } },
  ]);
  const { id } = await whole.engine.createAction({
    area: EVERYWHERE,
    text: TEXT,
    dispatch: true,
  });
  await whole.engine.until(id, ({ waves }) => answered(waves[0]) > 0);
  const { child } = whole.engine;
  const ended = whole.engine.stop();
  await sleep(100);
  reload(whole, [whole.carriers[0]!.entry]);
  await ended;
  expect([child.exitCode, child.signalCode]).toEqual([0, null]);
});
