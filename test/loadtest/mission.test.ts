/** The mission, as `npm run mission` plays it, in a small country: whoever reads it follows all three examples to their end. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { EXAMPLES } from "../../loadtest/mission/examples.js";

it("plays each example from the first message to the thanks", async () => {
  const script = "dist/loadtest/mission/mission.js";
  const { stdout } = await promisify(execFile)(process.execPath, [script, "--participants", "20000"]);
  expect(stdout).not.toMatch(/undefined|null|NaN|Invalid/);
  const [head, ...played] = stdout.trim().split("\n\n");
  expect(head).toContain("20,000 participants, none of whom exists");
  expect(played.map((lines) => lines.split("\n")[0])).toEqual(EXAMPLES.map(({ title }) => title));
  for (const [at, { tips, correction, laterTips = [] }] of EXAMPLES.entries()) {
    const lines = played[at]!.split("\n");
    expect(played[at]).toMatch(/\d people would be asked, within about .* for €.*[\d,]+ people are asked: found in/s);
    const answers = lines.flatMap(
      (line) => /somebody answers:? (.*?)(?:, and is asked no more)?$/.exec(line)?.[1] ?? [],
    );
    expect(answers.toSorted()).toEqual([...tips, ...laterTips].toSorted());
    expect(lines.some((line) => line.includes("corrected for the"))).toBe(correction !== undefined);
    expect(lines.at(-1)).toMatch(/who were reached are told: Burgernet: /);
  }
});
