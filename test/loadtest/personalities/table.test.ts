/** Every personality is in the handbook and in --help, in the same words. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { PERSONALITIES, PERSONALITY_NAMES } from "../../../loadtest/personalities/table.js";

test("loadtest/README.md and --help list all of them", () => {
  const readme = readFileSync(new URL("../../../../loadtest/README.md", import.meta.url), "utf8");
  const script = fileURLToPath(new URL("../../../loadtest/carrier/simulator.js", import.meta.url));
  const help = execFileSync(process.execPath, [script, "--help"], { encoding: "utf8" });
  for (const name of PERSONALITY_NAMES) {
    const [, does, where] = PERSONALITIES[name];
    expect(readme).toContain(`| \`${name}\` | ${does} | ${where} |`);
    expect(help).toMatch(new RegExp(`^ +${name} +${does.replaceAll("^", "\\^")}$`, "m"));
  }
});
