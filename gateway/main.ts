#!/usr/bin/env node
/** The command `seinpost`: reads the command line, and gives every end its code (commands/exit-codes.ts). */
import { inspect } from "node:util";
import { CommanderError } from "commander";
import { EXIT } from "./commands/exit-codes.js";
import { leave } from "./commands/leave.js";
import { DEFAULT_COMMAND, makeProgram } from "./commands/program.js";
import { Output } from "./service/output.js";

// Whoever read our progress or our results has gone. That ends no work; that results did not arrive, the exit code tells.
process.stderr.on("error", () => undefined);
process.stdout.on("error", () => {
  process.exitCode = EXIT.notDone;
});

// A mistake of the program's own. Node would say the same, and then call process.exit, which may never come back.
process.on("uncaughtException", (error) => {
  new Output(2).write(`${inspect(error)}\n`);
  leave(EXIT.fatal);
});

// Whatever is written, from the store to an export, is of this user alone.
process.umask(0o077);

const words = process.argv.length > 2 ? process.argv.slice(2) : [DEFAULT_COMMAND];
try {
  await (await makeProgram(words[0])).parseAsync(words, { from: "user" });
} catch (error) {
  // commander has said what it is: a mistake of the command line ends with 1 there, which is another thing here.
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 1 ? EXIT.usage : error.exitCode;
}
