/**
 * The command `seinpost` as one tree of commands, options and arguments. Whoever reads the command line, completes it in a
 * shell or prints the manual page reads this tree, so that none of them can know another command than the others.
 */
import { Command } from "commander";
import { emptyVariable } from "../service/configuration.js";
import { VERSION } from "../service/version.js";
import { EXIT } from "./exit-codes.js";

/** What is meant where no command is given. */
export const DEFAULT_COMMAND = "start";

/** Each command in the order of the help, loaded from the file that has it. */
const COMMANDS: Readonly<Record<string, (program: () => Command) => Promise<Command>>> = {
  start: async () => (await import("./start.js")).startCommand(),
  registry: async () => (await import("./registry.js")).registryCommand(),
  places: async () => (await import("./places.js")).placesCommand(),
  carrier: async () => (await import("./carrier.js")).carrierCommand(),
  kinds: async () => (await import("./kinds/kinds.js")).kindsCommand(),
  key: async () => (await import("./key/key.js")).keyCommand(),
  keys: async () => (await import("./keys.js")).keysCommand(),
  audit: async () => (await import("./audit.js")).auditCommand(),
  backup: async () => (await import("./backup.js")).backupCommand(),
  restore: async () => (await import("./backup.js")).restoreCommand(),
  watch: async () => (await import("./watch/watch.js")).watchCommand(),
  completion: async (program) => (await import("./help/completion.js")).completionCommand(program),
  man: async (program) => (await import("./help/man.js")).manCommand(program),
};

/** These show all commands. */
const ABOUT_ALL = ["completion", "man"];

/**
 * With all commands, or for a command line that begins with `first` with as many as that needs: to load them all took 0.4 s of
 * processor, and most commands need a third of it.
 */
export async function makeProgram(first?: string): Promise<Command> {
  const program: Command = new Command("seinpost")
    .description("Dispatch engine for citizen alerting: draw a circle, ask everyone inside it, nearest first")
    .version(`seinpost ${VERSION}`)
    .addHelpText("after", `\nWithout a command it is ${DEFAULT_COMMAND}.`);
  const commands = await Promise.all(neededFor(first).map((load) => load(() => program)));
  for (const command of commands) program.addCommand(command);
  program.hook("preAction", () => {
    const name = emptyVariable(process.env);
    if (name === undefined) return;
    program.error(`seinpost: CONFIGURATION_INVALID: it is set, but empty (${name})`, { exitCode: EXIT.notStarted });
  });
  forEach(program, (command) => void command.exitOverride());
  return program;
}

/** A mistyped name needs all, for the hint. */
function neededFor(first: string | undefined) {
  if (first === "--version" || first === "-V") return [];
  if (first === undefined || ABOUT_ALL.includes(first) || !Object.hasOwn(COMMANDS, first))
    return Object.values(COMMANDS);
  return [COMMANDS[first]!];
}

function forEach(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const inner of command.commands) forEach(inner, visit);
}
