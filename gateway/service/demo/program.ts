/**
 * Programs of the load test that are run as processes of their own, by the product too: a simulated carrier, and the generator of
 * a registry. Nothing of them is imported here; they are known by their place in the build, their options and what they print.
 *
 * Promises that a program never outlives this process, however this one ends: its standard input closes then, upon which it
 * ends. Ctrl-C reaches every process of a terminal; a program leaves it to this one to say when it is over.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** By the names of its command line, as commander gives them: receiptDelayMs: 5 is --receipt-delay-ms=5. */
export type ProgramOptions = Readonly<Record<string, string | number | boolean | undefined>>;

/** Its errors go where ours go. */
export type Program = ChildProcessByStdio<Writable, Readable, null>;

export interface NodeOptions {
  readonly flags?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

/** `script`: from the build's folder `loadtest`. */
export function startProgram(script: string, options: ProgramOptions, node: NodeOptions = {}): Program {
  const path = fileURLToPath(new URL(`../../../loadtest/${script}`, import.meta.url));
  const args = [...(node.flags ?? []), path, ...toArguments(options), "--until-stdin-closes"];
  const env = { ...process.env, ...node.environment };
  return spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"], env });
}

function toArguments(options: ProgramOptions): string[] {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([key, value]) => {
      const option = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      return value === true ? option : `${option}=${value}`;
    });
}

/** Settles when it is gone and all that it printed was read, with how it ended. To be called before anything is waited for. */
export function endOf(program: Program): Promise<string> {
  return new Promise((resolve) => {
    program.once("error", ({ message }) => resolve(`it can't be started: ${message}`));
    program.once("close", (code, signal) => resolve(`it ended with ${signal ?? code}`));
  });
}

/** Calls for each line that was printed to its end: the last one of a program that was killed may be half a line. */
export function onLines(program: Program, onLine: (line: string) => void): void {
  let rest = "";
  program.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) onLine(line);
  });
}
