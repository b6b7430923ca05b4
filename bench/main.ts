/**
 * `npm run bench [-- NAME…] [--json]`: every figure of the README, measured here and now. Names choose a part:
 * geometry.5km, selection, scale.16m and so on; a name means all figures that begin with it.
 */
import { cpus, totalmem, type } from "node:os";
import { Command } from "commander";
import { type BenchOptions, inWords, type Report } from "./report.js";

const PARTICIPANTS = 1_600_000;

const NAMES = [
  "geometry.5km",
  "geometry.80km",
  "geometry.nationwide",
  "geometry.copy",
  "selection.5km",
  "selection.nationwide",
  "selection.channels",
  "live.selection",
  "live.applied",
  "submit.rate",
  "submit.throttled",
  "submit.limitUsed",
  "submit.serial",
  "submit.first",
  "nationwide.total",
  "firstSubmit.idle",
  "firstSubmit.city",
  "firstSubmit.busy",
  "firstSubmit.floor",
  "start.ready",
  "memory.rss",
  "update.first",
  "ring.step",
  "live.arrivals",
  "urgent.underLoad",
  "live.moves",
  "self.oracle.sms",
  "self.oracle.mail",
  "keys.lookups",
  "console.count",
  "results.year",
  "media.200",
  "media.page",
  "scale.16m",
];

/** Figures that consist of cases, each with a name of its own behind this one. */
const CASES = ["submit.serial", "submit.first"];

const program = new Command("bench")
  .argument("[names...]", `which figures: ${NAMES.join(", ")}`)
  .option("--json", "one JSON object a line")
  .option("--participants <n>", "size of the registry", String(PARTICIPANTS))
  .option("--seconds <n>", "how long urgent.underLoad goes on", "300")
  .option("--samples <n>", "of self.oracle; ten thousand take four and a half minutes", "10000")
  .option("--tiny", "only enough to see that every benchmark still works")
  .parse();
const { json, participants, seconds, samples, tiny } = program.opts<{
  json?: boolean;
  participants: string;
  seconds: string;
  samples: string;
  tiny?: boolean;
}>();

const wants = (name: string): boolean =>
  program.args.length === 0 || program.args.some((asked) => name === asked || name.startsWith(`${asked}.`));
/** One of the cases of which a figure is the worst. */
const isCaseOf = (name: string, asked: string): boolean => asked.startsWith(`${name}.`);
const isCase = (asked: string): boolean => CASES.some((name) => isCaseOf(name, asked));
const unknown = program.args.filter(
  (asked) => !isCase(asked) && !NAMES.some((name) => name === asked || name.startsWith(`${asked}.`)),
);
if (unknown.length > 0) program.error(`there is no benchmark ${unknown.join(", ")}; there are ${NAMES.join(", ")}`);

const options: BenchOptions = {
  participants: Number(participants),
  seconds: Number(seconds),
  samples: Number(samples),
  tiny: tiny ?? false,
  wants,
};
const report: Report = (line) => {
  if (
    wants(line.name) ||
    ["scale.16m.", "live.moves.", "live.arrivals.", "submit.serial.", "submit.first.", "media."].some((part) =>
      line.name.startsWith(part),
    )
  )
    console.log(json ? JSON.stringify(line) : inWords(line));
};

const machine = `${cpus().length} x ${cpus()[0]!.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()}, Node ${process.version}`;
console.error(`${machine}; ${options.participants.toLocaleString("en")} participants; ${new Date().toISOString()}`);

const any = (...names: string[]): boolean => names.some(wants);
const anyCase = (name: string): boolean => wants(name) || program.args.some((asked) => isCaseOf(name, asked));

type Bench = (report: Report, options: BenchOptions) => Promise<void>;
type FolderBench = (folder: string, ...rest: Parameters<Bench>) => Promise<void>;
/** Each is loaded where it is asked for: to load them all took longer than some of them take. */
const bare = async (loaded: Promise<{ run: Bench }>): Promise<void> => (await loaded).run(report, options);
/** A folder for each: what one has sent, and still awaits receipts for, is not to burden the next. */
const onFolder = async (loaded: Promise<{ run: FolderBench }>): Promise<void> => {
  const [{ run }, { makeFolder }] = await Promise.all([loaded, import("./rig.js")]);
  await run(await makeFolder(options.participants), report, options);
};

if (any("geometry.5km", "geometry.80km", "geometry.nationwide", "geometry.copy"))
  await bare(import("./selection/geometry.js"));
if (any("selection.5km", "selection.nationwide", "selection.channels")) await bare(import("./selection/selection.js"));
if (any("live.selection", "live.applied")) await bare(import("./selection/live.js"));
if (wants("submit.rate")) await onFolder(import("./submit/submit.js"));
if (any("submit.throttled", "submit.limitUsed")) await onFolder(import("./submit/throttled.js"));
if (anyCase("submit.serial")) await bare(import("./submit/serial.js"));
if (anyCase("submit.first")) await bare(import("./submit/first-contact.js"));
if (any("start.ready", "nationwide.total", "memory.rss")) await onFolder(import("./whole.js"));
if (any("firstSubmit.idle", "firstSubmit.city", "firstSubmit.busy", "firstSubmit.floor"))
  await onFolder(import("./submit/first-submit.js"));
if (wants("update.first")) await onFolder(import("./waves/follow-up.js").then(({ updates }) => ({ run: updates })));
if (wants("ring.step")) await bare(import("./waves/follow-up.js").then(({ rings }) => ({ run: rings })));
if (wants("live.arrivals")) await bare(import("./waves/arrivals.js"));
if (wants("urgent.underLoad")) await onFolder(import("./submit/under-load.js"));
if (wants("live.moves")) await bare(import("./selection/moves.js"));
if (wants("console.count")) await onFolder(import("./console.js"));
if (wants("results.year")) await bare(import("./results/results.js"));
if (any("media.200", "media.page")) await onFolder(import("./media/media.js"));
if (wants("keys.lookups")) await onFolder(import("./lookups.js"));
if (any("self.oracle.sms", "self.oracle.mail")) await onFolder(import("./oracle.js"));
if (wants("scale.16m")) await bare(import("./selection/scale.js"));
