/**
 * `seinpost man`: the manual page, as roff for man(1), from the tree of commands, the schema of the settings and the table of
 * exit codes. `npm pack` puts it into the package, and an installed one is read with `man seinpost`.
 */
import { Command, type Option } from "commander";
import { settings } from "../../service/configuration.js";
import { VERSION } from "../../service/version.js";
import { EXIT, EXIT_MEANINGS } from "../exit-codes.js";

export function manCommand(program: () => Command): Command {
  return new Command("man")
    .description("print the manual page: seinpost man | man -l -")
    .action(() => void process.stdout.write(manPage(program())));
}

function manPage(program: Command): string {
  const name = program.name();
  const exits = Object.entries(EXIT_MEANINGS) as [keyof typeof EXIT, string][];
  return [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${VERSION}" "User commands"`,
    ".SH NAME",
    `${name} \\- ${plain(program.description())}`,
    ".SH SYNOPSIS",
    `.B ${name}`,
    "[\\fIcommand\\fR] [\\fIoptions\\fR]",
    ".SH DESCRIPTION",
    "Without a command the service starts. Results go to stdout, progress and mistakes to stderr.",
    ".SH COMMANDS",
    ...leaves(program, name).flatMap(({ path, command }) => section(path, command)),
    ".SH ENVIRONMENT",
    "A variable that is set but empty is a mistake.",
    ...settings().flatMap(([variable, words]) => item(bold(variable), words)),
    ".SH EXIT STATUS",
    ...exits.flatMap(([key, words]) => item(bold(String(EXIT[key])), words)),
    "",
  ].join("\n");
}

interface Leaf {
  readonly path: string;
  readonly command: Command;
}

/** Commands that do something, in the order of the help. */
function leaves(command: Command, path: string): Leaf[] {
  if (command.commands.length === 0) return [{ path, command }];
  return command.commands.flatMap((inner) => leaves(inner, `${path} ${inner.name()}`));
}

function section(path: string, command: Command): string[] {
  const names = command.registeredArguments.map((one) => ` \\fI${plain(one.name())}\\fR`).join("");
  const described = command.registeredArguments.filter(({ description }) => description !== "");
  return [
    ".TP",
    `${bold(path)}${names}`,
    sentence(command.description()),
    ...(described.length + command.options.length > 0 ? [".RS"] : []),
    ...described.flatMap((one) => item(`\\fI${plain(one.name())}\\fR`, one.description)),
    ...command.options.flatMap((option) => item(bold(option.flags), optionWords(option))),
    ...(described.length + command.options.length > 0 ? [".RE"] : []),
    ...notes(command),
  ];
}

function optionWords({ description, argChoices, defaultValue, envVar }: Option): string {
  const more = [
    ...(argChoices ? [`one of ${argChoices.join(", ")}`] : []),
    ...(defaultValue !== undefined && defaultValue !== false ? [`default ${defaultValue}`] : []),
    ...(envVar ? [`else ${envVar}`] : []),
  ];
  return [description, ...more].join("; ");
}

/** What the help says after everything else, line for line: formats of files. */
function notes(command: Command): string[] {
  let written = "";
  command.configureOutput({
    writeOut: (text) => {
      written += text;
    },
  });
  command.outputHelp();
  const text = written.slice(command.helpInformation().length).trim();
  return text === "" ? [] : [".PP", ".nf", ...text.split("\n").map(plain), ".fi"];
}

function item(tag: string, words: string): string[] {
  return [".TP", tag, sentence(words)];
}

function bold(text: string): string {
  return `\\fB${plain(text)}\\fR`;
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return plain(/[.!?]$/.test(first) ? first : `${first}.`);
}

/** Text as roff takes it: a backslash and a hyphen are characters, and a dot at the begin of a line is no request. */
function plain(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll(/^([.'])/gm, "\\&$1");
}
