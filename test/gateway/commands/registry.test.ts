import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockFolder } from "../../../engine/store/lock.js";
import { startNode } from "../../children.js";
import { given } from "../../engine/registry/samples.js";
import { temporaryFolder } from "../../temp-folder.js";

const COMMAND = new URL("../../../gateway/main.js", import.meta.url);

async function run(folder: string, args: readonly string[], input = "") {
  const child = startNode(COMMAND, ["registry", ...args], { input, env: { SEINPOST_DATA: folder } });
  const { code } = await child.ended;
  return { code, lines: child.lines, errors: child.errors() };
}

test("generate, export, import and stats work together over files and pipes", async () => {
  const [folder, other] = [temporaryFolder(), temporaryFolder()];
  const made = await run(folder, ["generate", "--participants", "3000", "--seed", "5"]);
  expect(made).toMatchObject({ code: 0 });
  expect(made.lines[0]).toMatch(/^generated 3000 participants/);
  const file = join(folder, "people.csv");
  expect((await run(folder, ["export", file])).code).toBe(0);
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(existsSync(`${file}.part`)).toBe(false);

  const text = readFileSync(file, "utf8");
  expect((await run(other, ["import", "-"], text)).code).toBe(0);
  expect((await run(other, ["export", "-"])).lines.join("\n")).toBe(text.trimEnd());
  const stats = await run(other, ["stats", "--json"]);
  expect(JSON.parse(stats.lines[0]!)).toMatchObject({ participants: 3_000, generated: true, app: 844 });
  expect((await run(other, ["stats"])).lines.slice(0, 2).join(" ")).toMatch(/generated .*participants +3,000/);
});

test("an import with bad rows takes the good ones, names the bad ones on stderr and ends with 1", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "people.csv");
  const header = "participant,number,status,language,kind,lng,lat,channels,schedule,municipality";
  const good = "0,+31612000001,active,nl,home,4.5,52.25,sms:alarm,always,GM0363";
  writeFileSync(file, [header, good, good.replace("nl", "xx")].join("\n"));
  const imported = await run(folder, ["import", file]);
  expect(imported.code).toBe(1);
  expect(imported.errors).toContain("line 3: LANGUAGE_UNKNOWN");
  expect(imported.lines).toEqual([
    "imported 1 participants with 1 locations",
    ...["type: person", "timeZone: Europe/Amsterdam", "inDanger: hours"].map((text) => `without a column ${text}`),
    "the last line has no line end: it may have been cut off",
    "refused 1 of 2 rows: LANGUAGE_UNKNOWN 1",
  ]);
});

test("what another process holds is tried again later: 75, as of a start", async () => {
  const folder = temporaryFolder();
  const letGo = given(await lockFolder(folder, () => {}));
  for (const args of [
    ["generate", "--participants", "10"],
    ["import", "-"],
  ]) {
    const { code, errors } = await run(folder, args);
    expect([args, code, errors]).toEqual([args, 75, expect.stringContaining("FOLDER_IN_USE")]);
  }
  letGo();
});

test("what can't be done ends with 2 and the problem's code, and makes no folder", async () => {
  const folder = join(temporaryFolder(), "data");
  const failing: readonly (readonly [string[], string])[] = [
    [["stats"], "REGISTRY_MISSING"],
    [["export", "-"], "REGISTRY_MISSING"],
    [["export", join(folder, "..", "people.csv")], "REGISTRY_MISSING"],
    [["export", "/nowhere/people.csv"], "INVALID_FIELD"],
    [["import", "/nowhere.csv"], "INVALID_FIELD"],
    [["import", "/tmp"], "INVALID_FIELD"],
    [["generate", "--participants", "0"], "INVALID_FIELD"],
  ];
  for (const [args, said] of failing) {
    const { code, errors } = await run(folder, args);
    expect([args, code, errors]).toEqual([args, 2, expect.stringContaining(said)]);
    expect(existsSync(folder)).toBe(false);
  }
  expect(existsSync(join(folder, "..", "people.csv.part"))).toBe(false);
  expect((await run(folder, ["--help"])).code).toBe(0);
});
