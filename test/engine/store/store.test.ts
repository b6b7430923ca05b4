import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { open } from "lmdb";
import { expect, test } from "vitest";
import { Store } from "../../../engine/store/store.js";
import { TABLES } from "../../../engine/store/tables.js";
import { startChild, startNode } from "../../children.js";
import { temporaryFolder } from "../../temp-folder.js";
import { given } from "../registry/samples.js";
import { numberKey, PARTS } from "./keys.js";

const FILE = "seinpost.lmdb";
const COMMITTER = new URL("./commit-child.js", import.meta.url);
const LIMITED = new URL("./limited-child.js", import.meta.url);
const AFTER_FAILURE = new URL("./after-failure-child.js", import.meta.url);
/** Blocks of 1 KiB in bash. The signal is ignored so that the write fails instead, as it does on a full disk. */
const LIMIT = `trap '' XFSZ; ulimit -f 2000; exec "$0" "$@"`;

/** How many commits are there; fails on one that is there in part. */
function wholeCommits(store: Store, upTo: number): number {
  let whole = 0;
  for (let number = 0; number < upTo; number++) {
    const found = [store.table("waves").has(numberKey(number)), store.table("journal").has(numberKey(number))];
    for (let part = 0; part < PARTS; part++) found.push(store.table("rosters").has(numberKey(number, part)));
    expect(new Set(found).size, `commit ${number} is there in part`).toBe(1);
    if (found[0]) whole++;
  }
  return whole;
}

test("a commit over several tables is there whole or not at all after SIGKILL, and one that settled is there", async () => {
  const folder = temporaryFolder();
  let next = 0;
  for (let round = 0; round < 12; round++) {
    const child = startNode(COMMITTER, [folder, String(next)], {
      // Killed somewhere in the commits after a few, at another point of them each time.
      onLine: (line) => {
        if (Number(line) >= next + round) setTimeout(() => child.process.kill("SIGKILL"), (round % 4) * 0.7);
      },
    });
    const end = await child.ended;
    expect(end.signal, child.errors()).toBe("SIGKILL");
    const settled = Math.max(...child.lines.map(Number));
    const store = given(Store.open(folder));
    // What was under way when it was killed may have become durable without having been said.
    const there = wholeCommits(store, settled + 10);
    expect(there).toBeGreaterThanOrEqual(settled + 1);
    next = there;
    await store.close();
  }
});

test("a full disk fails the commit, and what was committed before is still there", async () => {
  const folder = temporaryFolder();
  const child = startChild("bash", ["-c", LIMIT, process.execPath, LIMITED.pathname, folder]);
  const end = await child.ended;
  expect(end.code, child.errors()).toBe(0);
  const outcomes = child.lines.map((line) => line.split(" ")[1]);
  expect(outcomes.length).toBeGreaterThan(2);
  expect(outcomes.at(-1)).toBe("STORE_WRITE_FAILED");
  expect(outcomes.slice(0, -1).every((outcome) => outcome === "ok")).toBe(true);
  const store = given(Store.open(folder));
  expect(store.table("journal").count()).toBe(outcomes.length - 1);
  await store.close();
});

test("nothing is acknowledged that was committed after one that failed, even where the disk had room for it", async () => {
  const child = startChild("bash", ["-c", LIMIT, process.execPath, AFTER_FAILURE.pathname, temporaryFolder()]);
  const end = await child.ended;
  expect(end.code, child.errors()).toBe(0);
  expect(child.lines.length).toBeGreaterThan(1);
  expect(new Set(child.lines)).toEqual(new Set(["STORE_WRITE_FAILED"]));
});

test("a value that was damaged on the disk is reported and never given", async () => {
  const folder = temporaryFolder();
  const store = given(Store.open(folder));
  const value = Buffer.from("the value that will be damaged, somewhere in its middle");
  await store.commit(() => {
    store.table("actions").put(numberKey(1), value);
    store.table("actions").put(numberKey(2), Buffer.from("another"));
  });
  await store.close();
  const path = join(folder, FILE);
  const bytes = readFileSync(path);
  for (let at = bytes.indexOf(value); at !== -1; at = bytes.indexOf(value, at + 1)) bytes[at + 20]! ^= 0x01;
  writeFileSync(path, bytes);

  const again = given(Store.open(folder));
  const damaged = again.table("actions").get(numberKey(1));
  expect(damaged.ok ? "given" : damaged.problem.code).toBe("STORE_CORRUPT");
  const all = [...again.table("actions").range()].map(({ value: found }) => found.ok);
  expect(all).toEqual([false, true]);
  await again.close();
});

test("records come back in order of their keys, from both ends and in part", async () => {
  const store = given(Store.open(temporaryFolder()));
  const table = store.table("journal");
  await store.commit(() => {
    for (const number of [300, 1, 2, 256, 0]) table.put(numberKey(number), Buffer.from(String(number)));
  });
  const values = (...range: Parameters<typeof table.range>) =>
    [...table.range(...range)].map(({ value }) => (value.ok ? value.value.toString() : "damaged"));
  expect(values()).toEqual(["0", "1", "2", "256", "300"]);
  expect(values(numberKey(1), numberKey(256))).toEqual(["1", "2"]);
  expect(values(undefined, undefined, true)).toEqual(["300", "256", "2", "1", "0"]);
  expect([...table.keys()].map((key) => key.readUInt32BE(0))).toEqual([0, 1, 2, 256, 300]);
  await store.commit(() => table.remove(numberKey(256)));
  expect(table.get(numberKey(256))).toEqual({ ok: true, value: undefined });
  expect(table.count()).toBe(4);
  await store.close();
});

test("a commit inside a commit is a mistake of the program, not a quiet loss of durability", async () => {
  const store = given(Store.open(temporaryFolder()));
  let inner: Promise<unknown> | undefined;
  const outer = store.commit(() => {
    inner = expect(store.commit(() => undefined)).rejects.toThrow("not made inside another");
  });
  await inner;
  expect(await outer).toEqual({ ok: true, value: undefined });
  await store.close();
});

test("a store that is not there can't be opened to read, and is not made by trying", () => {
  const folder = join(temporaryFolder(), "none");
  const store = Store.open(folder, { readOnly: true });
  expect(store.ok ? "opened" : store.problem.code).toBe("STORE_UNUSABLE");
  expect(Store.exists(folder)).toBe(false);
});

test("a store of the first version can be read, and has all tables once it was opened to write", async () => {
  const folder = temporaryFolder();
  const first = open<Buffer, Buffer>({ path: join(folder, FILE), encoding: "binary", maxDbs: TABLES.length });
  const [added, last] = [["replies", "confirmations"], "keys"];
  for (const name of TABLES) if (!added.includes(name) && name !== last) first.openDB({ name, encoding: "binary" });
  const lacking = Store.open(folder, { readOnly: true });
  expect(lacking.ok ? "opened" : lacking.problem.code).toBe("STORE_UNUSABLE");
  first.openDB({ name: last, encoding: "binary" });
  await first.close();
  const reader = Store.open(folder, { readOnly: true });
  expect(reader.ok && reader.value.names).toEqual(TABLES.filter((name) => !added.includes(name)));
  if (reader.ok) await reader.value.close();
  const store = given(Store.open(folder));
  expect(store.names).toEqual(TABLES);
  await store.close();
});
