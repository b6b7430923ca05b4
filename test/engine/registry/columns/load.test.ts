import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ByteBuffer } from "flatbuffers";
import { Piscina } from "piscina";
import { expect, onTestFinished, test } from "vitest";
import { loadRegistry, type RunLoadTask } from "../../../../engine/registry/columns/load.js";
import { loadBlocks } from "../../../../engine/registry/columns/load-worker.js";
import { openDataFolder } from "../../../../engine/registry/open.js";
import { REGISTRY_KEY } from "../../../../engine/registry/record/record.js";
import { UNUSED_STATUS } from "../../../../engine/registry/record/records.js";
import { RegistryWriter } from "../../../../engine/registry/record/writer.js";
import type { Store } from "../../../../engine/store/store.js";
import { blockKey } from "../../../../engine/vault/block-key.js";
import { Registry } from "../../../../schemas/generated/registry_generated.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { flattened, given, type SamplePerson, somePeople, withData, withStore, writeSample } from "../samples.js";

function expected(people: readonly SamplePerson[], rows: number) {
  const byRow = new Map(people.map((person) => [person.row, person]));
  const column = (of: (person: SamplePerson) => number, unused: number) =>
    Array.from({ length: rows }, (_, row) => (byRow.has(row) ? of(byRow.get(row)!) : unused));
  return {
    generated: false,
    numbers: column(({ number, status }) => (status === 0 ? number : 0 - number), 0),
    status: column((person) => person.status, UNUSED_STATUS),
    language: column((person) => person.language, 0),
    locations: people.flatMap((person) =>
      person.locations.map(({ kind: _, ...location }) => ({ participant: person.row, ...location })),
    ),
  };
}

async function codeOf(folder: string, run?: RunLoadTask): Promise<string> {
  const loaded = await loadRegistry(folder, run);
  return loaded.ok ? "loaded" : `${loaded.problem.code} ${loaded.problem.field ?? ""}`.trim();
}

test("what was written is loaded, whole blocks and a last one in part", async () => {
  const folder = temporaryFolder();
  const people = somePeople(1_000);
  const record = await writeSample(folder, people);
  expect([record.participants, record.rows, record.blockLocations.length]).toEqual([1_000, 1_000, 4]);
  expect(flattened(given(await loadRegistry(folder)))).toEqual(expected(people, 1_000));
});

test("numbers that nobody has are unused rows, within a block and over whole blocks", async () => {
  const folder = temporaryFolder();
  const people = [...somePeople(40, 7), ...somePeople(3).map((person) => ({ ...person, row: person.row + 5_000 }))];
  const record = await writeSample(folder, people);
  expect([record.participants, record.rows]).toEqual([43, 5_003]);
  expect(flattened(given(await loadRegistry(folder)))).toEqual(expected(people, 5_003));
});

test("threads of a pool that open the same folder load the same, while this one has it open", async () => {
  const folder = temporaryFolder();
  const people = somePeople(6_000);
  await writeSample(folder, people);
  const filename = new URL("../../../../engine/registry/columns/load-worker.js", import.meta.url).href;
  const pool = new Piscina({ filename, minThreads: 2, maxThreads: 2 });
  onTestFinished(() => pool.destroy());
  const data = given(openDataFolder(folder));
  for (let round = 0; round < 3; round++) {
    const loaded = await loadRegistry(data, (task) => pool.run(task, { name: "loadBlocks" }));
    expect(flattened(given(loaded))).toEqual(expected(people, 6_000));
  }
  // The threads have closed it; here it is still open and takes commits.
  const done = await data.store.commit(() => data.store.table("keys").put(Buffer.from("a"), Buffer.from("b")));
  expect(done.ok).toBe(true);
  await data.store.close();
});

test("a folder without a registry says so", async () => {
  const folder = temporaryFolder();
  expect(await codeOf(`${folder}/none`)).toBe("REGISTRY_MISSING");
  await withStore(folder, async () => undefined);
  expect(await codeOf(folder)).toBe("REGISTRY_MISSING");
});

test("a block that is damaged, missing or another's fails the load and is named", async () => {
  const folder = temporaryFolder();
  const { generation } = await writeSample(folder, somePeople(1_500));
  const damage = (change: (store: Store) => void) =>
    withStore(folder, async (store) => given(await store.commit(() => change(store))));
  const block = await withStore(
    folder,
    async (store) => given(store.table("participants").get(blockKey(generation, 3)))!,
  );

  await damage((store) => void store.table("participants").remove(blockKey(generation, 3)));
  expect(await codeOf(folder)).toBe("STORE_CORRUPT participants/3");
  await damage((store) => void store.table("participants").put(blockKey(generation, 3), block));
  expect(await codeOf(folder)).toBe("loaded");
  // Block 5 has fewer people than a whole one; the checksum fits, the registry's own counts do not.
  await damage((store) => void store.table("participants").put(blockKey(generation, 5), block));
  expect(await codeOf(folder)).toBe("STORE_CORRUPT participants/5");
});

test("one thread that fails fails the load", async () => {
  const folder = temporaryFolder();
  await writeSample(folder, somePeople(3_000));
  const run: RunLoadTask = async (task) =>
    task.fromBlock === 4
      ? { ok: false, problem: { code: "STORE_CORRUPT", detail: "as a test has it", field: "participants/4" } }
      : loadBlocks(task);
  expect(await codeOf(folder, run)).toBe("STORE_CORRUPT participants/4");
});

test.each([
  [1, "import that into a new folder"],
  [99, "a later one"],
])("a registry of form %d is refused, and it is said what to do", async (form, words) => {
  const folder = temporaryFolder();
  await writeSample(folder, somePeople(10));
  await withStore(folder, async (store) => {
    const bytes = given(store.table("meta").get(REGISTRY_KEY))!;
    const registry = Registry.getRootAsRegistry(new ByteBuffer(bytes));
    bytes.writeUInt16LE(form, registry.bb_pos + registry.bb!.__offset(registry.bb_pos, 4));
    given(await store.commit(() => store.table("meta").put(REGISTRY_KEY, bytes)));
  });
  for (const opened of [await loadRegistry(folder), openDataFolder(folder)]) {
    expect(opened).toMatchObject({ problem: { code: "STORE_UNUSABLE", detail: expect.stringContaining(words) } });
  }
});

test("one bit that fell over on the disk is found, in a block and in the registry's record", async () => {
  for (const [table, key, found] of [
    ["participants", blockKey(1, 2), "STORE_CORRUPT participants/2"],
    ["meta", REGISTRY_KEY, "STORE_CORRUPT meta/registry"],
  ] as const) {
    const folder = temporaryFolder();
    await writeSample(folder, somePeople(1_000));
    const value = await withStore(folder, async (store) => given(store.table(table).get(key))!);
    const path = join(folder, "seinpost.lmdb");
    const bytes = readFileSync(path);
    const at = bytes.indexOf(value.subarray(0, 64));
    expect(at).toBeGreaterThan(0);
    bytes[at + 40]! ^= 0x10;
    writeFileSync(path, bytes);
    expect(await codeOf(folder)).toBe(found);
  }
});

test("a registry that is there is left alone unless it is to be replaced, and then nothing of it stays", async () => {
  const folder = temporaryFolder();
  await writeSample(folder, somePeople(2_000));
  await withData(folder, async (data) => {
    const begun = await RegistryWriter.begin(data, { generated: false, replace: false });
    expect(begun.ok ? "begun" : begun.problem.code).toBe("REGISTRY_EXISTS");
  });
  const people = somePeople(300);
  const record = await writeSample(folder, people, true);
  expect(record.generation).toBe(2);
  expect(flattened(given(await loadRegistry(folder)))).toEqual(expected(people, 300));
  await withStore(folder, async (store) => expect(store.table("participants").count()).toBe(2));
});
