import { randomFillSync } from "node:crypto";
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { probeStore } from "../../../engine/store/probe.js";
import { Store } from "../../../engine/store/store.js";
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
    for (let at = 2 * PAGE; at + PAGE <= bytes.length; at += PAGE) {
      // Branch and leaf pages (flags 1 and 2 at byte 18 of the header in this build of LMDB) lose their contents.
      if ((bytes.readUInt16LE(at + 18) & 0x03) !== 0) randomFillSync(bytes, at + 16, PAGE - 16);
    }
    writeFileSync(path, bytes);
  });
  expect(damaged).toBe("STORE_UNUSABLE");
});
