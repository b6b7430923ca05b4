import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { STORE_FILE } from "../../../engine/store/folder.js";
import { lockFolder } from "../../../engine/store/lock.js";
import { Store } from "../../../engine/store/store.js";
import type { Problem } from "../../../schemas/errors.js";
import { type Child, startChild } from "../../children.js";
import { temporaryFolder } from "../../temp-folder.js";
import { given } from "../registry/samples.js";
import { linkedStore, type Way, waysTo } from "./ways.js";

const CHILD = new URL("./lock-child.js", import.meta.url).pathname;
const HELD = "FOLDER_IN_USE: another service runs on this data folder";

async function folderWithStore(): Promise<string> {
  const folder = temporaryFolder();
  await given(Store.open(folder)).close();
  return folder;
}

/** What the child says first. */
async function lockBy({ before, path }: Pick<Way, "before" | "path">): Promise<{ child: Child; said: string }> {
  const [command, ...args] = [...before, process.execPath, CHILD, path];
  let heard = (_: string): void => undefined;
  const line = new Promise<string>((resolve) => {
    heard = resolve;
  });
  const child = startChild(command!, args, { onLine: (text) => heard(text) });
  const said = await Promise.race([line, child.ended.then(() => child.errors())]);
  return { child, said };
}

const lockAt = (path: string) => lockBy({ before: [], path });

async function kill({ child }: { child: Child }): Promise<void> {
  child.process.kill("SIGKILL");
  await child.ended;
}

describe("a locked data folder", () => {
  it("is locked by whatever way it is reached, and free again after SIGKILL", async () => {
    const ways = waysTo(await folderWithStore());
    for (const [index, first] of ways.entries()) {
      const holder = await lockBy(first);
      expect([first.name, holder.said]).toEqual([first.name, "locked"]);
      const second = ways[(index + 1) % ways.length]!;
      expect([first.name, second.name, (await lockBy(second)).said]).toEqual([first.name, second.name, HELD]);
      await kill(holder);
    }
    expect((await lockBy(ways[0]!)).said).toBe("locked");
  });

  it("is locked before there is anything in it, or it is there at all", async () => {
    const folder = join(temporaryFolder(), "of", "tomorrow");
    expect((await lockAt(folder)).said).toBe("locked");
    expect((await lockAt(folder)).said).toBe(HELD);
  });

  it("shares no store with another folder", async () => {
    const folder = await folderWithStore();
    const other = linkedStore(folder);
    const holder = await lockAt(folder);
    expect((await lockAt(other)).said).toBe(HELD);
    await kill(holder);
    expect((await lockAt(other)).said).toBe("locked");
  });

  it("is let go by its holder, and given to one of many who want it", async () => {
    const folder = await folderWithStore();
    const unlock = given(await lockFolder(folder, neverLost));
    unlock();
    const said = (await Promise.all([1, 2, 3, 4].map(() => lockAt(folder)))).map((each) => each.said);
    expect(said.sort()).toEqual([HELD, HELD, HELD, "locked"]);
  });
});

const neverLost = (problem: Problem): void => expect.fail(problem.detail);

describe("a lock is lost", () => {
  const losses: [string, (folder: string) => void][] = [
    ["the folder is moved", (folder) => renameSync(folder, `${folder}-moved`)],
    ["the folder is removed", (folder) => rmSync(folder, { recursive: true })],
    [
      "another folder comes in its place",
      (folder) => {
        renameSync(folder, `${folder}-moved`);
        mkdirSync(folder);
      },
    ],
    ["the store is removed", (folder) => rmSync(join(folder, STORE_FILE))],
    ["another store comes in its place", (folder) => replaceStore(folder)],
  ];

  it(`when ${losses.map(([what]) => what).join(", or ")}; its holder is told once`, async () => {
    await Promise.all(losses.map(([what, lose]) => expectLoss(what, lose)));
  });

  it("when the system has taken it back", () => expectLoss("unlocked", unlockAll));

  it("when a store that was made under it is replaced", async () => {
    const folder = temporaryFolder();
    const told: Problem[] = [];
    const unlock = given(await lockFolder(folder, (problem) => told.push(problem)));
    await given(Store.open(folder)).close();
    // Looked at from within: whoever tried to lock it would be in the way of the one that is to.
    await expect.poll(() => isLockedHere(join(folder, STORE_FILE)), { timeout: 20_000 }).toBe(true);
    expect((await lockAt(linkedStore(folder))).said).toBe(HELD);
    expect(told).toEqual([]);
    replaceStore(folder);
    await expect.poll(() => told.length, { timeout: 20_000 }).toBe(1);
    expect(told[0]!.detail).toContain("taken away or replaced");
    unlock();
  });
});

async function expectLoss(what: string, lose: (folder: string) => void): Promise<void> {
  const folder = await folderWithStore();
  const told: Problem[] = [];
  const unlock = given(await lockFolder(folder, (problem) => told.push(problem)));
  lose(folder);
  await expect.poll(() => told.length, { timeout: 20_000, message: what }).toBe(1);
  expect(told[0]).toMatchObject({ code: "STORE_UNUSABLE", field: folder });
  expect(told[0]!.detail).toContain("taken away or replaced");
  unlock();
}

function replaceStore(folder: string): void {
  rmSync(join(folder, STORE_FILE));
  Store.open(folder);
}

/** As a file system that forgets its locks: the descriptors that this process has of a test's folder lose theirs. */
function unlockAll(): void {
  for (const file of readdirSync("/proc/self/fd")) {
    if (!targetOf(file).includes("seinpost-test-")) continue;
    spawnSync("flock", ["-u", "3"], { stdio: ["ignore", "ignore", "ignore", Number(file)] });
  }
}

/** Whether this process has a lock on the file. */
function isLockedHere(path: string): boolean {
  const files = readdirSync("/proc/self/fd").filter((file) => targetOf(file) === path);
  return files.some((file) => /^lock:.*FLOCK/m.test(readFileSync(`/proc/self/fdinfo/${file}`, "latin1")));
}

function targetOf(file: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${file}`);
  } catch {
    return "the descriptor by which the folder was listed";
  }
}

describe("a folder that can't be locked", () => {
  it("is refused, with what is missing", async () => {
    const folder = await folderWithStore();
    const child = startChild(process.execPath, [CHILD, folder], { env: { PATH: "/nowhere" } });
    await child.ended;
    expect(child.lines.join()).toMatch(/^STORE_UNUSABLE: the data folder can't be locked, .*util-linux/);
  });

  it("is refused where it is a file, or can't be made", async () => {
    const folder = await folderWithStore();
    for (const path of [join(folder, STORE_FILE), "/dev/null/data"]) {
      expect(await lockFolder(path, neverLost)).toMatchObject({ problem: { code: "STORE_UNUSABLE" } });
    }
  });
});
