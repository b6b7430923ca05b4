/**
 * The command `seinpost` as one tree of commands, options and arguments. Whoever reads the command line, completes it in a
 * shell or prints the manual page reads this tree, so that none of them can know another command than the others.
 */
import { Command } from "commander";
import { emptyVariable } from "../service/configuration.js";
import { VERSION } from "../service/version.js";
import { auditCommand } from "./audit.js";
import { backupCommand, restoreCommand } from "./backup.js";
import { carrierCommand } from "./carrier.js";
import { EXIT } from "./exit-codes.js";
import { completionCommand } from "./help/completion.js";
import { manCommand } from "./help/man.js";
import { keyCommand } from "./key/key.js";
import { keysCommand } from "./keys.js";
import { kindsCommand } from "./kinds/kinds.js";
import { placesCommand } from "./places.js";
import { registryCommand } from "./registry.js";
import { startCommand } from "./start.js";
import { watchCommand } from "./watch/watch.js";

/** What is meant where no command is given. */
export const DEFAULT_COMMAND = "start";

export function makeProgram(): Command {
  const program: Command = new Command("seinpost")
    .description("Dispatch engine for citizen alerting: draw a circle, ask everyone inside it, nearest first")
    .version(`seinpost ${VERSION}`)
    .addCommand(startCommand())
    .addCommand(registryCommand())
    .addCommand(placesCommand())
    .addCommand(carrierCommand())
    .addCommand(kindsCommand())
    .addCommand(keyCommand())
    .addCommand(keysCommand())
    .addCommand(auditCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand())
    .addCommand(watchCommand())
    .addCommand(completionCommand(() => program))
    .addCommand(manCommand(() => program))
    .addHelpText("after", `\nWithout a command it is ${DEFAULT_COMMAND}.`);
  program.hook("preAction", () => {
    const name = emptyVariable(process.env);
    if (name === undefined) return;
    program.error(`seinpost: CONFIGURATION_INVALID: it is set, but empty (${name})`, { exitCode: EXIT.notStarted });
  });
  forEach(program, (command) => void command.exitOverride());
  return program;
}

function forEach(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const inner of command.commands) forEach(inner, visit);
}
