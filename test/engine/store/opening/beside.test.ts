/**
 * A store is opened beside a process that writes it. What LMDB does where nobody takes turns is seen in the memory that all who have it
 * open share, which is the lock file's: the number of the last commit goes back.
 */
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { STORE_FILE } from "../../../../engine/store/folder.js";
import { lockFolder } from "../../../../engine/store/lock.js";
import { openBeside } from "../../../../engine/store/opening/beside.js";
import { openingLinksOf } from "../../../../engine/store/opening/openings.js";
import { Store } from "../../../../engine/store/store.js";
import { STORE } from "../../../../schemas/limits.js";
import { type Child, startChild, startNode } from "../../../children.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { given } from "../../registry/samples.js";

const WRITER = new URL("./beside-child.js", import.meta.url);
const READER = new URL("./reader-child.js", import.meta.url).pathname;
/** Bytes before the number in the lock file: two words, which say what it is. */
const NUMBER_AT = 8;
const linksIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith("opening"));

async function writerOn(folder: string, what: "write" | "idle"): Promise<Child> {
  let begun = (): void => {};
  const isBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const child = startNode(WRITER, [what, folder], { onLine: () => begun() });
  await isBegun;
  return child;
}

/** How often the number of the last commit went back, looked at without a pause until `over`. */
async function wentBack(folder: string, over: Promise<unknown>): Promise<number> {
  const file = openSync(join(folder, `${STORE_FILE}-lock`), "r");
  const bytes = Buffer.alloc(8);
  let [isOver, times, last] = [false, 0, 0n];
  void over.then(() => {
    isOver = true;
  });
  while (!isOver) {
    readSync(file, bytes, 0, 8, NUMBER_AT);
    const now = bytes.readBigUInt64LE();
    if (now < last) times++;
    last = now;
    await new Promise((resolve) => setImmediate(resolve));
  }
  closeSync(file);
  return times;
}

it("a reader that is slow to open takes no commit from whoever writes", async () => {
  if (spawnSync("strace", ["-V"]).status !== 0) return console.log("skipped: strace is not installed");
  const folder = temporaryFolder();
  const writer = await writerOn(folder, "write");
  for (let round = 0; round < 5; round++) {
    // Between its look at the last commit and what it makes of that.
    const slow = ["-P", join(folder, STORE_FILE), "-e", "trace=pread64", "-e", "inject=pread64:delay_exit=50000"];
    const reader = startChild("strace", ["-f", "-qq", ...slow, "-o", "/dev/null", process.execPath, READER, folder]);
    expect(await wentBack(folder, reader.ended)).toBe(0);
    expect([(await reader.ended).code, reader.errors()]).toEqual([0, ""]);
  }
  writer.process.kill("SIGKILL");
  expect([(await writer.ended).signal, writer.errors()]).toEqual(["SIGKILL", ""]);
  const acknowledged = Number(writer.lines.at(-1));
  const store = given(Store.open(folder));
  expect(acknowledged).toBeGreaterThan(0);
  expect(store.table("growth").count()).toBeGreaterThan(acknowledged);
  await store.close();
});

it("several at a time come in, beside one that writes and one that does not, and leave nothing", async () => {
  for (const what of ["write", "idle"] as const) {
    const folder = temporaryFolder();
    const writer = await writerOn(folder, what);
    const readers = Array.from({ length: 4 }, () => startChild(process.execPath, [READER, folder]));
    for (const reader of readers) expect([(await reader.ended).code, reader.errors()]).toEqual([0, ""]);
    expect(linksIn(folder)).toEqual([]);
    writer.process.kill("SIGKILL");
    await writer.ended;
  }
});

it("where nobody writes it is opened at once, and the folder is free again", async () => {
  const folder = temporaryFolder();
  await given(Store.open(folder)).close();
  const reader = given(await openBeside(folder));
  given(await lockFolder(folder, () => {}))();
  await reader.close();
  expect(linksIn(folder)).toEqual([]);
});

it("one that asked and is gone holds commits up for a while, and then no more", async () => {
  const folder = temporaryFolder();
  const store = given(Store.open(folder));
  symlinkSync("gone", openingLinksOf(folder).asked);
  given(await store.commit(() => void store.table("growth").put(Buffer.from("a"), Buffer.from("b"))));
  expect(linksIn(folder)).toEqual([]);
  expect(existsSync(openingLinksOf(folder).let)).toBe(false);
  await store.close();
});

it("is opened in the end beside one that has the folder and lets nobody in: it hangs, and is to be read all the same", async () => {
  const folder = temporaryFolder();
  await given(Store.open(folder)).close();
  const free = given(await lockFolder(folder, () => {}));
  await given(await openBeside(folder)).close();
  free();
  expect(linksIn(folder)).toEqual([]);
});

/** As one that is opening the store to read, until it is killed. */
async function readerThatHangs(folder: string): Promise<Child> {
  let locked = (): void => {};
  const isLocked = new Promise<void>((resolve) => {
    locked = resolve;
  });
  const held = ["-s", "-F", folder, "sh", "-c", "echo locked; exec sleep 600"];
  const child = startChild("flock", held, { onLine: () => locked() });
  await isLocked;
  return child;
}

it("who begins to write waits for one that opens, whatever else is seen of it", async () => {
  const folder = temporaryFolder();
  await given(Store.open(folder)).close();
  const reader = await readerThatHangs(folder);
  await given(await openBeside(folder)).close();
  const locking = lockFolder(folder, () => {});
  // Long enough to be refused some times.
  await sleep(10 * STORE.openingLookMs);
  reader.process.kill("SIGKILL");
  given(await locking)();
});

it("who begins to write is refused in the end by one that opens and hangs", async () => {
  const folder = temporaryFolder();
  await given(Store.open(folder)).close();
  const reader = await readerThatHangs(folder);
  const detail = "a process that opens it to read hangs";
  expect(await lockFolder(folder, () => {})).toMatchObject({ problem: { code: "FOLDER_IN_USE", detail } });
  reader.process.kill("SIGKILL");
  await reader.ended;
  given(await lockFolder(folder, () => {}))();
});

it("who opens has the lock for a moment, and keeps nobody from beginning to write", async () => {
  const folder = temporaryFolder();
  await given(Store.open(folder)).close();
  const reading = Array.from({ length: 5 }, async () => given(await openBeside(folder)).close());
  for (let time = 0; time < 5; time++) given(await lockFolder(folder, () => {}))();
  await Promise.all(reading);
  expect(linksIn(folder)).toEqual([]);
});
