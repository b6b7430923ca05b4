/**
 * A store in which a later program wrote is refused by the name of what it wrote, and is not touched; one of before there were
 * versions, byte for byte as they were written then, opens and goes on.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { Builder } from "flatbuffers";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { journalKey } from "../../../engine/dispatch/ledger/journal/journal.js";
import { WaveStore } from "../../../engine/dispatch/ledger/wave-store.js";
import { openDataFolder } from "../../../engine/registry/open.js";
import type { Store } from "../../../engine/store/store.js";
import { type Service, startService } from "../../../gateway/service/service.js";
import { generate } from "../../../loadtest/registry/generate.js";
import type { Action } from "../../../schemas/api/api.js";
import type { Result } from "../../../schemas/errors.js";
import { JournalEntry } from "../../../schemas/generated/dispatch_generated.js";
import { STATE } from "../../../schemas/words.js";
import { caller, FakeSelector, Harness } from "../../engine/actions/harness.js";
import { FakeCarrier } from "../../engine/dispatch/fake-carrier.js";
import { until } from "../../engine/dispatch/fixtures.js";
import { given } from "../../engine/registry/samples.js";
import { withRaw } from "../../engine/store/damage.js";
import { temporaryFolder } from "../../temp-folder.js";

const API_KEY = "spk_of-a-test-of-versions-of-stored-records";
/** Of the base folder: at rest, and in the middle of being sent. */
const [RESTED, LIVING] = [1, 2];
/** Later than that of any record. */
const LATER = 9;

let base: string;
let ids: string[];

/** An action that has ended and is at rest, and one that a crash interrupted. */
beforeAll(async () => {
  base = join(mkdtempSync(join(tmpdir(), "seinpost-versions-")), "data");
  // The key that the parts of the ledger's tests open a vault with.
  writeFileSync(`${base}.kek`, "07".repeat(32), { mode: 0o600 });
  given(await generate(base, { participants: 300 }));
  const { store } = given(openDataFolder(base));
  const carrier = new FakeCarrier("a", 1, { perTurn: 10 });
  const harness = await Harness.start({ open: () => store } as never, [carrier], new FakeSelector(200));
  const over = await harness.create({ dispatch: true });
  await harness.at(over.id, "sent");
  given(await harness.actions.stop(over.id, caller()));
  await harness.archive.restOldest(() => true);
  carrier.pause(true);
  const going = await harness.create({ dispatch: true });
  await until(() => (harness.dispatcher.ends.of(LIVING) ?? 0) > 0);
  await harness.dispatcher.commit();
  ids = [over.id, going.id];
  await harness.crash();
  // A service leaves the store's version.
  await given(await start(base)).close();
});

afterAll(() => rmSync(dirname(base), { recursive: true, force: true }));

function start(dataFolder: string): Promise<Result<Service>> {
  const basic = { host: "127.0.0.1", port: 0, carriers: [], kekFile: undefined, log: pino({ level: "silent" }) };
  return startService({ ...basic, dataFolder, apiKey: API_KEY, onFatal: ({ detail }) => expect.fail(detail) });
}

function copy(): string {
  const folder = temporaryFolder();
  cpSync(base, folder, { recursive: true });
  cpSync(`${base}.kek`, `${folder}.kek`);
  return folder;
}

/** All there is in it, but for LMDB's table of readers. */
function bytesOf(folder: string): Map<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map(({ parentPath, name }) => join(parentPath, name)).filter((name) => !name.endsWith("-lock"));
  return new Map(names.map((name) => [name, readFileSync(name)]));
}

const key = (id: string) => Buffer.from(id.replaceAll("-", ""), "hex");
const waveKey = (waveId: number) => journalKey(waveId, 0).subarray(0, 4);

/** Rewrites a record of JSON with a later version, as a later program would. */
function raise(store: Store, table: "waves" | "actions" | "meta", at: Buffer): void {
  const record = JSON.parse(given(store.table(table).get(at))!.toString());
  void store.table(table).put(at, Buffer.from(JSON.stringify({ ...record, version: LATER, unheardOf: true })));
}

describe("what a later program wrote", () => {
  it.each<[string, RegExp, (store: Store) => void]>([
    ["a wave that lives", /^waves\/2 has version 9/, (store) => raise(store, "waves", waveKey(LIVING))],
    ["a wave at rest", /^waves\/1 has version 9/, (store) => raise(store, "waves", waveKey(RESTED))],
    ["an action that is under way", /^actions\/[-0-9a-f]{36} has/, (store) => raise(store, "actions", key(ids[1]!))],
    ["an action that is over", /^actions\/[-0-9a-f]{36} has/, (store) => raise(store, "actions", key(ids[0]!))],
    ["the store", /^the store has version 9/, (store) => raise(store, "meta", Buffer.from("lastRun"))],
    [
      "outcomes",
      /^outcomes\/1\/0 has version 9/,
      (store) => {
        const outcomes = Buffer.from(given(store.table("outcomes").get(journalKey(RESTED, 0)))!);
        outcomes[0] = LATER;
        void store.table("outcomes").put(journalKey(RESTED, 0), outcomes);
      },
    ],
    [
      "the journal",
      /^journal\/2\/\d+ has version 9/,
      (store) => {
        const builder = new Builder(64);
        builder.finish(JournalEntry.createJournalEntry(builder, Date.now(), 0, 0, LATER));
        const entries = [...store.table("journal").keys(journalKey(LIVING, 0))].length;
        void store.table("journal").put(journalKey(LIVING, entries), builder.asUint8Array());
      },
    ],
  ])("in %s is refused by name, and the folder stays as it is", async (_, reason, write) => {
    const folder = copy();
    const { store } = given(openDataFolder(folder));
    given(await store.commit(() => write(store)));
    await store.close();
    const before = bytesOf(folder);
    const refused = await start(folder);
    expect(refused).toMatchObject({ ok: false, problem: { code: "STORE_UNUSABLE" } });
    expect(!refused.ok && refused.problem.detail).toMatch(reason);
    expect(bytesOf(folder)).toEqual(before);
  });
});

describe("a folder of before there were versions", () => {
  it("opens, shows what is over and goes on with what is under way", async () => {
    const folder = copy();
    await withRaw(folder, async (table) => {
      // Records began with their first member, and a seal was over the value alone.
      for (const name of ["waves", "actions"] as const) {
        for (const { key: at, value } of [...table(name).getRange()]) {
          const text = value.subarray(4).toString();
          expect(text).toMatch(/^{"version":[1234],/);
          await table(name).put(at, sealedOfOld(Buffer.from(JSON.stringify(unversioned(text)))));
        }
      }
      // A byte a recipient, and nothing in front.
      await table("outcomes").put(journalKey(RESTED, 0), sealedOfOld(Buffer.alloc(200, STATE.acknowledged)));
      await table("journal").put(journalKey(LIVING, 0), sealedOfOld(entryOfOld()));
      for (const at of [...table("journal").getKeys()].slice(1)) await table("journal").remove(at);
      for (const name of ["lastRun", "journals"]) await table("meta").remove(Buffer.from(name));
    });
    const service = given(await start(folder));
    const [over, going] = await Promise.all(ids.map((id) => shown(service, id)));
    expect(over).toMatchObject({ status: "stopped", reason: null, waves: [{ recipients: 200 }] });
    expect(going).toMatchObject({ status: "sending", waves: [{ recipients: 200, counts: { possibleDuplicates: 7 } }] });
    await service.close();
    const { store } = given(openDataFolder(folder));
    const waves = new WaveStore(store);
    expect(given(waves.outcomes(RESTED, 200))).toEqual(new Uint8Array(200).fill(STATE.acknowledged));
    await store.close();
  });
});

/** An action had the numbers of its waves, and no more of them. */
function unversioned(text: string): object {
  const { version: _, waves, ...record } = JSON.parse(text) as { version: number; waves?: { id: number }[] };
  return waves ? { ...record, waveIds: waves.map(({ id }) => id) } : record;
}

function sealedOfOld(value: Buffer): Buffer {
  const seal = Buffer.alloc(4);
  seal.writeUInt32LE(crc32(value));
  return Buffer.concat([seal, value]);
}

/**
 * An entry at 1 ms that grants positions 0 to 6, in the layout of a FlatBuffer whose table has three fields: offset of the table,
 * its vtable (size, the table's size, where time, events and grants are), the table, and two vectors, one of them empty.
 */
function entryOfOld(): Buffer {
  const bytes = Buffer.alloc(60);
  bytes.writeUInt32LE(16, 0);
  for (const [at, word] of [10, 20, 4, 12, 16].entries()) bytes.writeUInt16LE(word, 6 + at * 2);
  bytes.writeInt32LE(10, 16);
  bytes.writeDoubleLE(1, 20);
  bytes.writeUInt32LE(8, 28);
  bytes.writeUInt32LE(8, 32);
  bytes.writeUInt32LE(0, 36);
  bytes.writeUInt32LE(1, 40);
  for (const [at, word] of [1, 0, 7, 0].entries()) bytes.writeUInt32LE(word, 44 + at * 4);
  return bytes;
}

async function shown(service: Service, id: string): Promise<Action> {
  const answer = await fetch(`http://127.0.0.1:${service.port}/v1/actions/${id}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  return (await answer.json()) as Action;
}
