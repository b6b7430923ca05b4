import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadRegistry } from "../../../engine/registry/columns/load.js";
import { registryStats } from "../../../engine/registry/columns/stats.js";
import { exportRegistry } from "../../../engine/registry/csv/export.js";
import { openDataFolder } from "../../../engine/registry/open.js";
import { ROOT_FILE } from "../../../engine/store/folder.js";
import { defaultKekFile, readKek } from "../../../engine/vault/kek.js";
import type { Result } from "../../../schemas/errors.js";
import { temporaryFolder } from "../../temp-folder.js";
import { given, somePeople, withStore, writeSample } from "../registry/samples.js";
import {
  contents,
  damageRoot,
  erase,
  expectedContents,
  filledFolder,
  kekOf,
  reopened,
  slotStates,
  usedSlot,
} from "./folder.js";

const HEX = "00112233445566778899aabbccddeeff".repeat(2);
const BASE64 = Buffer.from(HEX, "hex").toString("base64");

function said(result: Result<unknown>): string {
  return result.ok ? "opened" : `${result.problem.code}: ${result.problem.detail}`;
}

/** Opens the folder to write; what is opened is closed again. */
async function opening(folder: string, kekFile?: string): Promise<string> {
  const data = openDataFolder(folder, { kekFile });
  if (data.ok) await data.value.store.close();
  return said(data);
}

function fileWith(text: string, mode = 0o600): string {
  const file = join(temporaryFolder(), "kek");
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

describe("the file of the key encryption key", () => {
  it.each([HEX, `${HEX.toUpperCase()}\n`, BASE64, `  ${BASE64.replace("=", "")}\r\n`])(
    "is read as hexadecimal or base64: %j",
    (text) => {
      expect(given(readKek("/data", fileWith(text)))?.toString("hex")).toBe(HEX);
    },
  );

  it.each([
    "",
    "abc",
    HEX.slice(1),
    `${HEX}00`,
    HEX.replace("0", "g"),
    BASE64.slice(4),
    `${BASE64}AAAA`,
    " ".repeat(300),
  ])("that holds anything else is refused, and its content is not shown: %j", (text) => {
    const read = readKek("/data", fileWith(text));
    expect(said(read)).toContain("KEY_MISSING: it must hold 32 bytes");
    if (text.trim() !== "") expect(said(read)).not.toContain(text.trim());
  });

  it.each([
    [0o600, true],
    [0o400, true],
    [0o440, true],
    [0o644, false],
    [0o660, false],
    [0o604, false],
  ])("with mode %o may be used: %s", (mode, may) => {
    const read = readKek("/data", fileWith(HEX, mode));
    expect(read.ok).toBe(may);
    if (!may) expect(said(read)).toContain("chmod 600");
  });

  it("is made beside the data folder on first use, for its owner alone, and said once", async () => {
    const folder = temporaryFolder();
    const made: string[] = [];
    const open = async () => {
      const data = given(openDataFolder(`${folder}/`, { onKekMade: (file) => made.push(file) }));
      await data.store.close();
    };
    await open();
    await open();
    expect(made).toEqual([`${folder}.kek`]);
    expect(statSync(`${folder}.kek`).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, ROOT_FILE)).mode & 0o777).toBe(0o600);
  });

  it("may not lie in the data folder, not even by another name of it", async () => {
    const folder = temporaryFolder();
    const inside = join(folder, "kek");
    writeFileSync(inside, HEX, { mode: 0o600 });
    const link = join(folder, "..", "link");
    symlinkSync(folder, link);
    const outside = join(folder, "..", "outside.kek");
    symlinkSync(inside, outside);
    for (const file of [inside, join(link, "kek"), join(folder, "not-there", "kek"), outside]) {
      expect(await opening(folder, file), file).toContain("CONFIGURATION_INVALID");
      expect(await opening(link, file), file).toContain("CONFIGURATION_INVALID");
    }
    expect(existsSync(join(folder, "seinpost.lmdb"))).toBe(false);
    // A folder whose name only begins the same is another one.
    const beside = `${folder}-keys`;
    renameSync(inside, beside);
    expect(await opening(folder, beside)).toBe("opened");
  });

  it("that was named and is not there is missing, and nothing is made", async () => {
    const folder = join(temporaryFolder(), "none");
    expect(await opening(folder, join(folder, "..", "kek"))).toMatch(/KEY_MISSING: .*openssl rand -hex 32/);
    expect([existsSync(folder), existsSync(`${folder}.kek`)]).toEqual([false, false]);
  });

  it("that is gone is never made anew", async () => {
    const folder = await filledFolder();
    rmSync(defaultKekFile(folder));
    expect(await opening(folder)).toMatch(/KEY_MISSING: .*opens with that key alone/);
    expect(existsSync(defaultKekFile(folder))).toBe(false);
  });
});

describe("a data folder", () => {
  it("does not open with another key, for any reader, and stays as it was", async () => {
    const folder = temporaryFolder();
    await writeSample(folder, somePeople(300));
    const [root, other] = [readFileSync(join(folder, ROOT_FILE)), fileWith(HEX)];
    const wrong = "KEY_WRONG: root.key was wrapped with another key encryption key";
    expect(await opening(folder, other)).toBe(wrong);
    const options = { kekFile: other };
    expect(said(await loadRegistry(folder, undefined, options))).toBe(wrong);
    expect(said(await registryStats(folder, options))).toBe(wrong);
    expect(said(await exportRegistry(folder, process.stdout, options))).toBe(wrong);
    expect(readFileSync(join(folder, ROOT_FILE))).toEqual(root);
    expect(said(await loadRegistry(folder))).toBe("opened");
  });

  it("holds no number that can be found by searching it", async () => {
    const folder = temporaryFolder();
    await writeSample(folder, somePeople(300));
    const bytes = readFileSync(join(folder, "seinpost.lmdb"));
    const number = Buffer.alloc(8);
    for (let index = 0; index < 300; index++) {
      number.writeBigUInt64LE(BigInt(31_612_000_000 + index));
      expect(bytes.includes(number)).toBe(false);
      expect(bytes.includes(String(31_612_000_000 + index))).toBe(false);
    }
  });

  it.each([
    ["missing", "root.key is missing", (folder: string) => rmSync(join(folder, ROOT_FILE))],
    ["empty", "root.key is missing or empty", (folder: string) => writeFileSync(join(folder, ROOT_FILE), "")],
    ["wiped", "root.key is missing or empty", (folder: string) => damageRoot(folder, (bytes) => bytes.fill(0))],
    ["cut off", "root.key is damaged", (folder: string) => damageRoot(folder, (bytes) => bytes.subarray(0, 70))],
    ["no root.key at all", "root.key is damaged", (folder: string) => writeFileSync(join(folder, ROOT_FILE), "hello")],
    [
      "of another form",
      "root.key is damaged",
      (folder: string) => damageRoot(folder, (bytes) => void bytes.fill("9", 14, 15)),
    ],
  ])("with a root.key that is %s is unusable, and the file is left alone", async (_, words, damage) => {
    const folder = await filledFolder();
    damage(folder);
    const before = existsSync(join(folder, ROOT_FILE)) ? readFileSync(join(folder, ROOT_FILE)) : null;
    expect(await opening(folder)).toMatch(/^STORE_UNUSABLE: /);
    expect(await opening(folder)).toContain(words);
    expect(existsSync(join(folder, ROOT_FILE)) ? readFileSync(join(folder, ROOT_FILE)) : null).toEqual(before);
  });

  it("with any bit of its root fallen over is unusable, never wrongly opened", async () => {
    const folder = await filledFolder();
    const whole = readFileSync(join(folder, ROOT_FILE));
    // Magic, id, wrapped key and checksum are 96 bytes.
    for (let at = 0; at < 96; at += 3) {
      const bytes = Buffer.from(whole);
      bytes[usedSlot(folder) * 4_096 + at]! ^= 1 << (at % 8);
      writeFileSync(join(folder, ROOT_FILE), bytes);
      expect(await opening(folder), `byte ${at}`).toContain("STORE_UNUSABLE: root.key is damaged");
      writeFileSync(join(folder, ROOT_FILE), whole);
    }
    expect(await opening(folder)).toBe("opened");
  });

  it("with the root.key of another store, or of before an erasure, is unusable", async () => {
    const [folder, other] = [await filledFolder(), await filledFolder()];
    const before = readFileSync(join(folder, ROOT_FILE));
    copyFileSync(join(other, ROOT_FILE), join(folder, ROOT_FILE));
    expect(await opening(folder)).toContain("STORE_UNUSABLE: root.key belongs to another store");
    writeFileSync(join(folder, ROOT_FILE), before);
    const data = reopened(folder);
    await erase(data, 1, 1);
    await data.store.close();
    const now = readFileSync(join(folder, ROOT_FILE));
    writeFileSync(join(folder, ROOT_FILE), before);
    expect(await opening(folder)).toContain("or to another state of this one");
    writeFileSync(join(folder, ROOT_FILE), now);
    expect(await opening(folder)).toBe("opened");
  });

  it("whose blob of keys is damaged says so, by checksum and by seal", async () => {
    const folder = await filledFolder();
    const key = Buffer.from("vault");
    await withStore(folder, async (store) => {
      const blob = given(store.table("meta").get(key))!;
      blob[60]! ^= 1;
      given(await store.commit(() => void store.table("meta").put(key, blob)));
    });
    expect(await opening(folder)).toContain("STORE_CORRUPT: the data keys do not open with their root key");
  });

  it("that was only begun, with a root and nothing sealed, goes on with that root", async () => {
    const folder = temporaryFolder();
    const begun = given(openDataFolder(folder));
    await begun.store.close();
    const root = readFileSync(join(folder, ROOT_FILE));
    expect(await opening(folder, fileWith(HEX))).toContain("KEY_WRONG");
    expect(await opening(folder)).toBe("opened");
    expect(readFileSync(join(folder, ROOT_FILE))).toEqual(root);
    // Cut off while the file was being made: nothing was sealed, so it is made anew.
    writeFileSync(join(folder, ROOT_FILE), root.subarray(0, 50));
    expect(await opening(folder)).toBe("opened");
    expect(slotStates(folder)).toEqual(["root", "empty"]);
  });
});

describe("another key encryption key", () => {
  const next = Buffer.alloc(32, 9);

  it("opens the folder from then on, and the old one no more", async () => {
    const folder = await filledFolder();
    const data = reopened(folder);
    given(await data.vault.commitRenewed(() => {}, next));
    await data.store.close();
    expect(await opening(folder)).toContain("KEY_WRONG");
    const file = fileWith(next.toString("hex"));
    const again = given(openDataFolder(folder, { kekFile: file }));
    expect(contents(again)).toEqual(expectedContents());
    // And a renewal after it keeps to the new one.
    await erase(again, 0, 1);
    await again.store.close();
    expect(await opening(folder, file)).toBe("opened");
    expect(kekOf(folder).equals(next)).toBe(false);
  });

  it.each([
    ["before the commit", "old"],
    ["after the commit", "new"],
  ])("cut off %s leaves the folder to the %s one", async (_, which) => {
    const folder = await filledFolder();
    const data = reopened(folder);
    given(await data.vault.prepareRenewal(next));
    if (which === "new") given(await data.store.commit(() => data.vault.write()));
    await data.store.close();
    const file = fileWith(next.toString("base64"));
    const [right, wrong] = which === "new" ? [file, undefined] : [undefined, file];
    expect(await opening(folder, wrong)).toContain("KEY_WRONG");
    const again = given(openDataFolder(folder, { kekFile: right }));
    expect(contents(again)).toEqual(expectedContents());
    await again.store.close();
    expect(slotStates(folder).sort()).toEqual(["empty", "root"]);
  });
});
