/**
 * A command on a data folder, as the program runs it, that ends itself by SIGKILL at a step that it is told: arguments are the number
 * of the step, how many milliseconds after it has begun, and the command line. Steps are what changes files, a commit of the store
 * before and after it, and the moment while one is written, which goes on beside this thread. Says when it begins, and in the end
 * how many steps there were and how long they took.
 */
import fs from "node:fs";
import promises, { type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

type Method = (...args: unknown[]) => unknown;
const SYNC = ["openSync", "writeSync", "fsyncSync", "renameSync", "rmSync", "mkdirSync"] as const;
const ASYNC = ["rename", "copyFile", "writeFile", "chmod"] as const;
const [killAt, delayMs, ...args] = process.argv.slice(2) as [string, string, ...string[]];
const write = fs.writeSync;
let steps = 0;
let isRunning = false;

/** `waits`: what was begun goes on in another thread while this one stands still. */
function step(waits = false): void {
  if (!isRunning || ++steps !== Number(killAt)) return;
  if (waits) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(delayMs));
  process.kill(process.pid, "SIGKILL");
}

function stepBefore(object: object, names: readonly string[]): void {
  const methods = object as Record<string, Method>;
  for (const name of names) {
    const method = methods[name]!;
    methods[name] = function (this: unknown, ...given: unknown[]) {
      step();
      return method.apply(this, given);
    };
  }
}

stepBefore(fs, SYNC);
stepBefore(promises, ASYNC);
const openFile = promises.open;
promises.open = async (...given) => {
  step();
  const file: FileHandle = await openFile(...given);
  stepBefore(file, ["write", "sync"]);
  return file;
};
syncBuiltinESMExports();

const { Store } = await import("../../../engine/store/store.js");
const { commit } = Store.prototype;
Store.prototype.commit = async function (put) {
  step();
  const committing = commit.call(this, put);
  step(true);
  const committed = await committing;
  step();
  return committed;
};

const { keysCommand } = await import("../../../gateway/commands/keys.js");
const { registryCommand } = await import("../../../gateway/commands/registry.js");
const { restoreCommand } = await import("../../../gateway/commands/backup.js");
const { Command } = await import("commander");
const program = new Command("seinpost");
program.addCommand(keysCommand()).addCommand(registryCommand()).addCommand(restoreCommand());
const beganAt = performance.now();
process.on("exit", () => write(1, `steps ${steps} ms ${performance.now() - beganAt}\n`));
write(1, "begun\n");
isRunning = true;
await program.parseAsync(["node", "seinpost", ...args]);
