import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { registryStats } from "../../../engine/registry/columns/stats.js";
import { type DataFolder, openDataFolder } from "../../../engine/registry/open.js";
import { readSlots } from "../../../engine/vault/root-file.js";
import { startNode } from "../../children.js";
import { copyOf, temporaryFolder } from "../../temp-folder.js";
import { given, somePeople, withData, writeSample } from "../registry/samples.js";
import {
  commitErased,
  contents,
  damageRoot,
  erase,
  eraseAll,
  expectedContents,
  filledFolder,
  GENERATION,
  Past,
  plainOf,
  putBlock,
  reopened,
  slotStates,
  usedSlot,
} from "./folder.js";

const ERASER = new URL("./erase-child.js", import.meta.url);
const RENEWER = new URL("./renew-child.js", import.meta.url);

describe("what was erased", () => {
  it("opens no more with the KEK and the root of now, though LMDB still has the old pages", async () => {
    const folder = await filledFolder();
    const data = reopened(folder);
    const past = new Past().note(data);
    const oldBlock = past.blocks[2]!.sealed;
    expect(past.opensWith(folder)).toEqual(new Set([...expectedContents(), plainOf(99).toString()]));

    await erase(data, 2, 1);
    past.note(data);
    const opens = past.opensWith(folder);
    expect(opens).not.toContain(plainOf(2).toString());
    expect(opens).toEqual(new Set([...expectedContents({ 2: 1 }), plainOf(99).toString()]));
    expect(contents(data)).toEqual(expectedContents({ 2: 1 }));
    // Why overwriting the record is not enough.
    expect(readFileSync(join(folder, "seinpost.lmdb")).includes(oldBlock)).toBe(true);
    await data.store.close();
  });

  it("was still there before the last step, and is not after it", async () => {
    const folder = await filledFolder();
    const data = reopened(folder);
    const past = new Past().note(data);
    given(await data.vault.prepareRenewal());
    await commitErased(data, { 4: 1 });
    expect(past.opensWith(folder)).toContain(plainOf(4).toString());
    given(await data.vault.finishRenewal());
    expect(past.opensWith(folder)).toEqual(new Set());
    await data.store.close();
  });

  it("of a name is gone with its key", async () => {
    const folder = await filledFolder();
    const data = reopened(folder);
    const past = new Past().note(data);
    const reply = given(data.store.table("replies").get(Buffer.from("r")))!;
    expect(given(data.vault.open("content", reply, Buffer.from("r"))).toString()).toBe(plainOf(99).toString());
    expect(data.vault.open("content", reply, Buffer.from("s"))).toMatchObject({ problem: { code: "STORE_CORRUPT" } });
    data.vault.renew("content");
    given(await data.vault.commitRenewed(() => void data.store.table("replies").remove(Buffer.from("r"))));
    past.note(data);
    expect(past.opensWith(folder)).toEqual(new Set(expectedContents()));
    expect(data.vault.open("content", reply, Buffer.from("r"))).toMatchObject({ problem: { code: "STORE_CORRUPT" } });
    await data.store.close();
  });

  it("with a registry that was replaced: no block of it opens", async () => {
    const folder = await filledFolder();
    // The generation of a fresh import is the first; what was made by hand above counts as left over from an interrupted one.
    await writeSample(folder, somePeople(600));
    const past = await withData(folder, async (data) => new Past().note(data));
    expect([...past.opensWith(folder)].length).toBe(4);
    await writeSample(folder, somePeople(300), true);
    await withData(folder, async (data) => past.note(data));
    expect(past.blocks.filter(({ generation }) => generation === 1)).toHaveLength(3);
    expect(past.blocks.filter(({ generation }) => generation === 2)).toHaveLength(2);
    expect([...past.opensWith(folder)].length).toBe(3);
    expect(slotStates(folder).sort()).toEqual(["empty", "root"]);
  });
});

/** A renewal that ends here, for a block that gets version 1 and, where the commit was made, has it afterwards. */
const STOPS: readonly (readonly [string, 0 | 1, (data: DataFolder) => Promise<void>])[] = [
  ["before the first step", 0, async () => {}],
  ["after the new root was written", 0, async ({ vault }) => void given(await vault.prepareRenewal())],
  [
    "after the commit",
    1,
    async (data) => {
      given(await data.vault.prepareRenewal());
      await commitErased(data, { 1: 1 });
    },
  ],
  ["after the old root was overwritten", 1, (data) => erase(data, 1, 1)],
];

describe("a renewal that is cut off", () => {
  it.each(STOPS)("%s loses nothing, and the next open ends it", async (_, version, stop) => {
    const folder = await filledFolder();
    const data = reopened(folder);
    const past = new Past().note(data);
    await stop(data);
    // As it stands on the disk at this moment; this process does not close it first.
    const copy = copyOf(folder);
    await data.store.close();
    const again = reopened(copy);
    expect(contents(again)).toEqual(expectedContents({ 1: version }));
    expect(slotStates(copy).sort()).toEqual(["empty", "root"]);
    const opens = past.opensWith(copy).has(plainOf(1).toString());
    expect(opens).toBe(version === 0);
    // And it goes on as if nothing had been.
    await eraseAll(again, { 1: 2, 5: 2 });
    expect(contents(again)).toEqual(expectedContents({ 1: 2, 5: 2 }));
    await again.store.close();
    expect(past.opensWith(copy)).toEqual(new Set());
  });

  it.each([
    ["the new root half written", "prepared"],
    ["the old root half overwritten", "committed"],
  ])("with %s loses nothing", async (_, until) => {
    const folder = await filledFolder();
    const data = reopened(folder);
    const old = usedSlot(folder);
    given(await data.vault.prepareRenewal());
    if (until === "committed") await commitErased(data, { 1: 1 });
    const copy = copyOf(folder);
    await data.store.close();
    const torn = until === "committed" ? old : 1 - old;
    for (const [from, to] of [
      [0, 40],
      [60, 80],
      [20, 4_096],
    ]) {
      const read = copyOf(copy);
      damageRoot(read, (bytes) => void bytes.fill(0, torn * 4_096 + from!, torn * 4_096 + to!));
      expect(slotStates(read)[torn]).toBe("damaged");
      const again = reopened(read);
      expect(contents(again)).toEqual(expectedContents({ 1: until === "committed" ? 1 : 0 }));
      expect(slotStates(read)[torn]).toBe("empty");
      await again.store.close();
    }
  });

  it("before it began, after a commit that forgot a key, is still to be made after the restart", async () => {
    const folder = await filledFolder();
    const data = reopened(folder);
    const past = new Past().note(data);
    await commitErased(data, { 3: 1 });
    expect(data.vault.needsRenewal).toBe(true);
    await data.store.close();
    const again = reopened(folder);
    expect(again.vault.needsRenewal).toBe(true);
    expect(past.opensWith(folder)).toContain(plainOf(3).toString());
    given(await again.vault.commitRenewed(() => {}));
    expect([again.vault.needsRenewal, again.vault.hasWork]).toEqual([false, false]);
    expect(past.opensWith(folder)).toEqual(new Set());
    await again.store.close();
    const last = reopened(folder);
    expect([last.vault.needsRenewal, contents(last)]).toEqual([false, expectedContents({ 3: 1 })]);
    await last.store.close();
  });

  it("by SIGKILL at any moment leaves every block readable and what was erased before it gone", async () => {
    const folder = await filledFolder();
    let version = 1;
    for (let kill = 0; kill < 12; kill++) {
      const from = version;
      const child = startNode(ERASER, [folder, String(from)], {
        onLine: (line) => {
          if (Number(line) === from + 1) setTimeout(() => child.process.kill("SIGKILL"), kill / 3);
        },
      });
      expect((await child.ended).signal, child.errors()).toBe("SIGKILL");
      const said = Math.max(...child.lines.map(Number));
      const data = reopened(folder);
      const [text] = contents(data);
      version = Number(text!.split(" ").at(-1));
      expect(version).toBeGreaterThanOrEqual(said);
      expect(contents(data)).toEqual(expectedContents({ 0: version, 3: version }));
      expect(slotStates(folder).sort()).toEqual(["empty", "root"]);
      expect(data.vault.needsRenewal).toBe(false);
      await data.store.close();
      version++;
    }
  });
});

describe("a reader in another process", () => {
  it("finds root and data keys that fit, however often they are renewed meanwhile", async () => {
    const folder = temporaryFolder();
    await writeSample(folder, somePeople(300));
    const before = readSlots(folder);
    let begun = (): void => {};
    const isBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const child = startNode(RENEWER, [folder], { onLine: () => begun() });
    await isBegun;
    for (let round = 0; round < 200; round++) {
      expect(given(await registryStats(folder)).participants).toBe(300);
    }
    child.process.kill("SIGKILL");
    // It has gone on until now: a reader that harms the writer stands before keys that never fit.
    expect([(await child.ended).signal, child.errors()]).toEqual(["SIGKILL", ""]);
    expect(readSlots(folder)).not.toEqual(before);
    expect(given(await registryStats(folder)).participants).toBe(300);
  });
});

describe("keys", () => {
  it("that were forgotten after the blob was put want another renewal", async () => {
    const folder = await filledFolder();
    const data = reopened(folder);
    given(await data.vault.prepareRenewal());
    given(await data.store.commit(() => data.vault.write()));
    await commitErased(data, { 0: 1 });
    given(await data.vault.finishRenewal());
    expect(data.vault.needsRenewal).toBe(true);
    given(await data.vault.commitRenewed(() => {}));
    expect(data.vault.needsRenewal).toBe(false);
    await data.store.close();
  });

  it("of a block change only when they are renewed, and the block opens until it is sealed anew", async () => {
    const folder = await filledFolder();
    const { store, vault } = reopened(folder);
    const keyOfBlock = () => Buffer.from(new Uint8Array(vault.blockKeys(GENERATION), 2 * 32, 32)).toString("hex");
    const [before, sealed] = [keyOfBlock(), vault.sealBlock(GENERATION, 2, plainOf(2))];
    expect([keyOfBlock(), vault.hasWork]).toEqual([before, false]);
    vault.renewBlockKey(GENERATION, 2);
    expect(given(vault.openBlock(GENERATION, 2, sealed))).toEqual(plainOf(2));
    expect(vault.needsRenewal).toBe(false);
    const anew = vault.sealBlock(GENERATION, 2, plainOf(2, 1));
    expect(keyOfBlock()).not.toBe(before);
    expect(given(vault.openBlock(GENERATION, 2, anew))).toEqual(plainOf(2, 1));
    expect(vault.openBlock(GENERATION, 2, sealed)).toMatchObject({ problem: { code: "STORE_CORRUPT" } });
    // Neither in the place of another, nor with a bit that fell over.
    expect(vault.openBlock(GENERATION, 3, anew)).toMatchObject({ problem: { field: "participants/3" } });
    anew[40]! ^= 1;
    expect(vault.openBlock(GENERATION, 2, anew).ok).toBe(false);
    expect(vault.openBlock(GENERATION, 2, anew.subarray(0, 20)).ok).toBe(false);
    expect(vault.openBlock(GENERATION, 1_000_000, anew).ok).toBe(false);
    await store.close();
  });

  it("of many blocks and generations are all there after a restart", async () => {
    const folder = await filledFolder();
    const data = reopened(folder);
    const sealed = new Map<number, Buffer>();
    for (const block of [0, 63, 64, 700, 5_000]) sealed.set(block, data.vault.sealBlock(9, block, plainOf(block)));
    given(await data.store.commit(() => data.vault.write()));
    await data.store.close();
    const again = given(openDataFolder(folder));
    for (const [block, value] of sealed) {
      expect(given(again.vault.openBlock(9, block, value))).toEqual(plainOf(block));
    }
    expect(contents(again)).toEqual(expectedContents());
    given(await again.store.commit(() => putBlock(again, 0, 7)));
    expect(contents(again)).toEqual(expectedContents({ 0: 7 }));
    await again.store.close();
  });
});
