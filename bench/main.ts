/**
 * `npm run bench [-- NAME…] [--json]`: every figure of the README, measured here and now. Names choose a part:
 * geometry.5km, selection, scale.16m and so on; a name means all figures that begin with it.
 */
import { cpus, totalmem, type } from "node:os";
import { Command } from "commander";
import { run as lookups } from "./lookups.js";
import { run as media } from "./media/media.js";
import { run as oracle } from "./oracle.js";
import { type BenchOptions, inWords, type Report } from "./report.js";
import { run as results } from "./results/results.js";
import { makeFolder } from "./rig.js";
import { run as geometry } from "./selection/geometry.js";
import { run as live } from "./selection/live.js";
import { run as moves } from "./selection/moves.js";
import { run as scale } from "./selection/scale.js";
import { run as selection } from "./selection/selection.js";
import { run as firstContact } from "./submit/first-contact.js";
import { run as firstSubmit } from "./submit/first-submit.js";
import { run as serial } from "./submit/serial.js";
import { run as submit } from "./submit/submit.js";
import { run as throttled } from "./submit/throttled.js";
import { run as underLoad } from "./submit/under-load.js";
import { run as arrivals } from "./waves/arrivals.js";
import { rings, updates } from "./waves/follow-up.js";
import { run as whole } from "./whole.js";

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
if (any("geometry.5km", "geometry.80km", "geometry.nationwide", "geometry.copy")) await geometry(report, options);
if (any("selection.5km", "selection.nationwide", "selection.channels")) await selection(report, options);
if (any("live.selection", "live.applied")) await live(report, options);
// A folder for each: what one has sent, and still awaits receipts for, is not to burden the next.
if (wants("submit.rate")) await submit(await makeFolder(options.participants), report, options);
if (any("submit.throttled", "submit.limitUsed"))
  await throttled(await makeFolder(options.participants), report, options);
const anyCase = (name: string): boolean => wants(name) || program.args.some((asked) => isCaseOf(name, asked));
if (anyCase("submit.serial")) await serial(report, options);
if (anyCase("submit.first")) await firstContact(report, options);
if (any("start.ready", "nationwide.total", "memory.rss")) {
  await whole(await makeFolder(options.participants), report, options);
}
if (any("firstSubmit.idle", "firstSubmit.city", "firstSubmit.busy", "firstSubmit.floor")) {
  await firstSubmit(await makeFolder(options.participants), report, options);
}
if (wants("update.first")) await updates(await makeFolder(options.participants), report, options);
if (wants("ring.step")) await rings(report, options);
if (wants("live.arrivals")) await arrivals(report, options);
if (wants("urgent.underLoad")) await underLoad(await makeFolder(options.participants), report, options);
if (wants("live.moves")) await moves(report, options);
if (wants("results.year")) await results(report, options);
if (any("media.200", "media.page")) await media(await makeFolder(options.participants), report, options);
if (wants("keys.lookups")) await lookups(await makeFolder(options.participants), report, options);
if (any("self.oracle.sms", "self.oracle.mail")) await oracle(await makeFolder(options.participants), report, options);
if (wants("scale.16m")) await scale(report, options);
