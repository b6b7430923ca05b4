/** Whoever made it, and under whatever umask: what the service writes is its user's alone. */
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { makePrivate } from "../../../engine/store/private.js";
import { startNode } from "../../children.js";
import { given } from "../../engine/registry/samples.js";
import { temporaryFolder } from "../../temp-folder.js";
import { Whole } from "../whole.js";

const COMMAND = new URL("../../../gateway/main.js", import.meta.url);

/** With the widest umask there is. */
async function seinpost(folder: string, ...args: string[]) {
  const before = process.umask(0);
  const child = startNode(COMMAND, args, { env: { SEINPOST_DATA: folder } });
  process.umask(before);
  const { code } = await child.ended;
  return { code, errors: child.errors() };
}

/** Of a data folder, and in it. */
const FOLDERS = [".", "media"];

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** Of the folder and all that is in it. */
function modesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder).sort();
  return { ".": modeOf(folder), ...Object.fromEntries(names.map((name) => [name, modeOf(join(folder, name))])) };
}

test("commands under umask 000 leave nothing open: store, keys, backups, what is restored, what is exported", async () => {
  const folder = join(dirname(temporaryFolder()), "new");
  const path = (name: string) => join(dirname(folder), name);
  for (const args of [
    ["registry", "generate", "--data", folder, "--participants", "10"],
    ["key", "create", "--name", "x"],
    ["backup", "--data", folder, path("copy")],
    ["restore", "--data", path("again"), "--kek-file", `${folder}.kek`, path("copy")],
    ["registry", "export", "--data", folder, path("people.csv")],
    ["keys", "rotate", "--data", folder, "--new-kek-file", path("other.kek")],
  ]) {
    expect(await seinpost(folder, ...args)).toMatchObject({ code: 0 });
  }
  const file = { "root.key": "600", "seinpost.lmdb": "600" };
  expect(modesIn(folder)).toEqual({ ".": "700", ...file, "seinpost.lmdb-lock": "600" });
  expect(modesIn(path("copy"))).toEqual({ ".": "700", ...file, "backup.json": "600" });
  expect(modesIn(path("again"))).toMatchObject({ ".": "700", ...file });
  expect(["people.csv", "new.kek", "other.kek"].map((name) => modeOf(path(name)))).toEqual(["600", "600", "600"]);
});

test("a service mends what is too open, whoever opened it, and says what it was", async () => {
  const before = process.umask(0);
  const whole = await Whole.start(50, [{ name: "north" }]);
  process.umask(before);
  const closed = Object.entries(modesIn(whole.folder)).filter(([name]) => !name.endsWith(".submits"));
  expect(closed.filter(([name, mode]) => mode !== (FOLDERS.includes(name) ? "700" : "600"))).toEqual([]);
  expect(closed.map(([name]) => name)).toContain("seinpost.sock");
  await whole.kill();
  for (const name of readdirSync(whole.folder)) chmodSync(join(whole.folder, name), 0o666);
  mkdirSync(join(whole.folder, "left"), { mode: 0o755 });
  chmodSync(whole.folder, 0o777);
  await whole.startEngine();
  const { ".": itself, left, media, ...files } = modesIn(whole.folder);
  expect([itself, left, media, new Set(Object.values(files))]).toEqual(["700", "700", "700", new Set(["600"])]);
});

test("a folder that was private is left as it is", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "x"), "", { mode: 0o600 });
  chmodSync(folder, 0o700);
  expect(given(makePrivate(folder))).toEqual([]);
  chmodSync(join(folder, "x"), 0o640);
  expect(given(makePrivate(folder))).toEqual([join(folder, "x")]);
});

test.skipIf(process.getuid?.() !== 0)("what belongs to another user is refused, and stays as it is", () => {
  const folder = temporaryFolder();
  chmodSync(dirname(folder), 0o755);
  chmodSync(folder, 0o777);
  chownSync(folder, 12_345, 12_345);
  const module = fileURLToPath(new URL("../../../engine/store/private.js", import.meta.url));
  const script = `import(${JSON.stringify(module)}).then(({ makePrivate }) => console.log(JSON.stringify(makePrivate(${JSON.stringify(folder)}))))`;
  const { stdout } = spawnSync(process.execPath, ["-e", script], { uid: 65_534, gid: 65_534, encoding: "utf8" });
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, problem: { code: "STORE_UNUSABLE" } });
  expect([existsSync(folder), modeOf(folder)]).toEqual([true, "777"]);
});
