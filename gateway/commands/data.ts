/** What commands on a data folder share: its options, being alone on it, and how they end. */
import { type Command, Option } from "commander";
import { lockFolder } from "../../engine/store/lock.js";
import { makePrivate } from "../../engine/store/private.js";
import { ERRORS, type Problem, type Result } from "../../schemas/errors.js";
import { EXIT } from "./exit-codes.js";
import { type KekOption, kekOption } from "./kek.js";
import { leave } from "./leave.js";

export interface DataOption extends KekOption {
  readonly data: string;
}

/** Where the data folder is. */
export function dataOption(): Option {
  return new Option("--data <folder>", "data folder").env("SEINPOST_DATA").default("./data");
}

/** Gives the command the options of a data folder. */
export function onData(command: Command): Command {
  return command.addOption(dataOption()).addOption(kekOption());
}

/** Writes while no service runs on the folder: it would go on with what was there before. */
export async function alone<T>(folder: string, write: () => Promise<Result<T>>): Promise<Result<T>> {
  const locked = await lockFolder(folder, (problem) => {
    report(problem);
    leave(EXIT.notDone);
  });
  if (!locked.ok) return locked;
  try {
    const mended = makePrivate(folder);
    return mended.ok ? await write() : mended;
  } finally {
    locked.value();
  }
}

function exitCodeOf({ code }: Problem): number {
  if (code === "CONFIGURATION_INVALID") return EXIT.notStarted;
  return ERRORS[code].retry ? EXIT.notNow : EXIT.notDone;
}

/** Says what went wrong; the command then ends as not done, or as not done now. */
export function report(problem: Problem): void {
  const where = problem.field === undefined ? "" : ` (${problem.field})`;
  process.stderr.write(`seinpost: ${problem.code}: ${problem.detail}${where}\n`);
  process.exitCode = exitCodeOf(problem);
}
