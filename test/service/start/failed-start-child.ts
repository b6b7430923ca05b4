/**
 * Starts the service by what the environment says, with a carrier that nobody can reach, and says what the start failed of and
 * whether the folder can be locked again and which threads are left. It then ends because nothing is left that would keep it; what is, is said.
 */
import type { Worker } from "node:worker_threads";
import pino from "pino";
import { lockFolder } from "../../../engine/store/lock.js";
import { readConfiguration } from "../../../gateway/service/configuration.js";
import { startService } from "../../../gateway/service/service.js";
import { readCarriers } from "../../../gateway/smpp/settings/configuration.js";
import { given } from "../../engine/registry/samples.js";

const NOWHERE = { name: "north", host: "127.0.0.1", port: 1, systemId: "x", password: "x", sender: "B" };
const PATIENCE_MS = 10_000;

const threads = new Set<Worker>();
process.on("worker", (worker) => {
  threads.add(worker);
  worker.once("exit", () => threads.delete(worker));
});
const configuration = given(readConfiguration(process.env));
const started = await startService({
  ...configuration,
  carriers: given(readCarriers(JSON.stringify({ carriers: [NOWHERE] }), {})),
  log: pino({ level: "silent" }),
  onFatal: ({ code, detail }) => console.log(`fatal ${code}: ${detail}`),
});
console.log(started.ok ? "started" : started.problem.code);
const locked = await lockFolder(configuration.dataFolder, ({ detail }) => console.log(detail));
console.log(locked.ok ? "free" : locked.problem.detail);
if (locked.ok) locked.value();
// Those of the pool keep no process from ending while they have nothing to do.
console.log(`${threads.size} threads`);
// Of no consequence where nothing else is left.
setTimeout(() => {
  console.log(`left: ${process.getActiveResourcesInfo()}`);
  process.exit(1);
}, PATIENCE_MS).unref();
