/**
 * One service for each data folder: two would send everything twice. The lock is a flock(2) on the folder's own inode, and on
 * that of the store's file, so it is the same lock whatever leads there: another path, a link, a bind mount, another
 * namespace. The system takes it back however the process ends, so no stale lock is ever left behind.
 *
 * Node has no flock. A lock of that kind belongs to the open file, though, and not to the process that asks for it: a child
 * gets the descriptor, the command flock (util-linux, in every Debian) locks it and ends, and this process keeps it. Where
 * there is no such command, or the file system has no such locks, the folder is refused.
 *
 * Who only opens the store to read (opening/beside.ts) has a shared lock for that moment. So whoever is refused an exclusive one, and gets
 * a shared one, knows that nobody writes and tries again; no sign beside the lock could tell, for it comes and goes at another moment.
 *
 * A lock is worth nothing once the folder, or the store in it, is another one under the same name. That is looked for all the
 * time, and whoever holds the lock is told. Assumes that a folder is on one machine, as LMDB does.
 */

import { spawn } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { STORE } from "../../schemas/limits.js";
import { STORE_FILE } from "./folder.js";
import { FOLDER_MODE } from "./private.js";

/** What flock(1) exits with when somebody else has the lock; for all that is wrong otherwise it has other codes. */
const HELD = 1;
/** The child's number for the descriptor that it gets: the first behind its own three. */
const PASSED = 3;

/** Called once, when the lock no longer guards what is at its path: the process must end. */
export type OnLost = (problem: Problem) => void;

/** Who has it exclusively may write; those who have it shared keep everybody from that, and not each other from reading. */
type Kind = "exclusive" | "shared";

/**
 * Gives the function that lets the folder go, FOLDER_IN_USE when another process has it, or STORE_UNUSABLE when it can't be locked.
 * Makes the folder if it is not there, because there is nothing else that everybody would find. Who only opens the store to read has the
 * lock for a moment, and is waited for.
 */
export async function lockFolder(folder: string, onLost: OnLost): Promise<Result<() => void>> {
  const untilMs = performance.now() + STORE.readersWaitMs;
  for (;;) {
    const locked = await lockToWrite(folder, onLost);
    if (locked.ok || locked.problem.code !== "FOLDER_IN_USE") return locked;
    const read = await lockToRead(folder);
    if (!read.ok) return locked;
    read.value();
    if (performance.now() > untilMs) return fail("FOLDER_IN_USE", "a process that opens it to read hangs", folder);
    await sleep(STORE.openingLookMs);
  }
}

/** Keeps everybody from beginning to write until the function that it gives is called; refused as lockFolder is, where somebody writes. */
export async function lockToRead(folder: string): Promise<Result<() => void>> {
  const lock = new FolderLock(folder, () => {});
  const taken = await lock.take("shared");
  if (taken.ok) return ok(() => lock.release());
  lock.release();
  return taken;
}

async function lockToWrite(folder: string, onLost: OnLost): Promise<Result<() => void>> {
  const made = makeFolder(folder);
  if (!made.ok) return made;
  const isNew = made.value;
  const lock = new FolderLock(folder, onLost);
  const taken = await lock.take("exclusive");
  if (!taken.ok) {
    lock.release();
    return taken;
  }
  lock.watch();
  return ok(() => {
    // What came to nothing leaves nothing; while the lock is held, so that nobody else has begun in it.
    if (isNew && existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
    lock.release();
  });
}

/** Whether it was not there. */
function makeFolder(folder: string): Result<boolean> {
  try {
    return ok(mkdirSync(folder, { recursive: true, mode: FOLDER_MODE }) !== undefined);
  } catch (error) {
    return fail("STORE_UNUSABLE", (error as Error).message, folder);
  }
}

class FolderLock {
  readonly #folder: Held;
  readonly #store: Held;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  readonly #path: string;
  readonly #onLost: OnLost;

  constructor(path: string, onLost: OnLost) {
    this.#path = path;
    this.#onLost = onLost;
    this.#folder = new Held(path, constants.O_RDONLY | constants.O_DIRECTORY);
    this.#store = new Held(join(path, STORE_FILE), constants.O_RDONLY);
  }

  async take(kind: Kind): Promise<Result<void>> {
    const folder = await this.#folder.lock(kind);
    const store = folder.ok ? await this.#takeStore(kind) : folder;
    if (!store.ok) return store;
    // Taken away between being opened and being locked.
    const changed = this.#changed();
    return changed === undefined ? ok(undefined) : { ok: false, problem: changed };
  }

  watch(): void {
    this.#timer = setInterval(() => void this.#look(), STORE.lockCheckMs).unref();
  }

  release(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#store.close();
    this.#folder.close();
  }

  /** The store is made after the folder was locked where there was none. */
  async #takeStore(kind: Kind): Promise<Result<void>> {
    return this.#store.isOpen || !this.#store.exists ? ok(undefined) : this.#store.lock(kind);
  }

  async #look(): Promise<void> {
    const changed = this.#changed();
    const store = changed === undefined ? await this.#takeStore("exclusive") : ok(undefined);
    const problem = changed ?? (store.ok ? undefined : store.problem);
    if (problem === undefined || this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#onLost(problem);
  }

  #changed(): Problem | undefined {
    const what = this.#folder.isOther ? "the data folder" : this.#store.isOther ? "the store's file" : undefined;
    if (what === undefined) return undefined;
    const detail = `${what} was taken away or replaced while it was in use, and with it the lock on it`;
    return { code: "STORE_UNUSABLE", detail, field: this.#path };
  }
}

/** A file or folder that is open so that it can be locked; the lock goes when it is closed. */
class Held {
  #file: number | undefined;
  /** Whether the system tells of this lock among what it knows of the open file; not every one does. */
  #isTold = false;
  readonly #path: string;
  readonly #flags: number;

  constructor(path: string, flags: number) {
    this.#path = path;
    this.#flags = flags;
  }

  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  get exists(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false }) !== undefined;
  }

  /** True once something else is at the path, or the lock is gone. */
  get isOther(): boolean {
    if (this.#file === undefined) return false;
    const mine = fstatSync(this.#file, { bigint: true });
    const there = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    return there?.ino !== mine.ino || there.dev !== mine.dev || (this.#isTold && !isTold(this.#file));
  }

  async lock(kind: Kind): Promise<Result<void>> {
    try {
      this.#file = openSync(this.#path, this.#flags);
    } catch (error) {
      return unlockable((error as Error).message, this.#path);
    }
    const locked = await flock(kind, this.#file, this.#path);
    this.#isTold = this.#file !== undefined && isTold(this.#file);
    return locked;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/** What Linux tells of an open file has a line for each lock that belongs to it. */
function isTold(file: number): boolean {
  const told = `/proc/self/fdinfo/${file}`;
  return existsSync(told) && /^lock:.*FLOCK/m.test(readFileSync(told, "latin1"));
}

function flock(kind: Kind, file: number, path: string): Promise<Result<void>> {
  const child = spawn("flock", [kind === "shared" ? "-s" : "-x", "-n", String(PASSED)], {
    stdio: ["ignore", "ignore", "pipe", file],
  });
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return new Promise((resolve) => {
    child.once("error", ({ message }) =>
      resolve(unlockable(`the command flock (util-linux) is needed: ${message}`, path)),
    );
    child.once("close", (code, signal) => {
      if (code === 0) resolve(ok(undefined));
      else if (code === HELD) resolve(fail("FOLDER_IN_USE", "another service runs on this data folder", path));
      else resolve(unlockable(said.trim() || `flock ended with ${signal ?? code}`, path));
    });
  });
}

function unlockable(reason: string, path: string): Result<never> {
  return fail(
    "STORE_UNUSABLE",
    `the data folder can't be locked, and without that two services could run on it: ${reason}`,
    path,
  );
}
