/**
 * `seinpost start`: the service on embedded defaults. Without carriers it starts a simulated one, and
 * then without a registry it makes a generated one; without an API key it makes the first and shows it once.
 */
import { Command } from "commander";
import { readKindsFile } from "../../engine/actions/kinds/shipped.js";
import { LOCAL } from "../../engine/audit/actor.js";
import { SCOPES_OF_ROLE } from "../../engine/rights/scopes.js";
import { newSecret } from "../../engine/rights/secrets.js";
import { failedCommit, Space } from "../../engine/store/space.js";
import { KEK_MADE } from "../../engine/vault/kek.js";
import type { CarrierConfiguration } from "../../schemas/carrier.js";
import { ERRORS, ok, type Problem, type Result } from "../../schemas/errors.js";
import { SCOPES } from "../../schemas/words.js";
import { type Configuration, readConfiguration } from "../service/configuration.js";
import { startDemoCarrier } from "../service/demo/carrier.js";
import { runGenerator } from "../service/demo/generator.js";
import { hasFiles, heedHangups } from "../service/hangups.js";
import { openLog } from "../service/log.js";
import { Output } from "../service/output.js";
import type { Service, ServiceOptions } from "../service/service.js";
import { readCarriers, readCarriersFile } from "../smpp/settings/configuration.js";
import { EXIT } from "./exit-codes.js";
import { leave } from "./leave.js";
import { showProgress } from "./watch/progress.js";

export function startCommand(): Command {
  return new Command("start")
    .description("run the service; settings come from SEINPOST_ variables")
    .action(async () => {
      const started = await start();
      if (started.ok) return;
      say(started.problem);
      // What passes by itself, whoever supervises the process tries again; what is a mistake stays one.
      leave(ERRORS[started.problem.code].retry ? EXIT.notNow : EXIT.notStarted);
    });
}

async function start(): Promise<Result<void>> {
  const configuration = readConfiguration(process.env);
  if (!configuration.ok) return configuration;
  const { carriersFile, kindsFile, apiKey, logLevel, dataFolder } = configuration.value;
  const { log, output } = openLog(logLevel);
  const isReady = heedHangups({ carriersFile, kindsFile }, log);
  process.on("unhandledRejection", (reason) => {
    // lmdb rejects promises of its own that nobody holds when a commit fails (see engine/store/store.ts).
    if (!(reason instanceof Error && "commitError" in reason)) throw reason;
    // They may come before the commit itself says what it failed of.
    say(failedCommit(new Space(dataFolder), reason.message));
    leave(EXIT.fatal);
  });
  const kinds = kindsFile === undefined ? ok(undefined) : readKindsFile(kindsFile);
  if (!kinds.ok) return kinds;
  const configured = await configuredCarriers(carriersFile);
  if (!configured.ok) return configured;
  const { carriers, textsUrl } = configured.value;
  const shown = new Output(1);
  const options: ServiceOptions = {
    ...configuration.value,
    carriers,
    kinds: kinds.value,
    log,
    droppedLogLines: () => output.dropped,
    onFatal: (problem) => {
      say(problem);
      leave(EXIT.fatal);
    },
  };
  // Loaded here: it is a third of what the program loads, and every other command does without.
  const [{ startService }, { startDemonstration }] = await Promise.all([
    import("../service/service.js"),
    import("../service/demo/start.js"),
  ]);
  const service =
    carriersFile === undefined
      ? await startDemonstration(options, () => generateRegistry(options, shown))
      : await startService(options);
  if (!service.ok) return service;
  // Before it is said to be ready: whoever reads that may stop it at once.
  for (const signal of hasFiles(configuration.value) ? ENDING.slice(0, 2) : ENDING) {
    process.once(signal, () => void service.value.close().then(() => process.exit(0)));
  }
  const { keys } = service.value;
  const key = apiKey === undefined && keys.size === 0 ? newSecret() : undefined;
  // Shown before it is on the disk: a start that is cut off between the two would leave a key that nobody knows.
  // Where nobody exists one key may do all, so that whoever tries it sees every page.
  const scopes = carriersFile === undefined && service.value.generated ? SCOPES : SCOPES_OF_ROLE.controlRoom;
  const stored: Promise<Result<unknown>> =
    key === undefined ? Promise.resolve(ok(undefined)) : keys.create({ name: "first", scopes }, LOCAL, key);
  shown.write(announcement(configuration.value, service.value, carriers, key, textsUrl));
  const isStored = await stored;
  if (!isStored.ok) return isStored;
  isReady(service.value);
  return ok(undefined);
}

/** This command, as whoever started it has to call it. */
const SELF = process.env.npm_lifecycle_event === undefined ? "seinpost" : "npm run seinpost --";

/** The last of them only where there is no file to read again: the terminal is gone, or whoever started us. */
const ENDING: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** People who do not exist are for carriers that do not: with real carriers the service starts with nobody. */
async function generateRegistry({ dataFolder, kekFile, log }: ServiceOptions, shown: Output): Promise<Result<unknown>> {
  shown.write("No registry in the data folder: generating one for demonstration.\n");
  const bar = showProgress("participants");
  const generated = await runGenerator(
    { data: dataFolder, kekFile, onlyMissing: true },
    { onProgress: bar.onProgress, onKekMade: (file) => log.warn({ file }, KEK_MADE) },
  );
  bar.stop();
  return generated;
}

interface Configured {
  readonly carriers: CarrierConfiguration[];
  /** Where the messages of a simulated one can be read. */
  readonly textsUrl?: string;
}

async function configuredCarriers(file: string | undefined): Promise<Result<Configured>> {
  if (file === undefined) {
    const carrier = await startDemoCarrier();
    if (!carrier.ok) return carrier;
    const { entry, textsUrl } = carrier.value;
    const carriers = readCarriers(JSON.stringify({ carriers: [entry] }), process.env);
    return carriers.ok ? ok({ carriers: carriers.value, textsUrl }) : carriers;
  }
  const carriers = await readCarriersFile(file, process.env);
  return carriers.ok ? ok({ carriers: carriers.value }) : carriers;
}

function announcement(
  { host, dataFolder }: Configuration,
  service: Service,
  carriers: readonly CarrierConfiguration[],
  key: string | undefined,
  textsUrl: string | undefined,
): string {
  const at = `${host}:${service.port}`;
  const registry = `${service.participants.toLocaleString("en")} participants${service.generated ? " (generated)" : ""}`;
  const names = carriers.map(({ name, host: to, port }) => `${name} at ${to}:${port}`).join(", ");
  const lines = [
    "Seinpost is ready.",
    `  Console   http://${at}/   (sign in with an API key; for citizens http://${at}/me)`,
    `  API       http://${at}/v1   (described in http://${at}/docs)`,
    `  Monitor   ws://${at}/v1/monitor   (or in a terminal: ${SELF} watch)`,
    `  Registry  ${registry}, in ${dataFolder}`,
    `  Carriers  ${names || "none"}`,
  ];
  if (textsUrl) lines.push(`  Messages  ${textsUrl}   (what the simulated carrier took last)`);
  if (key) lines.push(`  API key   ${key}   (shown this once; send it as Authorization: Bearer …)`);
  return `${lines.join("\n")}\n`;
}

function say({ code, detail, field }: Problem): void {
  new Output(2).write(`${code}: ${detail}${field ? ` (${field})` : ""}\n`);
}
