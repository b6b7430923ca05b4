/** The command as a whole: what it says of itself, how it ends, and that shell and manual know the commands that there are. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { EXIT_MEANINGS } from "../../../gateway/commands/exit-codes.js";
import { bashCompletion } from "../../../gateway/commands/help/completion.js";
import { makeProgram } from "../../../gateway/commands/program.js";
import { settings } from "../../../gateway/service/configuration.js";
import { startNode } from "../../children.js";
import { temporaryFolder } from "../../temp-folder.js";

const MAIN = new URL("../../../gateway/main.js", import.meta.url);

/** With all commands. */
const PROGRAM = await makeProgram();

async function run(args: readonly string[], env: Record<string, string> = {}) {
  const child = startNode(MAIN, args, { env: { SEINPOST_DATA: join(temporaryFolder(), "none"), ...env } });
  const { code } = await child.ended;
  return { code, said: child.lines.join("\n"), errors: child.errors() };
}

function all(command: Command): Command[] {
  return [command, ...command.commands.flatMap(all)];
}

test("it says its version, which is that of the package", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(await run(["--version"])).toEqual({ code: 0, said: `seinpost ${version}`, errors: "" });
});

describe("what was mistyped ends with 64, does nothing, and gets a hint", () => {
  test.each([
    [["regsitry"], "Did you mean registry?"],
    [["wacth", "--once"], "Did you mean watch?"],
    [["registry", "stat"], "Did you mean stats?"],
    [["backup", "/tmp/x", "--verfy"], "Did you mean --verify?"],
    [["backup"], "missing required argument 'folder'"],
    [["places", "import", "--nonsense"], "unknown option"],
    [["registry", "generate", "--participants", "many"], "whole number"],
    [["key", "create", "--name", "x", "--role", "mayor"], "Allowed choices are controlRoom"],
  ])("%j", async (args, hint) => {
    const { code, said, errors } = await run(args);
    expect([code, said, errors]).toEqual([64, "", expect.stringContaining(hint)]);
  });
});

test("a variable that is set but empty is named, whatever the command, and help is there all the same", async () => {
  for (const [args, name] of [
    [["registry", "stats"], "SEINPOST_DATA"],
    [["watch", "--once"], "SEINPOST_API_KEY"],
    [["backup", "/nowhere"], "SEINPOST_PORT"],
  ] as const) {
    const { code, errors } = await run(args, { [name]: "" });
    expect([args, code, errors]).toEqual([args, 78, expect.stringMatching(`CONFIGURATION_INVALID: .*\\(${name}\\)`)]);
  }
  expect((await run(["watch", "--help"], { SEINPOST_API_KEY: "" })).code).toBe(0);
});

describe("completion in bash", () => {
  const complete = (...words: string[]): string[] => {
    const asked = `COMP_WORDS=(seinpost "$@"); COMP_CWORD=$#; _seinpost; printf '%s\\n' "\${COMPREPLY[@]-}"`;
    const script = bashCompletion(PROGRAM) + asked;
    return execFileSync("bash", ["-uc", script, "bash", ...words], { encoding: "utf8" })
      .trim()
      .split("\n");
  };

  test("is what the command prints", async () => {
    expect((await run(["completion", "bash"])).said).toBe(bashCompletion(PROGRAM).trimEnd());
  });

  test("knows every command and every option at its place", () => {
    for (const [path, command] of paths(PROGRAM)) {
      const inner = command.commands.map((one) => one.name());
      if (inner.length > 0) expect(complete(...path, "")).toEqual(inner);
      const options = command.options.map(({ long }) => long);
      expect(complete(...path, "--")).toEqual(["--help", ...options]);
    }
  });

  test("knows the words that an option or an argument takes, and leaves the others to names of files", () => {
    expect(complete("key", "create", "--role", "m")).toEqual(["municipality"]);
    expect(complete("completion", "")).toEqual(["bash"]);
    expect(complete("backup", "--data", "")).toEqual([""]);
    expect(complete("re")).toEqual(["registry", "restore"]);
  });
});

function paths(command: Command, path: string[] = []): [string[], Command][] {
  return [[path, command], ...command.commands.flatMap((inner) => paths(inner, [...path, inner.name()]))];
}

describe("the manual page", () => {
  test("has every command, option, setting and exit code", async () => {
    const page = (await run(["man"])).said.replaceAll("\\-", "-");
    for (const command of all(PROGRAM)) {
      if (command.commands.length === 0) expect(page).toMatch(new RegExp(`^\\\\fBseinpost .*${command.name()}`, "m"));
      for (const { flags } of command.options)
        if (command.parent?.parent || command.parent) expect(page).toContain(flags);
    }
    for (const [name] of settings()) expect(page).toContain(name);
    for (const words of Object.values(EXIT_MEANINGS)) expect(page).toContain(words);
    expect(page).toContain("pc4,plaats,gemeente_2022");
  });

  test.skipIf(!existsSync("/usr/bin/groff"))("is roff that groff has nothing to say against", async () => {
    const { said } = await run(["man"]);
    const read = spawnSync("groff", ["-man", "-ww", "-Tutf8", "-z", "-rCHECKSTYLE=10"], {
      input: said,
      encoding: "utf8",
    });
    expect([read.status, read.stderr]).toEqual([0, ""]);
  });
});
