/** Proposals on a real store under a real vault: what outlives a process, and what does not outlive its decision. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Proposal } from "../../../engine/proposals/proposal.js";
import { damagedProposals } from "../../../engine/proposals/proposal-store.js";
import { Proposals } from "../../../engine/proposals/proposals.js";
import { type DataFolder, openDataFolder } from "../../../engine/registry/open.js";
import { PROPOSALS } from "../../../schemas/limits.js";
import { temporaryFolder } from "../../temp-folder.js";
import { codeOf, given } from "../registry/samples.js";

const NOW_MS = Date.parse("2026-05-01T12:00:00Z");
let folder: string;
let data: DataFolder;
let forgets: number;

beforeEach(() => {
  folder = temporaryFolder();
  data = given(openDataFolder(folder));
  forgets = 0;
});
afterEach(() => data.store.close());

function load(generation = 1): Proposals {
  return Proposals.load({
    ...{ ...data, generation },
    forgotten: async () => {
      forgets++;
      return { ok: true, value: undefined };
    },
    onFatal: ({ detail }) => {
      throw new Error(detail);
    },
  });
}

async function reopened(): Promise<Proposals> {
  await data.store.close();
  data = given(openDataFolder(folder));
  return load();
}

const proposal = (at: number, change: Partial<Proposal> = {}): Proposal => ({
  ...{ id: `proposal-${at}`, participant: at, kind: "number", value: `3168765${at}`, municipality: 344 },
  ...{ createdAtMs: NOW_MS + at, state: "open", notices: 0, noticedAtMs: 0 },
  ...change,
});

test("outlive the process once they have settled, in the order in which they were made", async () => {
  const proposals = load();
  for (let at = 300; at > 0; at--) given(proposals.add(proposal(at, { createdAtMs: NOW_MS - at })));
  for (const at of [7, 90, 200]) {
    proposals.change(`proposal-${at}`, { state: "waiting", notices: 1, noticedAtMs: NOW_MS + at });
  }
  given(await proposals.settled());
  const again = await reopened();
  expect(again.size).toBe(300);
  // Of three parts, which lie in another order.
  expect(again.waiting.map(({ id, noticedAtMs }) => [id, noticedAtMs])).toEqual([
    ["proposal-200", NOW_MS + 200],
    ["proposal-90", NOW_MS + 90],
    ["proposal-7", NOW_MS + 7],
  ]);
  expect(again.openFor("number", "31687658")?.id).toBe("proposal-8");
  expect(again.openFor("mail", "31687658")).toBeUndefined();
  // What waits is the participant's already, and no longer open to whoever has the new number.
  expect(again.openFor("number", "31687657")).toBeUndefined();
  expect(damagedProposals(data.store, data.vault)).toEqual([]);
});

test("are nobody's in another registry, and go", async () => {
  const proposals = load();
  given(proposals.add(proposal(1)));
  given(await proposals.settled());
  const other = load(2);
  expect(other.size).toBe(0);
  given(await other.settled());
  expect(data.store.table("proposals").count()).toBe(0);
});

test("forget with their decision what they were about, for good: no key opens what was there", async () => {
  const proposals = load();
  given(proposals.add(proposal(1)));
  given(await proposals.settled());
  expect(forgets).toBe(0);
  const [{ key, value }] = [...data.store.table("proposals").range()] as [
    { key: Buffer; value: { ok: true; value: Buffer } },
  ];
  expect(data.vault.open("proposals.1", value.value, key).ok).toBe(true);
  proposals.change("proposal-1", { state: "declined" });
  given(await proposals.settled());
  expect([forgets, data.vault.open("proposals.1", value.value, key).ok, proposals.get("proposal-1")?.value]).toEqual([
    ...[1, false, ""],
  ]);
  proposals.forget(1);
  given(await proposals.settled());
  expect([forgets, data.store.table("proposals").count(), (await reopened()).size]).toEqual([2, 0, 0]);
});

test("are one of each kind from each municipality, a few of a participant", () => {
  const proposals = load();
  for (let at = 0; at < 3; at++) given(proposals.add(proposal(1, { id: `again-${at}`, value: `3168765432${at}` })));
  expect(proposals.of(1).map(({ value }) => value)).toEqual(["31687654322"]);
  expect(proposals.openFor("number", "31687654320")).toBeUndefined();
  const from = (municipality: number) => proposals.add(proposal(1, { id: `of-${municipality}`, municipality }));
  for (let at = 1; at < PROPOSALS.ofParticipant; at++) given(from(at));
  expect(codeOf(from(999))).toBe("BUSY");
  expect(codeOf(proposals.add(proposal(2)))).toBe("ok");
});

test("lapse, and are gone some time later; those that wait do not lapse", () => {
  const proposals = load();
  given(proposals.add(proposal(1)));
  given(proposals.add(proposal(2, { state: "waiting" })));
  proposals.sweep(NOW_MS + 1 + PROPOSALS.openMs);
  expect(proposals.get("proposal-1")).toMatchObject({ state: "expired", value: "" });
  proposals.sweep(NOW_MS + 2 + PROPOSALS.keptMs);
  expect([proposals.get("proposal-1"), proposals.get("proposal-2")?.state]).toEqual([undefined, "waiting"]);
  proposals.waitAnew();
  expect(proposals.get("proposal-2")).toMatchObject({ notices: 0, noticedAtMs: 0 });
});

test("whose part is damaged cost the others nothing, and are named by a check of the folder", async () => {
  const proposals = load();
  given(proposals.add(proposal(1)));
  given(proposals.add(proposal(2)));
  given(await proposals.settled());
  const [first] = [...data.store.table("proposals").keys()];
  given(await data.store.commit(() => void data.store.table("proposals").put(first!, Buffer.from("damaged"))));
  expect((await reopened()).size).toBe(1);
  expect(damagedProposals(data.store, data.vault)).toMatchObject([
    { code: "STORE_CORRUPT", field: `proposals/${first!.toString("hex")}` },
  ]);
});
