/** The package that `npm pack` makes: whoever installs it has the command, and all that the service needs. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { startChild } from "../../children.js";
import { temporaryFolder } from "../../temp-folder.js";

/** As an installation lays it out, but that the dependencies are those of this checkout: it needs no network. */
function install(): string {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const packing = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  const archive = execFileSync("npm", packing, { encoding: "utf8" }).trim();
  execFileSync("tar", ["-xzf", join(folder, archive), "-C", folder]);
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  return join(folder, "package");
}

it("has the command, which starts the service, and nothing of the tests", async () => {
  const installed = install();
  const { bin, version } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  const command = join(installed, bin.seinpost);
  const said = execFileSync(process.execPath, [command, "--version"], { encoding: "utf8" });
  expect(said.trim()).toBe(`seinpost ${version}`);
  for (const room of ["dist/test", "dist/bench", "test", "node_modules"]) {
    expect([room, existsSync(join(installed, room))]).toEqual([room, false]);
  }
  const data = join(installed, "data");
  const generate = [command, "registry", "generate", "--participants", "3000", "--data", data];
  execFileSync(process.execPath, generate, { stdio: "ignore" });
  const env = { SEINPOST_DATA: data, SEINPOST_PORT: "0" };
  const child = startChild(process.execPath, [command, "start"], { env });
  await expect.poll(() => child.lines.join("\n"), { timeout: 60_000 }).toContain("Seinpost is ready.");
  child.process.kill("SIGTERM");
  expect((await child.ended).code).toBe(0);
});
