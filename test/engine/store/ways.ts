/** Ways by which two processes reach one data folder without seeing each other. */

import { spawnSync } from "node:child_process";
import { linkSync, mkdirSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { STORE_FILE } from "../../../engine/store/folder.js";

export interface Way {
  readonly name: string;
  /** What the folder is called by it. */
  readonly path: string;
  /** What goes before the command that is to reach it so. */
  readonly before: readonly string[];
  /** Where the process that took it could also serve: it has the network of the others. */
  readonly serves: boolean;
}

/** Whether this process may make namespaces; without, the ways that need them are left out, which is said once. */
function mayUnshare(): boolean {
  const may = spawnSync("unshare", ["-m", "-n", "true"]).status === 0;
  if (!may) console.log("no namespaces here (unshare -m -n): data folders are reached without them");
  return may;
}

/** Makes what they need beside the folder, whose store is there. */
export function waysTo(folder: string): Way[] {
  const beside = (name: string): string => join(dirname(folder), name);
  symlinkSync(folder, beside("link"));
  symlinkSync(dirname(folder), beside("link-of-parent"));
  const here = { before: [], serves: true };
  const ways: Way[] = [
    { ...here, name: "the same path", path: folder },
    { ...here, name: "another path", path: `${dirname(folder)}//./link-of-parent/${basename(folder)}` },
    { ...here, name: "a link", path: beside("link") },
  ];
  if (!mayUnshare()) return ways;
  mkdirSync(beside("mounted"));
  const mount = `mount --bind "${folder}" "${beside("mounted")}" && exec "$0" "$@"`;
  return [
    ...ways,
    { name: "a bind mount", path: beside("mounted"), before: ["unshare", "-m", "sh", "-c", mount], serves: true },
    { name: "another network", path: folder, before: ["unshare", "-n"], serves: false },
    {
      name: "a mount in another network",
      path: beside("mounted"),
      before: ["unshare", "-m", "-n", "sh", "-c", mount],
      serves: false,
    },
  ];
}

/** Another folder, whose store is the same file. */
export function linkedStore(folder: string): string {
  const other = join(dirname(folder), "other");
  mkdirSync(other);
  linkSync(join(folder, STORE_FILE), join(other, STORE_FILE));
  return other;
}
