/**
 * The main job: a registry of the country, the engine, two simulated carriers, and one nationwide time-critical action over
 * SMS to everyone, from the HTTP request to the last durable acknowledgement and the last receipt. Shows live progress, and
 * at the end a summary; with --json the last line is one JSON object.
 *
 * `lost` and `duplicates` come from the carriers' own logs, not from what the engine believes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { EXIT } from "../../gateway/commands/exit-codes.js";
import { showProgress } from "../../gateway/commands/watch/progress.js";
import type { Action } from "../../schemas/api/api.js";
import { LOADTEST } from "../../schemas/limits.js";
import { startSimulatedCarrier } from "../carrier/process.js";
import { EngineProcess } from "../engine-process.js";
import { generate } from "../registry/generate.js";
import { NATIONWIDE_AREA, NATIONWIDE_TEXT } from "./nationwide-action.js";
import { LiveBars } from "./nationwide-bars.js";
import { type CarrierCount, countCarriers, printSummary, type Summary } from "./nationwide-summary.js";

interface Options {
  json?: boolean;
  participants?: string;
  postcodes?: string;
  seed?: string;
  receiptDelay: string;
}

const options = new Command("nationwide")
  .description("one nationwide action over SMS to a generated country, through two simulated carriers")
  .option("--json", "print one JSON object as the last line")
  .option("--participants <n>", "size of the generated registry (default 1,600,000)")
  .option("--postcodes <file>", "follow this postcode file; then it decides the size")
  .option("--seed <n>", "of the generated registry")
  .option("--receipt-delay <ms>", "how long after a message its receipt comes", "1000")
  .parse()
  .opts<Options>();

const parent = mkdtempSync(join(tmpdir(), "seinpost-nationwide-"));
/** Its key encryption key is made beside it. */
const folder = join(parent, "data");
process.once("exit", () => rmSync(parent, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(EXIT.interrupted));

const participants = await makeRegistry();
const carriers = await Promise.all(
  ["north", "south"].map((name) => startSimulatedCarrier({ name, receiptDelayMs: Number(options.receiptDelay) })),
);
const simulators = carriers.map(({ simulator }) => simulator);
const engine = await EngineProcess.start({
  dataFolder: folder,
  carriers: carriers.map(({ entry }) => entry),
  output: "inherit",
});
try {
  await engine.untilBound();
  const summary = await run();
  if (!options.json || process.stdout.isTTY) printSummary(summary);
  if (options.json) console.log(JSON.stringify(summary));
  process.exitCode = summary.lost === 0 ? EXIT.done : EXIT.inPart;
} finally {
  await engine.stop();
  await Promise.all(simulators.map((simulator) => simulator.stop()));
}

async function makeRegistry(): Promise<number> {
  const bar = showProgress("generating participants");
  const generated = await generate(
    folder,
    {
      ...(options.participants && { participants: Number(options.participants) }),
      ...(options.postcodes && { postcodes: options.postcodes }),
      ...(options.seed && { seed: Number(options.seed) }),
    },
    bar.onProgress,
  );
  bar.stop();
  if (generated.ok) return generated.value.registry.participants;
  console.error(`${generated.problem.code}: ${generated.problem.detail}`);
  process.exit(EXIT.notDone);
}

async function run(): Promise<Summary> {
  const bars = new LiveBars(engine);
  const sentAtMs = performance.timeOrigin + performance.now();
  const created = await engine.createAction({
    area: NATIONWIDE_AREA,
    text: NATIONWIDE_TEXT,
    kind: "missingPerson",
    domain: "alarm",
    timeCritical: true,
    dispatch: true,
  });
  const acceptMs = performance.timeOrigin + performance.now() - sentAtMs;
  const sent = await engine.until(created.id, (action) => action.status === "sent" || action.status === "failed", 100);
  const done = await untilReceipts(sent);
  const rssMb = engine.rssMb();
  bars.close();
  const counts: CarrierCount = await countCarriers(simulators, ["north", "south"]);
  const [wave] = done.waves;
  const recipients = wave?.recipients ?? 0;
  const lastAckMs = wave?.acknowledgedAt ? Date.parse(wave.acknowledgedAt) - sentAtMs : Number.NaN;
  const firstSubmitMs = counts.firstSubmitAtMs - sentAtMs;
  const segments = recipients * (wave?.segmentsPerMessage ?? 1);
  return {
    participants,
    recipients,
    readyMs: round(engine.readyMs),
    acceptMs: round(acceptMs),
    selectMs: round(done.selectMs ?? Number.NaN),
    firstSubmitMs: round(firstSubmitMs),
    lastAckMs: round(lastAckMs),
    submitPerSecond: Math.round((segments * 1_000) / (lastAckMs - firstSubmitMs)),
    acknowledged: (wave?.counts.acknowledged ?? 0) + (wave?.counts.delivered ?? 0),
    delivered: wave?.counts.delivered ?? 0,
    failed: wave?.counts.failed ?? 0,
    lost: recipients - counts.distinct,
    duplicates: counts.duplicates,
    rssMb: round(rssMb),
    carriers: counts.carriers,
  };
}

/** Waits until every receipt is in, or none has come for LOADTEST.receiptsQuietMs. */
async function untilReceipts(sent: Action): Promise<Action> {
  let delivered = -1;
  let quietSince = performance.now();
  for (;;) {
    const action = await engine.action(sent.id);
    const counts = action.waves[0]?.counts;
    if (!counts || counts.acknowledged === 0) return action;
    if (counts.delivered !== delivered) quietSince = performance.now();
    else if (performance.now() - quietSince > LOADTEST.receiptsQuietMs) return action;
    delivered = counts.delivered;
    await sleep(100);
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
