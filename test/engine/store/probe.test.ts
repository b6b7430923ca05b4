import { randomFillSync } from "node:crypto";
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { probeStore } from "../../../engine/store/probe.js";
import { Store } from "../../../engine/store/store.js";
import { Random } from "../../../loadtest/registry/random.js";
import { startNode } from "../../children.js";
import { temporaryFolder } from "../../temp-folder.js";
import { somePeople, writeSample } from "../registry/samples.js";
import { numberKey } from "./keys.js";

const LOADER = new URL("./load-child.js", import.meta.url);

const PAGE = 4_096;

/** A store with enough in it for its trees to have branches. */
async function filledFolder(): Promise<string> {
  const folder = temporaryFolder();
  const store = Store.open(folder);
  if (!store.ok) throw new Error(store.problem.detail);
  await store.value.commit(() => {
    for (let number = 0; number < 3_000; number++) {
      store.value.table("participants").put(numberKey(number), Buffer.alloc(2_500, number));
    }
    store.value.table("meta").put(Buffer.from("registry"), Buffer.from("something"));
  });
  await store.value.close();
  return folder;
}

/** Where the branch and leaf pages are: flags 1 and 2 at byte 18 of the header, in the LMDB that is built into lmdb. */
function treePages(bytes: Buffer): number[] {
  const pages = Array.from({ length: Math.floor(bytes.length / PAGE) - 2 }, (_, page) => (page + 2) * PAGE);
  return pages.filter((at) => [1, 2].includes(bytes.readUInt16LE(at + 18)));
}

async function problemAfter(damage: (path: string) => void): Promise<string> {
  const folder = await filledFolder();
  damage(join(folder, "seinpost.lmdb"));
  const probed = await probeStore(folder);
  return probed.ok ? "fine" : probed.problem.code;
}

test("a store that is whole passes, and so does a folder without one", async () => {
  expect(await problemAfter(() => undefined)).toBe("fine");
  expect(await probeStore(join(temporaryFolder(), "none"))).toEqual({ ok: true, value: undefined });
});

test("a file that was cut off is unusable, though reading it kills", async () => {
  expect(await problemAfter((path) => truncateSync(path, statSync(path).size / 2))).toBe("STORE_UNUSABLE");
});

test("a file that is no store at all is unusable", async () => {
  expect(await problemAfter((path) => writeFileSync(path, "not a store"))).toBe("STORE_UNUSABLE");
  expect(await problemAfter((path) => copyFileSync(process.execPath, path))).toBe("STORE_UNUSABLE");
});

test("damage to the pages of the trees is unusable, whatever stands in them now", async () => {
  const damaged = await problemAfter((path) => {
    const bytes = readFileSync(path);
    for (const at of treePages(bytes)) randomFillSync(bytes, at + 16, PAGE - 16);
    writeFileSync(path, bytes);
  });
  expect(damaged).toBe("STORE_UNUSABLE");
});

async function loadedInChild(folder: string, about: string): Promise<string> {
  const child = startNode(LOADER, [folder]);
  expect(await child.ended, `${about}: ${child.errors()}`).toEqual({ code: 0, signal: null });
  return child.lines.join();
}

test("what the probe lets through, a start survives: damage anywhere gives a problem, or the registry as it was", async () => {
  const seed = Number(process.env.FC_SEED ?? 3);
  const random = new Random();
  random.start(seed, 0);
  const below = (count: number) => Math.floor(random.next() * count);
  const folder = temporaryFolder();
  await writeSample(folder, somePeople(600));
  const path = join(folder, "seinpost.lmdb");
  const whole = readFileSync(path);
  const asItWas = await loadedInChild(folder, "whole");
  const outcomes = new Map<string, number>();
  for (let round = 0; round < 24; round++) {
    const bytes = Buffer.from(whole);
    // Half of the damage goes to the beginning of a page, where the trees have their header and index.
    const at = round % 2 === 0 ? below(bytes.length / PAGE) * PAGE : below(bytes.length);
    for (let index = 0; index < 48 && at + index < bytes.length; index++) bytes[at + index] = below(256);
    writeFileSync(path, bytes);
    const probed = await probeStore(folder);
    const about = `seed ${seed}, round ${round}, byte ${at}`;
    const outcome = probed.ok ? await loadedInChild(folder, about) : probed.problem.code;
    if (outcome.startsWith("loaded")) expect(outcome, about).toBe(asItWas);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  // With any seed some of it does harm.
  expect(outcomes.get(asItWas) ?? 0).toBeLessThan(24);
});
