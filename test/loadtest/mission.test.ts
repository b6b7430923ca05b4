/** The mission, as `npm run mission` plays it, in a small country: whoever reads it follows all three examples to their end. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { EXAMPLES, type Photos } from "../../loadtest/mission/examples.js";

it("plays each example from the first message to the thanks", async () => {
  const script = "dist/loadtest/mission/mission.js";
  const { stdout } = await promisify(execFile)(process.execPath, [script, "--participants", "20000"]);
  expect(stdout).not.toMatch(/undefined|null|NaN|Invalid/);
  const [head, ...played] = stdout.trim().split("\n\n");
  expect(head).toContain("20,000 participants, none of whom exists");
  expect(played.map((lines) => lines.split("\n")[0])).toEqual(EXAMPLES.map(({ title }) => title));
  for (const [at, { tips, correction, laterTips = [], photos }] of EXAMPLES.entries()) {
    const lines = played[at]!.split("\n");
    expect(played[at]).toMatch(/\d people would be asked, within about .* for €.*[\d,]+ people are asked: found in/s);
    const answers = lines.flatMap(
      (line) => /somebody answers(?::| (?=STOP)) ?(.*?)(?:, and is asked no more)?$/.exec(line)?.[1] ?? [],
    );
    expect(answers.toSorted()).toEqual([...tips, ...laterTips].toSorted());
    expect(lines.some((line) => line.includes("corrected for the"))).toBe(correction !== undefined);
    if (photos !== undefined) expectPhotos(played[at]!, photos);
    expect(lines.at(-1)).toMatch(/who were reached are told: Burgernet: /);
  }
});

/** In the order in which they happen: in by a link, out on the page, and back by it. */
function expectPhotos(played: string, { call, reply, answer }: Photos): void {
  const link = "https://burgernet\\.example/[au]/[A-Za-z0-9]{11}";
  const told = [
    ...[call, `a link that counts once: .*${link}`, "their photo is in, \\d+ kB", `made unreadable, on ${link}`],
    ...[
      `Dutch +Burgernet: .*${link}`,
      "people are asked",
      "that tip is useful, and becomes an update",
      "corrected for",
    ],
    ...[
      "sees 1 photo of \\d+ kB",
      `with a photo of \\d+ kB: ${reply}`,
      `by a code they read: ${answer.replaceAll(".", "\\.")}`,
    ],
  ];
  expect(played).toMatch(new RegExp(told.join("[^]*")));
}
