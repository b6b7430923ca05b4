/** Child processes of tests: started from the build, read line by line, ended with the test. */

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

export interface Child {
  readonly process: ChildProcess;
  /** Lines on stdout so far. */
  readonly lines: string[];
  readonly errors: () => string;
  /** Settles when it has ended and everything it said was read. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface ChildOptions {
  readonly onLine?: (line: string) => void;
  readonly input?: string;
  readonly env?: Record<string, string>;
  /** Leads a group of its own, with all that it starts: a signal to minus its id reaches all of them. */
  readonly detached?: boolean;
}

export function startChild(command: string, args: readonly string[], options: ChildOptions = {}): Child {
  const { detached = false } = options;
  const child = spawn(command, args, { stdio: "pipe", env: { ...process.env, ...options.env }, detached });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const lines: string[] = [];
  let errors = "";
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    options.onLine?.(line);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  return { process: child, lines, errors: () => errors, ended };
}

export function startNode(script: URL, args: readonly string[], options: ChildOptions = {}): Child {
  return startChild(process.execPath, [script.pathname, ...args], options);
}
