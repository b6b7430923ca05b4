/** `seinpost registry generate` and the generator that it starts: neither outlives the other, whichever is ended, and by what. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Child, startNode } from "../../../children.js";
import { temporaryFolder } from "../../../temp-folder.js";

const MAIN = new URL("../../../../gateway/main.js", import.meta.url);

/** A country, so that it is far from done; with the process that makes it. */
async function generating(folder: string): Promise<{ command: Child; generator: number }> {
  const command = startNode(MAIN, ["registry", "generate", "--data", folder], { detached: true });
  const found = () => childrenOf(command.process.pid!).find((pid) => argumentsOf(pid).includes("registry/main.js"));
  // It writes, so it is past its own start.
  await expect.poll(() => existsSync(`${folder}.kek`), { timeout: 30_000 }).toBe(true);
  return { command, generator: found()! };
}

function childrenOf(parent: number): number[] {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes.map(Number).filter((pid) => new RegExp(`^PPid:\\s+${parent}$`, "m").test(read(pid, "status")));
}

const argumentsOf = (pid: number): string => read(pid, "cmdline").replaceAll("\0", " ");

/** Nothing once it is gone. */
function read(pid: number, name: string): string {
  const path = `/proc/${pid}/${name}`;
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

it("a generator that is killed is an error by name", async () => {
  const { command, generator } = await generating(temporaryFolder());
  process.kill(generator, "SIGKILL");
  expect([await command.ended, command.lines]).toEqual([{ code: 75, signal: null }, []]);
  expect(command.errors()).toContain(
    "seinpost: PROCESS_FAILED: the generator did not make the registry: it ended with SIGKILL",
  );
});

it.each([
  ["Ctrl-C, which reaches both", "SIGINT", -1],
  ["SIGTERM to the command", "SIGTERM", 1],
  ["SIGKILL to the command", "SIGKILL", 1],
] as const)("%s ends both, and says nothing", async (_, signal, whom) => {
  const folder = temporaryFolder();
  const { command } = await generating(folder);
  process.kill(whom * command.process.pid!, signal);
  // Its stderr is that of the generator, so this waits for both.
  expect(await command.ended).toEqual({ code: null, signal });
  expect(command.lines).toEqual([]);
  // What it says while it works, where it came to that.
  expect(command.errors()).toMatch(/^(seinpost: a key encryption key was made.*\n)?(participants: .*\n)*$/);
  const again = startNode(MAIN, ["registry", "generate", "--participants", "3000", "--data", folder]);
  expect([(await again.ended).code, again.lines[0]]).toEqual([0, expect.stringMatching(/^generated 3000 /)]);
});
