/**
 * The generator of a registry as a program: `node dist/loadtest/registry/main.js --data FOLDER`.
 *
 * Prints a line of JSON (GeneratorLine) for its progress, for a key that it made, and last for what it made or could not. It is
 * alone on the folder while it writes. What it had begun when it was cut off is made anew by the next one.
 */
import { Worker } from "node:worker_threads";
import { Command } from "commander";
import { lockFolder } from "../../engine/store/lock.js";
import { failedCommit, Space } from "../../engine/store/space.js";
import { type DataOption, onData } from "../../gateway/commands/data.js";
import { EXIT } from "../../gateway/commands/exit-codes.js";
import { leave } from "../../gateway/commands/leave.js";
import { putDeed } from "../../gateway/commands/on-record.js";
import type { GeneratorLine, GeneratorOptions } from "../../gateway/service/demo/generator.js";
import type { Problem } from "../../schemas/errors.js";
import { generate } from "./generate.js";

interface Options extends DataOption, Omit<GeneratorOptions, "kekFile"> {
  readonly untilStdinCloses?: boolean;
}

const { data, untilStdinCloses, ...options } = onData(new Command("generator"))
  .description("A registry that looks like the Netherlands")
  .option("--participants <n>", "how many (default 1600000)", Number)
  .option("--seed <n>", "the same seed gives the same people (default 1)", Number)
  .option("--postcodes <file>", "homes follow this file of the population")
  .option("--replace", "replace the registry that is there")
  .option("--only-missing", "a registry that is there is as good")
  .option("--until-stdin-closes", "stop when standard input ends")
  .parse()
  .opts<Options>();

function say(line: GeneratorLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function refuse(problem: Problem): never {
  say({ kind: "problem", problem });
  process.exit(EXIT.notDone);
}

/** The same in the middle of it. */
function giveUp(problem: Problem): void {
  say({ kind: "problem", problem });
  leave(EXIT.notDone);
}

if (untilStdinCloses) {
  new Worker(new URL("./until-stdin-closes.js", import.meta.url)).unref();
  // Nobody reads it any more, which the thread is about to find out.
  process.stdout.on("error", () => {});
  process.on("SIGINT", () => {});
}
process.on("unhandledRejection", (reason) => {
  // lmdb rejects promises of its own that nobody holds when a commit fails (see engine/store/store.ts).
  if (!(reason instanceof Error && "commitError" in reason)) throw reason;
  giveUp(failedCommit(new Space(data), reason.message));
});

const locked = await lockFolder(data, giveUp);
if (!locked.ok) refuse(locked.problem);
const made = await generate(
  data,
  {
    ...options,
    onKekMade: (file) => say({ kind: "kekMade", file }),
    alongside: (store) => putDeed(store, "registry.generated"),
  },
  (progress) => say({ kind: "progress", progress }),
);
locked.value();
if (!made.ok) refuse(made.problem);
const { registry, unmatchedMunicipalities } = made.value;
const { participants, locations } = registry;
say({ kind: "generated", generated: { participants, locations, unmatchedMunicipalities } });
