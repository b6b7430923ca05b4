import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../temp-folder.js";

const SCHEMAS = fileURLToPath(new URL("../../../schemas", import.meta.url));
const flatc = spawnSync("flatc", ["--version"], { encoding: "utf8" });
if (flatc.error)
  console.log("skipped: flatc is not installed (apt install flatbuffers-compiler), generated code unchecked");

test.skipIf(flatc.error !== undefined)("the committed code is what flatc makes of the schemas", () => {
  const folder = temporaryFolder();
  const sources = readdirSync(SCHEMAS).filter((name) => name.endsWith(".fbs"));
  expect(sources.length).toBeGreaterThan(0);
  const paths = sources.map((name) => join(SCHEMAS, name));
  const made = spawnSync("flatc", ["--ts", "--ts-flat-files", "-o", folder, ...paths], { encoding: "utf8" });
  expect(made.status, made.stderr).toBe(0);
  for (const source of sources) {
    const name = source.replace(".fbs", "_generated.ts");
    expect(readFileSync(join(SCHEMAS, "generated", name), "utf8"), name).toBe(readFileSync(join(folder, name), "utf8"));
  }
});
