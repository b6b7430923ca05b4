/** The bench of the carrier's thread alone, tiny, so that it can't rot. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("bench/submit/submit-raw runs, and every submission is acknowledged", () => {
  const bench = fileURLToPath(new URL("../../../../bench/submit/submit-raw.js", import.meta.url));
  const output = execFileSync(process.execPath, [bench, "5000", "2"], { encoding: "utf8", timeout: 60_000 });
  expect(output).toContain("5000 acknowledged, 0 refused");
});
