/**
 * `npm run mission`: the three examples of the brochure, played on the generated country. Starts the service and a simulated carrier, goes
 * by the public API alone, and prints what the control room does and what comes of it, line by line. Who answers are numbers that
 * the carrier was given messages for; nobody exists.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { EXIT } from "../../gateway/commands/exit-codes.js";
import { showProgress } from "../../gateway/commands/watch/progress.js";
import { startSimulatedCarrier } from "../carrier/process.js";
import { EngineProcess } from "../engine-process.js";
import { generate } from "../registry/generate.js";
import { EXAMPLES } from "./examples.js";
import { Played } from "./played.js";

/** Of a part of a message, in euros: an example. */
const PRICE = 0.05;
/** By which citizens would reach the service; here they know its port. */
const PUBLIC_URL = "https://burgernet.example";

const options = new Command("mission")
  .description("the three examples of the brochure, on a generated country, with citizens who answer")
  .option("--participants <n>", "size of the generated registry (default 1,600,000)")
  .parse()
  .opts<{ participants?: string }>();

const parent = mkdtempSync(join(tmpdir(), "seinpost-mission-"));
const folder = join(parent, "data");
process.once("exit", () => rmSync(parent, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(EXIT.interrupted));

const bar = showProgress("generating participants");
const sized = options.participants ? { participants: Number(options.participants) } : {};
const generated = await generate(folder, sized, bar.onProgress);
bar.stop();
if (!generated.ok) {
  console.error(`${generated.problem.code}: ${generated.problem.detail}`);
  process.exit(EXIT.notDone);
}
const { entry, simulator } = await startSimulatedCarrier({ name: "north", receiptDelayMs: 300, texts: 20 });
const carriers = [{ ...entry, costPerSegment: PRICE }];
const environment = { SEINPOST_PUBLIC_URL: PUBLIC_URL };
const engine = await EngineProcess.start({ dataFolder: folder, carriers, environment });
try {
  await engine.untilBound();
  const participants = generated.value.registry.participants.toLocaleString("en");
  console.log(`${participants} participants, none of whom exists; a message costs ${100 * PRICE} cents.`);
  for (const example of EXAMPLES) await new Played(engine, simulator, example).play();
} finally {
  await engine.stop();
  await simulator.stop();
}
