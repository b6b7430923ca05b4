/** Backups of real data folders: whole ones, damaged ones, ones taken while somebody writes. */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { backUp, restore, verifyBackup } from "../../../engine/backup/backup.js";
import { readManifest } from "../../../engine/backup/manifest.js";
import { loadRegistry } from "../../../engine/registry/columns/load.js";
import { openDataFolder } from "../../../engine/registry/open.js";
import { ReplyStore } from "../../../engine/replies/reply-store.js";
import { NO_RUN, putLastRun } from "../../../engine/store/last-run.js";
import { defaultKekFile } from "../../../engine/vault/kek.js";
import { temporaryFolder } from "../../temp-folder.js";
import { flattened, given, somePeople, withData, writeSample } from "../registry/samples.js";
import { turnBit, withRaw } from "../store/damage.js";

const ACTION = "0198c0de-0000-7000-8000-00000000000a";

/** A folder with a registry and some replies, and where its backup goes. */
async function filled(): Promise<{ folder: string; target: string; kekFile: string }> {
  const folder = temporaryFolder();
  await writeSample(folder, somePeople(1_500, 2));
  await addReplies(folder, 20);
  return { folder, target: join(dirname(folder), "backup"), kekFile: defaultKekFile(folder) };
}

function addReplies(folder: string, count: number): Promise<void> {
  return withData(folder, async ({ store, vault }) => {
    const replies = new ReplyStore(store, vault);
    given(
      await store.commit(() => {
        for (let nth = 0; nth < count; nth++) {
          const text = `call me: 0612345${nth}`;
          replies.put(ACTION, replies.nextPlace(ACTION), { receivedAtMs: nth, channel: "sms", text, missing: 0 });
        }
        vault.write();
      }),
    );
  });
}

test.each([
  ["before anything was moved", false],
  ["before the store was moved", true],
])("a restore that was cut off %s is no folder to begin in, and is done anew", async (_, rootIsMoved) => {
  const { target, kekFile } = await filled();
  const folder = temporaryFolder();
  given(await backUp(join(dirname(target), "data"), target));
  mkdirSync(join(folder, ".restoring"));
  writeFileSync(join(folder, ".restoring", "seinpost.lmdb"), "cut off");
  if (rootIsMoved) copyFileSync(join(target, "root.key"), join(folder, "root.key"));
  expect(openDataFolder(folder, { kekFile })).toMatchObject({
    problem: { code: "STORE_UNUSABLE", detail: expect.stringContaining("cut off; give it again") },
  });
  given(await restore(target, folder, { kekFile }));
  expect(readdirSync(folder).sort()).toEqual(["root.key", "seinpost.lmdb"]);
});

test("a folder whose store is gone is refused by name, and not begun anew", async () => {
  const { folder } = await filled();
  rmSync(join(folder, "seinpost.lmdb"));
  const opened = openDataFolder(folder);
  expect(opened).toMatchObject({ problem: { code: "STORE_UNUSABLE", detail: expect.stringContaining("is gone") } });
  expect(existsSync(join(folder, "seinpost.lmdb"))).toBe(false);
});

async function contentsOf(folder: string, kekFile: string) {
  const loaded = given(await loadRegistry(folder, undefined, { kekFile }));
  return flattened(loaded);
}

test("a restored folder has all that was backed up, and is a registry to start from", async () => {
  const { folder, target, kekFile } = await filled();
  const taken = given(await backUp(folder, target));
  expect(taken).toMatchObject({ participants: 1_500, records: { replies: 20 } });
  expect(readdirSync(target).sort()).toEqual(["backup.json", "root.key", "seinpost.lmdb"]);
  for (const name of readdirSync(target)) expect(statSync(join(target, name)).mode & 0o777).toBe(0o600);
  expect(given(await verifyBackup(target, kekFile))).toEqual(taken);
  const before = await contentsOf(folder, kekFile);
  rmSync(folder, { recursive: true });
  // The name of the key encryption key goes with the name of the data folder.
  expect(given(await restore(target, folder))).toEqual(taken);
  expect(readdirSync(folder).sort()).toEqual(["root.key", "seinpost.lmdb"]);
  expect(await contentsOf(folder, kekFile)).toEqual(before);
  await withData(folder, async ({ store, vault }) => {
    const page = new ReplyStore(store, vault).page(ACTION, 0, 100);
    expect(page.replies.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, n) => `call me: 0612345${n}`));
  });
});

test("a backup that is taken while somebody writes and renews the root is of one moment, and opens", async () => {
  const { folder, target, kekFile } = await filled();
  let writing = true;
  const writes = withData(folder, async ({ store, vault }) => {
    const replies = new ReplyStore(store, vault);
    for (let nth = 0; writing; nth++) {
      const reply = { receivedAtMs: nth, channel: "sms", text: "seen", missing: 0 } as const;
      const put = (): void => replies.put(ACTION, replies.nextPlace(ACTION), reply);
      given(await vault.commitRenewed(put));
      // The other side of the same thread must have its turns.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
  const taken: number[] = [];
  for (let nth = 0; nth < 5; nth++) {
    const made = given(await backUp(folder, `${target}${nth}`));
    expect(given(await verifyBackup(`${target}${nth}`, kekFile))).toEqual(made);
    taken.push(made.records.replies!);
  }
  writing = false;
  await writes;
  expect(taken.every((count, nth) => nth === 0 || count > taken[nth - 1]!)).toBe(true);
});

describe("damage that a service passes over", () => {
  const unopened = { table: "replies", key: Buffer.alloc(20, 9) } as const;
  const turned = { table: "actions", key: Buffer.from("an action") } as const;
  const places = [turned, unopened].map(({ table, key }) => `${table}/${key.toString("hex")}`);

  async function damaged(): Promise<{ folder: string; target: string; kekFile: string }> {
    const { folder, ...rest } = await filled();
    await withData(folder, async ({ store }) => {
      const put = ({ table, key }: typeof unopened | typeof turned) =>
        void store.table(table).put(key, Buffer.alloc(100, 7));
      given(await store.commit(() => [unopened, turned].forEach(put)));
    });
    await turnBit(folder, turned.table, turned.key);
    return { folder, ...rest };
  }

  test("refuses a backup by name, and says how to take one all the same", async () => {
    const { folder, target } = await damaged();
    const detail = expect.stringMatching(/^2 records are damaged; .* with --with-damage/);
    expect(await backUp(folder, target)).toMatchObject({
      problem: { code: "STORE_CORRUPT", detail, field: places[0] },
    });
    expect(readdirSync(target)).toEqual([]);
  });

  test("is in a backup that was told to take it, which is verified and restored with just that and names each", async () => {
    const { folder, target, kekFile } = await damaged();
    const taken = given(await backUp(folder, target, { withDamage: true }));
    expect(taken).toMatchObject({ participants: 1_500, records: { replies: 21 }, damaged: places });
    expect(given(await verifyBackup(target, kekFile))).toEqual(taken);
    const restored = join(dirname(folder), "restored");
    expect(given(await restore(target, restored, { kekFile }))).toEqual(taken);
    expect(await contentsOf(restored, kekFile)).toEqual(await contentsOf(folder, kekFile));
  });

  test("is not taken for whole because a manifest does not name it", async () => {
    const { folder, target, kekFile } = await damaged();
    const { damaged: _, ...silent } = given(await backUp(folder, target, { withDamage: true }));
    writeFileSync(join(target, "backup.json"), JSON.stringify(silent));
    const refused = { problem: { code: "STORE_CORRUPT", field: places[0] } };
    expect(await verifyBackup(target, kekFile)).toMatchObject(refused);
    expect(await restore(target, join(dirname(folder), "restored"), { kekFile })).toMatchObject(refused);
  });

  test("is backed up and restored also where it is the note of the last run", async () => {
    const { folder, target, kekFile } = await filled();
    await withData(folder, async ({ store }) => void given(await store.commit(() => putLastRun(store, NO_RUN))));
    await turnBit(folder, "meta", Buffer.from("lastRun"));
    given(await backUp(folder, target, { withDamage: true }));
    given(await restore(target, join(dirname(folder), "restored"), { kekFile }));
  });
});

describe("is refused, and nothing is left behind:", () => {
  test.each([
    ["positions", Buffer.from([2, 0, 0, 0, 0, 0, 0])],
    ["imports", Buffer.alloc(4)],
    ["replies", Buffer.alloc(20)],
  ] as const)("a backup of %s that no key opens", async (table, key) => {
    const { folder, target } = await filled();
    await withData(folder, async ({ store }) => {
      given(await store.commit(() => void store.table(table).put(key, Buffer.alloc(100, 7))));
    });
    const field = `${table}/${key.toString("hex")}`;
    expect(await backUp(folder, target)).toMatchObject({ problem: { code: "STORE_CORRUPT", field } });
    expect(existsSync(join(target, "backup.json"))).toBe(false);
  });

  test("a backup of a registry with a block that is damaged, also where damage may be: no service starts on it", async () => {
    const { folder, target } = await filled();
    await withRaw(folder, async (table) => {
      const [first] = [...table("participants").getKeys({ limit: 1 })];
      await table("participants").put(first!, Buffer.alloc(100, 7));
    });
    const refused = { problem: { code: "STORE_CORRUPT", field: "participants/0" } };
    expect(await backUp(folder, target, { withDamage: true })).toMatchObject(refused);
    expect(readdirSync(target)).toEqual([]);
  });

  test("a backup into a folder that has something in it, and of a folder without a store", async () => {
    const { folder, target } = await filled();
    mkdirSync(target);
    writeFileSync(join(target, "mine.txt"), "keep");
    expect(await backUp(folder, target)).toMatchObject({ problem: { code: "BACKUP_FAILED" } });
    expect(readdirSync(target)).toEqual(["mine.txt"]);
    expect(await backUp(temporaryFolder(), `${target}2`)).toMatchObject({ problem: { code: "STORE_UNUSABLE" } });
    expect(existsSync(`${target}2`)).toBe(false);
  });

  test("a backup of a store with a damaged value: it would not be one", async () => {
    const { folder, target } = await filled();
    await withData(folder, async ({ store }) => {
      given(await store.commit(() => void store.table("replies").put(Buffer.alloc(20, 7), Buffer.alloc(60, 1))));
    });
    expect(await backUp(folder, target)).toMatchObject({ problem: { code: "STORE_CORRUPT" } });
    expect(readdirSync(target)).toEqual([]);
  });

  test("restoring over a store, and with another key", async () => {
    const { folder, target } = await filled();
    given(await backUp(folder, target));
    expect(await restore(target, folder)).toMatchObject({ problem: { code: "REGISTRY_EXISTS" } });
    const other = temporaryFolder();
    writeFileSync(defaultKekFile(other), "0".repeat(64), { mode: 0o600 });
    expect(await restore(target, other)).toMatchObject({ problem: { code: "KEY_WRONG" } });
    expect(readdirSync(other)).toEqual([]);
    rmSync(defaultKekFile(other));
    expect(await restore(target, other)).toMatchObject({ problem: { code: "KEY_MISSING" } });
    expect(readdirSync(other)).toEqual([]);
  });

  test.each([
    ["a file cut in half", (target: string) => truncate(join(target, "seinpost.lmdb"))],
    ["a byte that changed", (target: string) => overwrite(join(target, "seinpost.lmdb"), 20_000)],
    ["more than there was", (target: string) => appendFileSync(join(target, "root.key"), "x")],
    ["no manifest", (target: string) => rmSync(join(target, "backup.json"))],
    ["a manifest cut in half", (target: string) => truncate(join(target, "backup.json"))],
    ["a file that is missing", (target: string) => rmSync(join(target, "root.key"))],
  ])("restoring %s", async (_, damage) => {
    const { folder, target, kekFile } = await filled();
    given(await backUp(folder, target));
    damage(target);
    expect(await verifyBackup(target, kekFile)).toMatchObject({ problem: { code: "BACKUP_FAILED" } });
    const restored = join(dirname(folder), "restored");
    expect(await restore(target, restored, { kekFile })).toMatchObject({ problem: { code: "BACKUP_FAILED" } });
    expect(existsSync(restored)).toBe(false);
  });

  test("store and root.key of two moments, with a manifest that says they are fine", async () => {
    const { folder, target, kekFile } = await filled();
    given(await backUp(folder, target));
    await withData(folder, async ({ vault }) => void given(await vault.commitRenewed(() => {})));
    given(await backUp(folder, `${target}2`));
    copyFileSync(join(folder, "root.key"), join(target, "root.key"));
    const manifest = given(readManifest(target));
    const mixed = {
      ...manifest,
      files: { ...manifest.files, "root.key": given(readManifest(`${target}2`)).files["root.key"] },
    };
    writeFileSync(join(target, "backup.json"), JSON.stringify(mixed));
    expect(await verifyBackup(target, kekFile)).toMatchObject({ problem: { code: "STORE_UNUSABLE" } });
  });
});

function truncate(path: string): void {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.length / 2));
}

function overwrite(path: string, at: number): void {
  writeSync(openSync(path, "r+"), Buffer.from([readFileSync(path)[at]! ^ 1]), 0, 1, at);
}
