/**
 * The command of the carrier simulator: `node dist/loadtest/carrier/simulator.js --name A`.
 *
 * Prints one line of JSON, `{"name","smppPort","controlPort","pid"}`, when it listens. Stops on SIGTERM and SIGINT; with
 * --until-stdin-closes on SIGTERM and when whoever started it is gone.
 */
import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { CHOICES, type Choice, personalitiesText } from "../personalities/table.js";
import { createControl, listenControl } from "./control.js";
import { Simulator } from "./core.js";
import { changedSettings, DEFAULT_SETTINGS } from "./settings.js";

function numeric(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("not a number from 0.");
  return value;
}

function share(text: string): number {
  const value = numeric(text);
  if (value > 1) throw new InvalidArgumentError("a share is from 0 to 1.");
  return value;
}

/** Names with commas between them; the option may be given again. */
function choices(text: string, before: readonly Choice[]): Choice[] {
  const names = text.split(",").filter((name) => name !== "");
  const known = CHOICES.filter((choice) => names.includes(choice));
  const unknown = names.find((name) => !known.some((choice) => choice === name));
  if (unknown !== undefined) throw new InvalidArgumentError(`there is no personality "${unknown}"; --help lists them.`);
  return [...before, ...known];
}

interface Options {
  name: string;
  port: number;
  controlPort: number;
  rate: number;
  latencyMs: number;
  receipts: number;
  receiptDelayMs: number;
  fail: number;
  refuse: number;
  throttleAbove: number;
  replies: number;
  texts: number;
  personality: Choice[];
  deviationShare: number;
  deviationDelayMs: number;
  deviationTimeoutMs: number;
  deviationPeriodMs: number;
  serviceMs: number;
  queuePlaces: number;
  deviationSwingMs: number;
  deviationPauseMs: number;
  deviationStatus: number;
  tlsCert?: string;
  tlsKey?: string;
  systemId?: string;
  password?: string;
  log?: string;
  seed: number;
  untilStdinCloses: boolean;
}

const command = new Command("simulator")
  .description("An SMS carrier on loopback: takes submit_sm, answers, sends receipts, and remembers what it got")
  .option("--name <name>", "what it calls itself in bind responses", "simulator")
  .option("--port <n>", "port for SMPP; 0: any", numeric, 0)
  .option("--control-port <n>", "port for control by HTTP; 0: any", numeric, 0)
  .option("--rate <n>", "submits answered a second; 0: no limit", numeric, DEFAULT_SETTINGS.rate)
  .option("--latency-ms <n>", "from a submit to its answer", numeric, DEFAULT_SETTINGS.latencyMs)
  .option("--receipts <share>", "of the submits that ask for a receipt", share, DEFAULT_SETTINGS.receipts)
  .option("--receipt-delay-ms <n>", "from an answer to its receipt", numeric, DEFAULT_SETTINGS.receiptDelayMs)
  .option("--fail <share>", "of the receipts that say undeliverable", share, DEFAULT_SETTINGS.fail)
  .option("--refuse <share>", "of the numbers that are refused for good", share, DEFAULT_SETTINGS.refuse)
  .option("--throttle-above <n>", "submits a second; 0: no limit", numeric, DEFAULT_SETTINGS.throttleAbove)
  .option("--replies <share>", "of the recipients, who send a message back", share, DEFAULT_SETTINGS.replies)
  .option("--texts <n>", "of how many submits the text is kept, for GET /texts", numeric, DEFAULT_SETTINGS.texts)
  .option("--personality <names>", "in which ways it deviates, with commas; see below", choices, [])
  .option("--deviation-share <share>", "what is done by chance", share, DEFAULT_SETTINGS.deviationShare)
  .option("--deviation-delay-ms <n>", "how late, at most", numeric, DEFAULT_SETTINGS.deviationDelayMs)
  .option("--deviation-timeout-ms <n>", "how late what is too late", numeric, DEFAULT_SETTINGS.deviationTimeoutMs)
  .option("--deviation-period-ms <n>", "what is done now and then", numeric, DEFAULT_SETTINGS.deviationPeriodMs)
  .option("--service-ms <n>", "how long a message takes that is done alone", numeric, DEFAULT_SETTINGS.serviceMs)
  .option("--queue-places <n>", "how many may wait for that", numeric, DEFAULT_SETTINGS.queuePlaces)
  .option("--deviation-swing-ms <n>", "to ten times slower, and back", numeric, DEFAULT_SETTINGS.deviationSwingMs)
  .option("--deviation-pause-ms <n>", "how long it pauses", numeric, DEFAULT_SETTINGS.deviationPauseMs)
  .option(
    "--deviation-status <n>",
    "what refuse-all, refuse-some and any-code answer",
    numeric,
    DEFAULT_SETTINGS.deviationStatus,
  )
  .option("--tls-cert <file>", "PEM of a certificate: it then speaks TLS alone")
  .option("--tls-key <file>", "PEM of its key")
  .option("--system-id <id>", "the only system_id that may bind")
  .option("--password <password>", "the only password that may bind")
  .option("--log <file>", "append what arrives to this file, before it is answered")
  .option("--seed <n>", "which numbers are refused or fail", numeric, 1)
  .option("--until-stdin-closes", "stop when standard input ends", false)
  .addHelpText("after", `\n${personalitiesText()}`)
  .parse();

const { name, port, controlPort, systemId, password, log, seed, untilStdinCloses, tlsCert, tlsKey, ...said } =
  command.opts<Options>();
if ((tlsCert === undefined) !== (tlsKey === undefined)) command.error("--tls-cert and --tls-key go together");
const { personality: personalities, ...rest } = said;
const settings = changedSettings(DEFAULT_SETTINGS, { ...rest, personalities });
const tls =
  tlsCert !== undefined && tlsKey !== undefined
    ? { cert: readFileSync(tlsCert, "utf8"), key: readFileSync(tlsKey, "utf8") }
    : undefined;
const simulator = new Simulator(name, settings, { systemId, password }, seed, log, tls);
const control = createControl(simulator);

function stop(): void {
  simulator.close();
  control.close();
  process.exit(0);
}

process.once("SIGTERM", stop);
if (untilStdinCloses) {
  process.stdin.once("close", stop).resume();
  // Ctrl-C reaches every process of the terminal: the one that started this still wants answers while it stops.
  process.on("SIGINT", () => {});
} else {
  process.once("SIGINT", stop);
}

const smppPort = await simulator.listen(port);
const boundControlPort = await listenControl(control, controlPort);
process.stdout.write(`${JSON.stringify({ name, smppPort, controlPort: boundControlPort, pid: process.pid })}\n`);
