/** A process that is killed in the middle of an import leaves all of it or nothing. */
import { expect, test } from "vitest";
import { fail } from "../../../../schemas/errors.js";
import { startNode } from "../../../children.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { given, writeSample } from "../../registry/samples.js";
import { file, HERE, importFile, NEW, openRig, over, people, type Rig, row } from "../rig.js";

const CHILD = new URL("./import-child.js", import.meta.url);
/** Some eight pieces. */
const NEWCOMERS = 4_000;

test.each([
  ["while it is planned", "planning", 100, 0],
  ["when it begins to be applied", "applying", 0, NEWCOMERS],
  ["while it is applied", "applying", 3, NEWCOMERS],
])("killed %s", async (_, state, done, joined) => {
  const folder = temporaryFolder();
  await writeSample(folder, people());
  const { signal } = await startNode(CHILD, [folder, String(NEWCOMERS), state, String(done)]).ended;
  expect(signal).toBe("SIGKILL");
  const rig = await openRig(folder);
  const [job] = rig.imports.list(HERE);
  if (job) await over(job);
  expect(rig.live.count).toBe(10 + joined);
  if (joined > 0) {
    expect(job).toMatchObject({ state: "done", overtaken: 0, report: { added: NEWCOMERS } });
    expect(rig.live.byNumber(NEW + NEWCOMERS - 1)).toHaveLength(1);
  } else expect(job).toBeUndefined();
  // Nothing of it is kept, and it stays so.
  expect([...rig.data.store.table("imports").keys()]).toEqual([]);
  await rig.close();
  const again = await openRig(folder);
  expect(again.live.count).toBe(10 + joined);
  expect(again.imports.list(HERE)).toEqual([]);
  await again.close();
});

test("an import that the stop of the service interrupts goes on at the next start", async () => {
  const folder = temporaryFolder();
  await writeSample(folder, people());
  let isStopping = () => {};
  const stopping = new Promise<void>((resolve) => {
    isStopping = resolve;
  });
  const rig = await openRig(folder, {
    place: () => {
      isStopping();
      return { ok: false, problem: { code: "BUSY", detail: "full" } };
    },
  });
  const intake = given(rig.imports.begin({ scope: HERE, mode: "allOrNothing", dryRun: false }, () => {}));
  intake.chunk(Buffer.from(file(row(NEW))), () => {});
  given(await intake.end());
  await stopping;
  await rig.close();
  expect(intake.job).toMatchObject({ state: "failed", problem: { code: "NOT_READY" } });
  const again = await openRig(folder);
  await over(again.imports.list(HERE)[0]!);
  expect(again.live.byNumber(NEW)).toEqual([10]);
  await again.close();
});

test("an import that finds no room any more goes on at the next start, and no other is taken before", async () => {
  const folder = temporaryFolder();
  await writeSample(folder, people());
  const full = fail("REGISTRY_FULL", "no more participants can join now");
  const rig: Rig = await openRig(folder, {
    place: () => {
      Object.defineProperty(rig.live, "room", { value: 0 });
      return full;
    },
  });
  const request = { scope: HERE, mode: "allOrNothing", dryRun: false } as const;
  const stuck = await importFile(rig, file(row(NEW)));
  expect(stuck).toMatchObject({ state: "failed", problem: { code: "REGISTRY_FULL" } });
  expect(rig.imports.begin(request, () => {})).toMatchObject({ problem: { code: "REGISTRY_FULL" } });
  await rig.close();
  const again = await openRig(folder);
  const job = given(again.imports.get(HERE, stuck.id));
  await over(job);
  expect(job).toMatchObject({ state: "done", report: stuck.report });
  expect(again.live.byNumber(NEW)).toEqual([10]);
  expect(again.imports.begin(request, () => {}).ok).toBe(true);
  await again.close();
});

test("pieces of an import that was not decided, and what was being thrown away, are gone after a start", async () => {
  const folder = temporaryFolder();
  await writeSample(folder, people());
  const rig = await openRig(folder);
  const { store, vault } = rig.data;
  const key = (number: number) => Buffer.from(Uint32Array.of(number).buffer).reverse();
  const put = (records: readonly (readonly [number, Uint8Array])[]) =>
    store.commit(() => {
      for (const [number, value] of records) void store.table("imports").put(key(number), value);
      vault.write();
    });
  const sealed = vault.seal("imports", Buffer.from("a piece"), key(0));
  for (const left of [[[0, sealed]], [[0xffff_ffff, new Uint8Array(0)]]] as const) {
    given(await put(left));
    given(await rig.imports.recover());
    expect([...store.table("imports").keys()]).toEqual([]);
    expect(rig.imports.list(undefined)).toEqual([]);
    expect(vault.open("imports", sealed, key(0)).ok).toBe(false);
  }
  await rig.close();
});
