/**
 * `seinpost completion bash`: a script that completes commands, options and the words that an option takes. It is made from
 * the tree of commands and asks nothing while somebody types, so that it is there at once.
 */
import { Argument, Command } from "commander";

export function completionCommand(program: () => Command): Command {
  return new Command("completion")
    .description("print a script that completes this command in a shell: source <(seinpost completion bash)")
    .addArgument(new Argument("<shell>").choices(["bash"]))
    .action(() => void process.stdout.write(bashCompletion(program())));
}

export function bashCompletion(program: Command): string {
  const name = program.name();
  const tree = paths(program);
  const steps = tree.filter(({ path }) => path !== "").map(({ path }) => quoted(path));
  const values = tree.flatMap(({ path, command }) =>
    command.options
      .filter(({ required, optional }) => required || optional)
      .map(
        ({ long, argChoices }) => `    ${quoted(`${path}:${long}`)}) words=${quoted((argChoices ?? []).join(" "))} ;;`,
      ),
  );
  const words = tree.map(({ path, command }) => {
    const options = ["--help", ...command.options.map(({ long }) => long)].join(" ");
    const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
    const inner = [...command.commands.map((one) => one.name()), ...choices].join(" ");
    return `    ${quoted(path)}) words=${quoted(inner)}; options=${quoted(options)} ;;`;
  });
  return `# Completion of ${name} in bash. Where there are no words of its own it completes names of files.
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} path="" word words="" options=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path \${word}" in
    ${steps.join(" | ")}) path="$path $word" ;;
    esac
  done
  case "$path:$before" in
${values.join("\n")}
  *)
    case "$path" in
${words.join("\n")}
    esac
    [[ $current == -* ]] && words=$options
    ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${name} ${name}
`;
}

interface Place {
  /** Names of the commands on the way, each with a space before it. */
  readonly path: string;
  readonly command: Command;
}

function paths(command: Command, path = ""): Place[] {
  return [{ path, command }, ...command.commands.flatMap((inner) => paths(inner, `${path} ${inner.name()}`))];
}

function quoted(text: string): string {
  return `"${text}"`;
}
