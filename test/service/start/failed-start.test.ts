/**
 * A start that fails lets go of all that it took: the process says why and ends by itself, nothing of it is left that would keep it
 * from ending, and a start that follows in the same process, on the same folder and port, works.
 */
import { cpSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import pino from "pino";
import { describe, expect, it } from "vitest";
import type { TableName } from "../../../engine/store/tables.js";
import { readConfiguration } from "../../../gateway/service/configuration.js";
import { startService } from "../../../gateway/service/service.js";
import { freePort } from "../../../loadtest/free-port.js";
import { STORE } from "../../../schemas/limits.js";
import { startChild, startNode } from "../../children.js";
import { SmallDisk } from "../../crash/disk/small-disk.js";
import { given, withStore } from "../../engine/registry/samples.js";
import { turnBit, withRaw } from "../../engine/store/damage.js";
import { generatedFolder } from "../../generated-folder.js";
import { temporaryFolder } from "../../temp-folder.js";

const MAIN = new URL("../../../gateway/main.js", import.meta.url);
const CHILD = new URL("./failed-start-child.js", import.meta.url);
const EXIT_NOT_STARTED = 78;
/** Whoever supervises it tries again (gateway/operations/seinpost.service). */
const EXIT_NOT_NOW = 75;
const PARTICIPANTS = 300;

type Environment = Record<string, string>;
/** What passes by itself. */
const PASSING = ["ADDRESS_UNAVAILABLE", "FOLDER_IN_USE"];
/** What makes a start fail, by the environment or by what it puts in the way, and what takes that away again. */
type Obstacle = (folder: string, port: number) => Promise<{ env?: Environment; remove?: () => unknown }>;

const obstacles: readonly [string, string, string, Obstacle][] = [
  ["a proxy that is none", "CONFIGURATION_INVALID", "SEINPOST_TRUSTED_PROXY", async () => ({ env: NO_PROXY })],
  ["the key of another folder", "KEY_WRONG", "key", otherKey],
  ["no root of the keys", "STORE_UNUSABLE", "root.key", withoutRoot],
  ["a store of something else", "STORE_UNUSABLE", "no meta page", strangeStore],
  ["damaged keys of the data", "STORE_CORRUPT", "meta/vault", damaged("meta", "vault")],
  ["a damaged record of the registry", "STORE_CORRUPT", "meta/registry", damaged("meta", "registry")],
  ["a damaged block of the registry", "STORE_CORRUPT", "participants/", damaged("participants")],
  ["a wave of a later program", "STORE_UNUSABLE", "waves/7", laterWave],
  ["a port that is taken", "ADDRESS_UNAVAILABLE", "EADDRINUSE", takenPort],
  ["an address that is not there", "ADDRESS_UNAVAILABLE", "EADDRNOTAVAIL", async () => ({ env: NO_ADDRESS })],
];
/** Of a network for documentation (RFC 5737). */
const NO_ADDRESS = { SEINPOST_HOST: "192.0.2.1" };
const NO_PROXY = { SEINPOST_TRUSTED_PROXY: "nobody" };

describe.each(obstacles)("after %s", (_, code, word, obstacle) => {
  it("everything is let go", async () => {
    const folder = await generatedFolder(PARTICIPANTS);
    const port = await freePort();
    const { env, remove } = await obstacle(folder, port);
    const all = { ...environmentOf(folder, port), ...env };

    const main = startNode(MAIN, ["start"], { env: all });
    const exit = PASSING.includes(code) ? EXIT_NOT_NOW : EXIT_NOT_STARTED;
    expect([(await main.ended).code, main.errors()]).toEqual([exit, expect.stringContaining(word)]);
    expect(main.errors()).toContain(code);

    const child = startNode(CHILD, [], { env: all });
    expect([await child.ended, child.lines]).toEqual([{ code: 0, signal: null }, [code, "free", "0 threads"]]);

    expect(await start(all)).toMatchObject({ ok: false, problem: { code } });
    await remove?.();
    const service = given(await start(environmentOf(folder, port)));
    expect([service.participants, service.generated, service.port]).toEqual([PARTICIPANTS, true, port]);
    await service.close();
  });
});

it.each([
  ["an empty folder", 0],
  ["a folder whose table of readers is not there", PARTICIPANTS],
])("on a full disk %s is refused by name, and starts when there is room", async (_, participants) => {
  const disk = await SmallDisk.mount(temporaryFolder(), 2 * STORE.reserveBytes);
  if (disk === undefined) return console.log("skipped: no file system can be mounted here (unshare --user --mount)");
  const folder = participants > 0 ? await generatedFolder(participants) : temporaryFolder();
  const env = {
    ...environmentOf(folder, await freePort()),
    SEINPOST_DATA: `${disk.path}/data`,
    SEINPOST_KEK_FILE: `${folder}.kek`,
  };
  if (participants > 0)
    cpSync(folder, disk.seen("data"), { recursive: true, filter: (path) => !path.endsWith("-lock") });
  else writeFileSync(env.SEINPOST_KEK_FILE, "f0".repeat(32), { mode: 0o600 });
  const [command, ...args] = [...disk.before, process.execPath, MAIN.pathname, "start"];
  disk.fill(0);
  const refused = startChild(command!, args, { env });
  expect([await refused.ended, refused.errors()]).toEqual([
    { code: EXIT_NOT_NOW, signal: null },
    expect.stringContaining("DISK_FULL"),
  ]);
  disk.free();
  const onLine = (line: string) => line === "Seinpost is ready." && started.process.kill();
  const started = startChild(command!, args, { env, onLine });
  expect(await started.ended).toEqual({ code: 0, signal: null });
});

it.each(["actions", "places"] as const)("a damaged record of the table %s fails no start", async (table) => {
  const folder = await generatedFolder(PARTICIPANTS);
  const key = Buffer.alloc(16, 1);
  await withStore(folder, async (store) => {
    given(await store.commit(() => void store.table(table).put(key, Buffer.from("{}"))));
  });
  await turnBit(folder, table, key);
  const service = given(await start(environmentOf(folder, 0)));
  expect(service.participants).toBe(PARTICIPANTS);
  await service.close();
});

function environmentOf(folder: string, port: number): Environment {
  const carriers = join(folder, "..", "carriers.json");
  const north = { name: "north", host: "127.0.0.1", port: 1, systemId: "x", password: "x", sender: "B" };
  writeFileSync(carriers, JSON.stringify({ carriers: [north] }));
  return { SEINPOST_DATA: folder, SEINPOST_PORT: String(port), SEINPOST_CARRIERS: carriers };
}

function start(env: Environment) {
  const onFatal = ({ detail }: { detail: string }) => expect.fail(detail);
  return startService({ ...given(readConfiguration(env)), carriers: [], log: pino({ level: "silent" }), onFatal });
}

async function otherKey(folder: string) {
  const kekFile = `${folder}.other`;
  writeFileSync(kekFile, "f0".repeat(32), { mode: 0o600 });
  return { env: { SEINPOST_KEK_FILE: kekFile } };
}

async function withoutRoot(folder: string) {
  const root = join(folder, "root.key");
  renameSync(root, `${root}.away`);
  return { remove: () => renameSync(`${root}.away`, root) };
}

async function strangeStore(folder: string) {
  const store = join(folder, "seinpost.lmdb");
  renameSync(store, `${store}.away`);
  writeFileSync(store, readFileSync(import.meta.filename));
  return { remove: () => renameSync(`${store}.away`, store) };
}

/** The first record of the table where no key is given. */
function damaged(name: TableName, key?: string): Obstacle {
  return async (folder) => {
    const [first] = await withRaw(folder, (table) => [...table(name).getKeys({ limit: 1 })]);
    const place = key === undefined ? first! : Buffer.from(key);
    await turnBit(folder, name, place);
    return { remove: () => turnBit(folder, name, place) };
  };
}

async function laterWave(folder: string) {
  const key = Buffer.from([0, 0, 0, 7]);
  await withStore(folder, async (store) => {
    const record = Buffer.from(JSON.stringify({ version: 99, waveId: 7 }));
    given(await store.commit(() => void store.table("waves").put(key, record)));
  });
  const remove = () =>
    withStore(folder, async (store) => {
      given(await store.commit(() => void store.table("waves").remove(key)));
    });
  return { remove };
}

async function takenPort(_: string, port: number) {
  const other = createServer().listen(port, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  return { remove: () => new Promise((resolve) => other.close(resolve)) };
}
