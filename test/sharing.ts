/**
 * Which files of tests share the process of their worker, one after the other (vitest.config.mjs): those that, with all that they
 * import, open no store, start no thread and no process, and change nothing that belongs to the process. What each of them loads is
 * then loaded once for all: a process of its own costs 0.3 s of processor, as much as most of them work.
 *
 * Reads what was compiled, in which imports of types alone are gone.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** Whatever has one of these may leave something behind, or end the process: a thread that is ended while it loads lmdb's addon does. */
const OWN_PROCESS = ["lmdb", "piscina", "sharp", "node:worker_threads", "node:child_process"];
const IMPORT = /^(?:(?:import|export|\}).*\bfrom |import )"([^"]+)"|\bimport\("([^"]+)"\)/gm;
/** What vitest replaces, and what all of a process have in common. */
const COMMON = /\bvi\.|\bprocess\.(?:on|once|env|exit|exitCode|umask|chdir|kill)\b/;

export function sharing(folder: string): string[] {
  const imports = new Map<string, readonly string[]>();
  const importsOf = (file: string): readonly string[] => {
    const known =
      imports.get(file) ?? [...readFileSync(file, "utf8").matchAll(IMPORT)].map(([, from, later]) => (from ?? later)!);
    imports.set(file, known);
    return known;
  };
  const shares = (file: string): boolean => {
    const seen = new Set([file]);
    for (const each of seen) {
      // Left over from an older build.
      if (!existsSync(each)) return false;
      for (const from of importsOf(each)) {
        if (OWN_PROCESS.includes(from)) return false;
        if (from.startsWith(".")) seen.add(normalize(join(dirname(each), from)));
      }
      if (each.startsWith(folder) && COMMON.test(readFileSync(each, "utf8"))) return false;
    }
    return true;
  };
  // What stands beside the rooms is run by itself before anything is landed.
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => dirname(file) !== ".");
  return files.map((file) => join(folder, file)).filter((file) => file.endsWith(".test.js") && shares(file));
}
