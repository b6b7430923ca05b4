import { randomFillSync } from "node:crypto";
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { probeStore } from "../../../engine/store/probe.js";
import { Store } from "../../../engine/store/store.js";
import { TABLES } from "../../../engine/store/tables.js";
import { seeded } from "../../random.js";
import { temporaryFolder } from "../../temp-folder.js";
import { numberKey } from "./keys.js";

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

async function probedAfter(damage: (path: string) => void): Promise<string> {
  const folder = await filledFolder();
  damage(join(folder, "seinpost.lmdb"));
  const probed = probeStore(folder);
  return probed.ok ? "fine" : `${probed.problem.code}: ${probed.problem.detail}`;
}

async function problemAfter(damage: (path: string) => void): Promise<string> {
  return (await probedAfter(damage)).split(":")[0]!;
}

/** Changes the bytes of a file. */
function edit(path: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
}

/** Which meta page counts, and where it has its number. */
function newerMeta(bytes: Buffer): { page: number; transactionAt: number } {
  const at = (page: number) => page * PAGE + 24 + 128;
  const page = bytes.readUInt32LE(at(0)) > bytes.readUInt32LE(at(1)) ? 0 : 1;
  return { page, transactionAt: at(page) };
}

test("a store that is whole passes, and so does a folder without one", async () => {
  expect(await problemAfter(() => undefined)).toBe("fine");
  expect(probeStore(join(temporaryFolder(), "none"))).toEqual({ ok: true, value: undefined });
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

test("a leaf that lost its last entry is unusable, though nothing else in it is wrong", async () => {
  const damaged = await probedAfter((path) =>
    edit(path, (bytes) => {
      const leaf = treePages(bytes).findLast(
        (at) => bytes.readUInt16LE(at + 18) === 2 && bytes.readUInt16LE(at + 20) > 20,
      )!;
      bytes.writeUInt16LE(bytes.readUInt16LE(leaf + 20) - 2, leaf + 20);
    }),
  );
  expect(damaged).toMatch(/STORE_UNUSABLE: .*page \d+ of .*its nodes do not fill it/);
});

test("the commit before the last can't pass for the last when a bit of its number turns", async () => {
  const folder = await filledFolder();
  const path = join(folder, "seinpost.lmdb");
  const turn = (bit: number) =>
    edit(path, (bytes) => {
      const at = transactionAt + (bit >> 3);
      bytes[at] = bytes[at]! ^ (1 << (bit & 7));
    });
  const { transactionAt } = newerMeta(readFileSync(path));
  for (let bit = 0; bit < 64; bit++) {
    turn(bit);
    expect(probeStore(folder), `bit ${bit}`).toMatchObject({ problem: { code: "STORE_UNUSABLE" } });
    turn(bit);
  }
  expect(probeStore(folder).ok).toBe(true);
});

test("a free page that is in use is named: it would be overwritten by the next commit", async () => {
  const folder = temporaryFolder();
  const opened = Store.open(folder);
  if (!opened.ok) throw new Error(opened.problem.detail);
  const store = opened.value;
  const table = store.table("journal");
  await store.commit(() => {
    for (let number = 0; number < 50; number++) void table.put(numberKey(number), Buffer.alloc(9_000, 1));
  });
  await store.commit(() => {
    for (let number = 0; number < 20; number++) void table.remove(numberKey(number));
  });
  await store.close();
  expect(probeStore(folder).ok).toBe(true);
  edit(join(folder, "seinpost.lmdb"), (bytes) => {
    const meta = newerMeta(bytes).page * PAGE + 24;
    const [freeRoot, mainRoot] = [bytes.readUInt32LE(meta + 24 + 40), bytes.readUInt32LE(meta + 72 + 40)];
    const page = freeRoot * PAGE + 24;
    // The last list in the leaf: behind the node's head and its key the count, then pages.
    const list = page + bytes.readUInt16LE(page + bytes.readUInt16LE(page - 4) - 2) + 8 + 8;
    expect(bytes.readUInt32LE(list)).toBeGreaterThan(0);
    bytes.writeBigInt64LE(BigInt(mainRoot), list + 8);
  });
  expect(probeStore(folder)).toMatchObject({ problem: { detail: expect.stringContaining("free pages: page") } });
});

test("a store that is whole is never refused, whatever was put and removed", async () => {
  const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const random = seeded(seed);
  const below = (count: number) => Math.floor(random() * count);
  const folder = temporaryFolder();
  let store = openToWrite(folder);
  for (let round = 0; round < 120; round++) {
    const committed = await store.commit(() => {
      for (let put = below(60); put > 0; put--) {
        const table = store.table(TABLES[below(round % 2 === 0 ? 3 : TABLES.length)]!);
        const key = Buffer.from(
          below(400)
            .toString()
            .padStart(1 + below(12), "k"),
        );
        if (below(3) === 0) void table.remove(key);
        else void table.put(key, Buffer.alloc(below([20, 300, 2_500, 9_000, 60_000][below(5)]!), put));
      }
    });
    expect(committed.ok).toBe(true);
    if (round % 40 === 39) {
      await store.close();
      store = openToWrite(folder);
    }
    expect(probeStore(folder), `seed ${seed}, round ${round}`).toEqual({ ok: true, value: undefined });
  }
  const copy = temporaryFolder();
  expect((await store.copyTo(copy)).ok).toBe(true);
  expect(probeStore(copy), `the copy, seed ${seed}`).toEqual({ ok: true, value: undefined });
  await store.close();
});

function openToWrite(folder: string): Store {
  const opened = Store.open(folder);
  if (!opened.ok) throw new Error(opened.problem.detail);
  return opened.value;
}
