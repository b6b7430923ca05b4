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
import { changedSettings, DEFAULT_SETTINGS, type SimulatorSettings } from "./settings.js";

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

type NumericSettings = Omit<SimulatorSettings, "pause" | "personalities">;

/** What each setting that is a number means, in the order of --help; its option is its name with hyphens. */
const NUMBERS: Readonly<Record<keyof NumericSettings, readonly [form: "n" | "share", means: string]>> = {
  rate: ["n", "submits answered a second; 0: no limit"],
  latencyMs: ["n", "from a submit to its answer"],
  receipts: ["share", "of the submits that ask for a receipt"],
  receiptDelayMs: ["n", "from an answer to its receipt"],
  fail: ["share", "of the receipts that say undeliverable"],
  refuse: ["share", "of the numbers that are refused for good"],
  throttleAbove: ["n", "submits a second; 0: no limit"],
  replies: ["share", "of the recipients, who send a message back"],
  texts: ["n", "of how many submits the text is kept, for GET /texts"],
  deviationShare: ["share", "what is done by chance"],
  deviationDelayMs: ["n", "how late, at most"],
  deviationTimeoutMs: ["n", "how late what is too late"],
  deviationPeriodMs: ["n", "what is done now and then"],
  serviceMs: ["n", "how long a message takes that is done alone"],
  queuePlaces: ["n", "how many may wait for that"],
  deviationSwingMs: ["n", "to ten times slower, and back"],
  deviationPauseMs: ["n", "how long it pauses"],
  deviationStatus: ["n", "what refuse-all, refuse-some and any-code answer"],
};

interface Options extends NumericSettings {
  name: string;
  port: number;
  controlPort: number;
  personality: Choice[];
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
  .option("--personality <names>", "in which ways it deviates, with commas; see below", choices, [])
  .option("--tls-cert <file>", "PEM of a certificate: it then speaks TLS alone")
  .option("--tls-key <file>", "PEM of its key")
  .option("--system-id <id>", "the only system_id that may bind")
  .option("--password <password>", "the only password that may bind")
  .option("--log <file>", "append what arrives to this file, before it is answered")
  .option("--seed <n>", "which numbers are refused or fail", numeric, 1)
  .option("--until-stdin-closes", "stop when standard input ends", false)
  .addHelpText("after", `\n${personalitiesText()}`);
for (const name of Object.keys(NUMBERS) as (keyof NumericSettings)[]) {
  const [form, means] = NUMBERS[name];
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  command.option(`--${flag} <${form}>`, means, form === "share" ? share : numeric, DEFAULT_SETTINGS[name]);
}
command.parse();

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
