/**
 * `seinpost start`: the service on embedded defaults. Without carriers it starts a simulated one, and
 * then without a registry it makes a generated one; without an API key it makes the first and shows it once.
 */
import { Command } from "commander";
import pino, { type Logger } from "pino";
import { Store } from "../../engine/store/store.js";
import { generate } from "../../loadtest/registry/generate.js";
import type { CarrierConfiguration } from "../../schemas/carrier.js";
import { ok, type Problem, type Result } from "../../schemas/errors.js";
import { SIMULATOR } from "../../schemas/limits.js";
import { type Configuration, readConfiguration } from "../configuration.js";
import { startSimulatedCarrier } from "../demo.js";
import { createKey, hashKey } from "../http/keys.js";
import { type Service, startService } from "../service.js";
import { readCarriers, readCarriersFile } from "../smpp/configuration.js";
import { sayKekMade } from "./kek.js";
import { showProgress } from "./progress.js";

/** How the process ends when it could not start, or could not go on (sysexits.h: EX_CONFIG, EX_SOFTWARE). */
const EXIT_NOT_STARTED = 78;
const EXIT_FATAL = 70;

export function startCommand(): Command {
  return new Command("start")
    .description("run the service; settings come from SEINPOST_ variables")
    .action(async () => {
      const started = await start();
      if (started.ok) return;
      say(started.problem);
      process.exit(EXIT_NOT_STARTED);
    });
}

async function start(): Promise<Result<void>> {
  const configuration = readConfiguration(process.env);
  if (!configuration.ok) return configuration;
  const { dataFolder, kekFile, carriersFile, apiKey, logLevel } = configuration.value;
  const log = pino({ level: logLevel }, pino.destination(2));
  const isReady = heedHangups(carriersFile, log);
  process.on("unhandledRejection", (reason) => {
    // lmdb rejects promises of its own that nobody holds when a commit fails (see engine/store/store.ts).
    if (!(reason instanceof Error && "commitError" in reason)) throw reason;
    say({ code: "STORE_WRITE_FAILED", detail: reason.message });
    process.exit(EXIT_FATAL);
  });
  const made = await ensureDemonstration(carriersFile, dataFolder, kekFile);
  if (!made.ok) return made;
  const configured = await configuredCarriers(carriersFile);
  if (!configured.ok) return configured;
  const { carriers, textsUrl } = configured.value;
  const service = await startService({
    ...configuration.value,
    carriers,
    log,
    onFatal: (problem) => {
      say(problem);
      process.exit(EXIT_FATAL);
    },
  });
  if (!service.ok) return service;
  const key = apiKey === undefined && service.value.keys.size === 0 ? await firstKey(service.value) : undefined;
  announce(configuration.value, service.value, carriers, key, textsUrl);
  isReady(service.value);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void service.value.close().then(() => process.exit(0)));
  }
  return ok(undefined);
}

/** People who do not exist are for carriers that do not: with real carriers the service starts with nobody. */
async function ensureDemonstration(
  carriersFile: string | undefined,
  folder: string,
  kekFile: string | undefined,
): Promise<Result<void>> {
  // A store without a registry is damaged, or somebody's: the service says so. Only an empty folder gets a new one.
  if (carriersFile !== undefined || Store.exists(folder)) return ok(undefined);
  console.log("No registry in the data folder: generating one for demonstration.");
  const bar = showProgress("participants");
  const generated = await generate(folder, { kekFile, onKekMade: sayKekMade }, bar.onProgress);
  bar.stop();
  return generated.ok ? ok(undefined) : generated;
}

interface Configured {
  readonly carriers: CarrierConfiguration[];
  /** Where the messages of a simulated one can be read. */
  readonly textsUrl?: string;
}

async function configuredCarriers(file: string | undefined): Promise<Result<Configured>> {
  if (file === undefined) {
    const { entry, textsUrl } = await startSimulatedCarrier({ name: "simulated", texts: SIMULATOR.textsShown });
    const carriers = readCarriers(JSON.stringify({ carriers: [entry] }), process.env);
    return carriers.ok ? ok({ carriers: carriers.value, textsUrl }) : carriers;
  }
  const carriers = await readCarriersFile(file, process.env);
  return carriers.ok ? ok({ carriers: carriers.value }) : carriers;
}

/**
 * SIGHUP reads the file of carriers again, and where it comes before the service is ready, when that is: the file may have
 * changed since it was read. Returns what is to be called then.
 */
function heedHangups(file: string | undefined, log: Logger): (service: Service) => void {
  let ready: Service | undefined;
  let missed = false;
  const again = (service: Service): void => {
    if (file !== undefined) void reload(file, service, log);
  };
  // Also without a file: the default of SIGHUP, to end, would lose the terminal's session.
  process.on("SIGHUP", () => {
    if (ready === undefined) missed = true;
    else again(ready);
  });
  return (service) => {
    ready = service;
    if (missed) again(service);
  };
}

/** Reads the file of carriers again; with a mistake in it, everything goes on as it was. */
async function reload(file: string, service: Service, log: Logger): Promise<void> {
  const carriers = readCarriersFile(file, process.env);
  if (carriers.ok) log.info(await service.changeCarriers(carriers.value), "the file of carriers was read again");
  else log.error(carriers.problem, "the file of carriers is as it may not be; the carriers stay as they are");
}

async function firstKey(service: Service): Promise<string> {
  const key = createKey();
  const hash = hashKey(key);
  await service.keys.add(hash, {
    keyId: hash.slice(0, 12),
    name: "first",
    createdAtMs: Date.now(),
    role: "controlRoom",
  });
  return key;
}

function announce(
  { host, dataFolder }: Configuration,
  service: Service,
  carriers: readonly CarrierConfiguration[],
  key: string | undefined,
  textsUrl: string | undefined,
): void {
  const at = `${host}:${service.port}`;
  const registry = `${service.participants.toLocaleString("en")} participants${service.generated ? " (generated)" : ""}`;
  const names = carriers.map(({ name, host: to, port }) => `${name} at ${to}:${port}`).join(", ");
  console.log(`Seinpost is ready.
  API       http://${at}/v1   (described in http://${at}/openapi.json)
  Monitor   ws://${at}/v1/monitor   (or in a terminal: npm run seinpost -- watch)
  Registry  ${registry}, in ${dataFolder}
  Carriers  ${names || "none"}`);
  if (textsUrl) console.log(`  Messages  ${textsUrl}   (what the simulated carrier took last)`);
  if (key) console.log(`  API key   ${key}   (shown this once; send it as Authorization: Bearer …)`);
}

function say(problem: Problem): void {
  console.error(`${problem.code}: ${problem.detail}${problem.field ? ` (${problem.field})` : ""}`);
}
