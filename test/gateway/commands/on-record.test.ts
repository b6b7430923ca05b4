/** What commands do to the people of a folder on which no service runs is in its trail; beside a service they write nothing. */
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, fstatSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { lockFolder } from "../../../engine/store/lock.js";
import { HEADER_BYTES, PageFile, readMeta } from "../../../engine/store/pages.js";
import type { AuditRecord } from "../../../schemas/api/audit.js";
import { startChild } from "../../children.js";
import { SmallDisk } from "../../crash/disk/small-disk.js";
import { BOUNDARIES, POPULATION } from "../../engine/places/files.js";
import { given } from "../../engine/registry/samples.js";
import { temporaryFolder } from "../../temp-folder.js";

const COMMAND = new URL("../../../gateway/main.js", import.meta.url);
const MEGABYTE = 1_048_576;
const PEOPLE = "number,lng,lat\n0612345678,4.883,52.086\n";

/** `before`: what starts it on a disk of its own. */
async function run(folder: string, args: readonly string[], input = "", before: readonly string[] = []) {
  const [command, ...all] = [...before, process.execPath, COMMAND.pathname, ...args];
  const child = startChild(command!, all, { input, env: { SEINPOST_DATA: folder } });
  const { code } = await child.ended;
  return { code, lines: child.lines, errors: child.errors() };
}

/** The oldest first. */
async function trail(folder: string): Promise<AuditRecord[]> {
  const { lines } = await run(folder, ["audit", "--json"]);
  return lines.map((line) => JSON.parse(line) as AuditRecord).reverse();
}

const told = ({ deed, refused }: AuditRecord) => (refused === null ? deed : `${deed} ${refused}`);

test("who makes, replaces, exports or copies the people of a stopped folder is on record, and what was refused with its code", async () => {
  const [folder, other] = [temporaryFolder(), temporaryFolder()];
  await run(folder, ["registry", "generate", "--participants", "20"]);
  await run(folder, ["registry", "import", "-"], PEOPLE);
  await run(folder, ["registry", "import", "--replace", "-"], PEOPLE);
  expect((await run(folder, ["registry", "export", "-"])).lines).toHaveLength(2);
  await run(folder, ["registry", "export", "/nowhere/people.csv"]);
  expect((await run(folder, ["backup", join(other, "copy")])).code).toBe(0);
  await run(folder, ["registry", "stats"]);
  const records = await trail(folder);
  expect(records.map(told)).toEqual([
    "registry.generated",
    "registry.imported REGISTRY_EXISTS",
    "registry.imported",
    ...["registry.exporting", "registry.exported"],
    ...["registry.exporting", "registry.exported INVALID_FIELD"],
    ...["backup.taking", "backup.taken"],
  ]);
  expect(new Set(records.map(({ by }) => by.kind))).toEqual(new Set(["local"]));
  expect(JSON.stringify(records)).not.toContain("12345678");
});

test("what is refused is on record with its code, also for a key that does not fit", async () => {
  const [folder, files] = [temporaryFolder(), temporaryFolder()];
  await run(folder, ["registry", "import", "-"], PEOPLE);
  const file = (name: string, text: string): string => {
    writeFileSync(join(files, name), text, { mode: 0o600 });
    return join(files, name);
  };
  const otherKey = file("other.kek", "00".repeat(32));
  const copy = join(files, "copy");
  await run(folder, ["backup", copy]);
  const before = (await trail(folder)).length;
  const refused: readonly (readonly [string, readonly string[], string])[] = [
    ["registry.imported REGISTRY_EXISTS", ["registry", "import", "-"], PEOPLE],
    ["registry.imported ROW_INVALID", ["registry", "import", "--replace", "-"], ""],
    ["registry.imported INVALID_FIELD", ["registry", "import", "--replace", "/nowhere/people.csv"], ""],
    ["registry.imported KEY_WRONG", ["registry", "import", "--replace", "--kek-file", otherKey, "-"], PEOPLE],
    ["registry.generated REGISTRY_EXISTS", ["registry", "generate", "--participants", "5"], ""],
    ["backup.restored REGISTRY_EXISTS", ["restore", copy], ""],
    ["backup.restored BACKUP_FAILED", ["restore", files], ""],
    ["encryption.rotated INVALID_FIELD", ["keys", "rotate", "--new-kek-file", `${folder}.kek`], ""],
    ["encryption.rotated KEY_WRONG", ["keys", "rotate", "--kek-file", otherKey, "--new-kek-file", copy], ""],
    ["places.imported IMPORT_REFUSED", ["places", "import", "--population", file("p.csv", "nothing")], ""],
    ["places.imported IMPORT_REFUSED", ["places", "import", "--boundaries", file("b.geojson", "nothing")], ""],
  ];
  for (const [, args, input] of refused) expect([args, (await run(folder, args, input)).code]).toEqual([args, 2]);
  expect((await trail(folder)).slice(before).map(told)).toEqual(refused.map(([record]) => record));
});

test("whoever restores a folder, gives it other keys or other places is on record there; the same places again are nothing", async () => {
  const [folder, files] = [temporaryFolder(), temporaryFolder()];
  await run(folder, ["registry", "import", "-"], PEOPLE);
  const copy = join(files, "copy");
  await run(folder, ["backup", copy]);
  const restored = join(files, "restored");
  expect((await run(restored, ["restore", "--kek-file", `${folder}.kek`, copy])).code).toBe(0);
  // What the backup was taken of had not heard of its end.
  expect((await trail(restored)).map(told)).toEqual(["registry.imported", "backup.taking", "backup.restored"]);
  const [population, boundaries] = [join(files, "p.csv"), join(files, "b.geojson")];
  writeFileSync(population, POPULATION);
  writeFileSync(boundaries, BOUNDARIES);
  const before = (await trail(folder)).length;
  const places = ["places", "import", "--population", population, "--boundaries", boundaries];
  for (const args of [["keys", "rotate", "--new-kek-file", join(files, "new.kek")], places, places]) {
    expect([args, (await run(folder, args)).code]).toEqual([args, 0]);
  }
  expect((await trail(folder)).slice(before).map(told)).toEqual([
    "encryption.rotated",
    ...["places.imported", "places.imported"],
  ]);
});

test("where there was nothing a refusal makes nothing, and beside another process it writes nothing", async () => {
  const home = temporaryFolder();
  await run(join(home, "none"), ["keys", "rotate", "--new-kek-file", join(home, "new.kek")]);
  await run(join(home, "none"), ["restore", home]);
  expect(existsSync(join(home, "none"))).toBe(false);
  const folder = join(home, "data");
  await run(folder, ["registry", "import", "-"], PEOPLE);
  const letGo = given(await lockFolder(folder, () => {}));
  const { code, errors } = await run(folder, ["registry", "import", "--replace", "-"], PEOPLE);
  expect([code, errors]).toEqual([75, expect.stringMatching(/^seinpost: FOLDER_IN_USE: [^\n]*\n$/)]);
  letGo();
  expect((await trail(folder)).map(told)).toEqual(["registry.imported"]);
});

test("one that is killed while it reads them out has left the record of before, and no other", async () => {
  const folder = temporaryFolder();
  await run(folder, ["registry", "import", "-"], PEOPLE);
  const file = join(temporaryFolder(), "people.csv");
  // Whoever opens it to write waits for a reader, and here comes none.
  execFileSync("mkfifo", [`${file}.part`]);
  const child = startChild(process.execPath, [COMMAND.pathname, "registry", "export", file], {
    env: { SEINPOST_DATA: folder },
  });
  while ((await trail(folder)).length < 2) await sleep(20);
  child.process.kill("SIGKILL");
  await child.ended;
  expect((await trail(folder)).map(told)).toEqual(["registry.imported", "registry.exporting"]);
});

test("a folder that another process has is read all the same, and not written to", async () => {
  const folder = temporaryFolder();
  await run(folder, ["registry", "import", "-"], PEOPLE);
  const letGo = given(await lockFolder(folder, () => {}));
  const exported = await run(folder, ["registry", "export", "-"]);
  expect(exported).toMatchObject({ code: 0, lines: { length: 2 } });
  // It has waited for its turn, and so it may show how far it is.
  expect(exported.errors).not.toContain("not on record");
  letGo();
  expect((await trail(folder)).map(told)).toEqual(["registry.imported"]);
});

test("a store in which nothing may be written any more is read all the same, stays as it is, and that is said", async () => {
  const folder = temporaryFolder();
  await run(folder, ["registry", "import", "-"], PEOPLE);
  await run(folder, ["registry", "import", "--replace", "-"], PEOPLE);
  const file = join(folder, "seinpost.lmdb");
  damageFreeList(file);
  const before = readFileSync(file);
  const exported = await run(folder, ["registry", "export", "-"]);
  expect(exported).toMatchObject({ code: 0, lines: { length: 2 } });
  expect(exported.errors).toMatch(/^seinpost: not on record: STORE_UNUSABLE: /);
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("nor is one on a disk that is full", async () => {
  const disk = await SmallDisk.mount(temporaryFolder(), 200 * MEGABYTE);
  if (disk === undefined) return console.log("skipped: no file system can be mounted here (unshare --user --mount)");
  const folder = `${disk.path}/data`;
  const onDisk = (...args: string[]) => run(folder, args, PEOPLE, disk.before);
  expect((await onDisk("registry", "import", "-")).code).toBe(0);
  disk.fill(20 * MEGABYTE);
  const exported = await onDisk("registry", "export", "-");
  expect(exported).toMatchObject({ code: 0, lines: { length: 2 } });
  expect(exported.errors).toMatch(/^seinpost: not on record: DISK_FULL: /);
  disk.free();
  expect((await onDisk("audit")).lines).toEqual([expect.stringContaining("registry.imported")]);
});

/** Which only who writes ever reads. */
function damageFreeList(file: string): void {
  const descriptor = openSync(file, "r+");
  const pages = new PageFile(descriptor, fstatSync(descriptor).size);
  const meta = readMeta(pages);
  if (typeof meta === "string") throw new Error(meta);
  expect(meta.free.root).toBeLessThan(pages.pages);
  writeSync(descriptor, Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, meta.free.root * meta.pageBytes);
  closeSync(descriptor);
}
