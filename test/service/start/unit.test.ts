/** What the systemd unit allows against what the service asks of the kernel, where strace tells. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startChild, startNode } from "../../children.js";
import { temporaryFolder } from "../../temp-folder.js";

const MAIN = new URL("../../../gateway/main.js", import.meta.url);
const UNIT = "gateway/operations/seinpost.service";

function isInstalled(): boolean {
  const found = ["strace", "systemd-analyze"].filter((one) => spawnSync(one, ["--version"]).error === undefined);
  if (found.length < 2) console.log("skipped: strace or systemd-analyze is not installed");
  return found.length === 2;
}

/** System calls of each set, such as @system-service. */
function callSets(): Map<string, Set<string>> {
  const listed = execFileSync("systemd-analyze", ["syscall-filter", "--no-pager"], { encoding: "utf8", stdio: "pipe" });
  const named = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of listed.split("\n")) {
    if (line.startsWith("@")) {
      lines = [];
      named.set(line, lines);
    } else if (!/^\s*(#|$)/.test(line)) lines.push(line.trim());
  }
  const flat = (name: string): string[] => named.get(name)!.flatMap((one) => (one.startsWith("@") ? flat(one) : [one]));
  return new Map([...named.keys()].map((name) => [name, new Set(flat(name))]));
}

/** As systemd reads the lines of a filter: the first allows, "~" takes away; @default is always allowed. */
function allowedCalls(): Set<string> {
  const sets = callSets();
  const filters = [...readFileSync(UNIT, "utf8").matchAll(/^SystemCallFilter=(~?)(.*)$/gm)];
  const allowed = new Set(sets.get("@default"));
  for (const [, sign, names] of filters) {
    for (const call of names!.split(" ").flatMap((name) => [...sets.get(name)!])) {
      if (sign === "~") allowed.delete(call);
      else allowed.add(call);
    }
  }
  return allowed;
}

test.skipIf(!isInstalled())(
  "the unit allows every system call of a service that starts, serves and stops",
  async () => {
    const data = temporaryFolder();
    const trace = join(data, "..", "trace");
    const made = startNode(MAIN, ["registry", "generate", "--participants", "3000", "--data", data]);
    expect((await made.ended).code).toBe(0);
    // -D: the process that is started is the service itself, and the tracer is beside it.
    const traced = ["-D", "-f", "-qq", "-e", "signal=none", "-o", trace, process.execPath, MAIN.pathname, "start"];
    const child = startChild("strace", traced, { env: { SEINPOST_DATA: data, SEINPOST_PORT: "0" } });
    const said = (pattern: RegExp) => pattern.exec(child.lines.join("\n"))?.[1];
    await expect.poll(() => said(/API +(http:\S+)\/v1/), { timeout: 90_000 }).toBeDefined();
    expect((await fetch(`${said(/API +(http:\S+)\/v1/)}/openapi.json`)).status).toBe(200);
    child.process.kill("SIGTERM");
    expect((await child.ended).code).toBe(0);
    const calls = readFileSync(trace, "utf8").matchAll(/^\d+ +(?:<\.\.\. )?([a-z_0-9]+)(?:\(| resumed)/gm);
    const used = new Set([...calls].map(([, call]) => call!));
    expect(used.size).toBeGreaterThan(40);
    const allowed = allowedCalls();
    expect([...used].filter((call) => !allowed.has(call))).toEqual([]);
  },
);
