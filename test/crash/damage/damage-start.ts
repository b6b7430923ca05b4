/**
 * Child of damage.test.ts: takes damaged images of one folder, one after the other, through what a start does and what runs soon
 * after it, and says of each on stdout what became of it. A signal ends it in the middle, which is what the test looks for.
 *
 * Arguments: folder of the base, where to put the image, seed, number of the first image, how many, and whether the first is whole.
 */
import { createHash } from "node:crypto";
import { cpSync, rmSync } from "node:fs";
import { ActionStore } from "../../../engine/actions/action-store.js";
import { judgePast } from "../../../engine/actions/waves/past.js";
import { Trail } from "../../../engine/audit/trail.js";
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import { WaveStore } from "../../../engine/dispatch/ledger/wave-store.js";
import { Redo } from "../../../engine/municipality/plan/redo.js";
import { importSealer } from "../../../engine/municipality/plan/sealer.js";
import { Places } from "../../../engine/places/places.js";
import { PositionJournal } from "../../../engine/positions/journal.js";
import { loadRegistry } from "../../../engine/registry/columns/load.js";
import { openDataFolder } from "../../../engine/registry/open.js";
import { Confirmations } from "../../../engine/replies/confirmations.js";
import { ReplyStore } from "../../../engine/replies/reply-store.js";
import { Retention } from "../../../engine/retention/retention.js";
import { Keys } from "../../../engine/rights/keys.js";
import { probeStore } from "../../../engine/store/probe.js";
import type { Store } from "../../../engine/store/store.js";
import { ok, type Result } from "../../../schemas/errors.js";
import { KEPT } from "../../../schemas/limits.js";
import { FakeSelector, Harness } from "../../engine/actions/harness.js";
import { seeded } from "../../random.js";
import { damageImage } from "./damage-kinds.js";

/** What the service would say of itself; `told`: what it says is damaged. */
export interface Seen {
  readonly told: number;
  /** Each thing by a name, so that it can be said which differs. */
  readonly things: Readonly<Record<string, string>>;
}

export type Outcome = { readonly kind: string } & ({ readonly refused: string } | { readonly seen: Seen });

const [base, image, seed, first, count] = process.argv.slice(2) as [string, string, string, string, string];

for (let number = Number(first); number < Number(first) + Number(count); number++) {
  rmSync(image, { recursive: true, force: true });
  cpSync(base, image, { recursive: true });
  cpSync(`${base}.kek`, `${image}.kek`);
  // Number 0 is the base as it is.
  const kind = number === 0 ? "whole" : damageImage(image, seeded(Number(seed) + number));
  process.stdout.write(`${JSON.stringify({ number, kind })}\n`);
  process.stdout.write(`${JSON.stringify({ kind, ...(await outcomeOf(image)) })}\n`);
}

async function outcomeOf(folder: string): Promise<{ refused: string } | { seen: Seen }> {
  const seen = await start(folder);
  return seen.ok ? { seen: seen.value } : { refused: seen.problem.code };
}

/** In the order in which gateway/service/service.ts does it. */
async function start(folder: string): Promise<Result<Seen>> {
  const probed = probeStore(folder);
  if (!probed.ok) return probed;
  const registry = await loadRegistry(folder);
  if (!registry.ok) return registry;
  const opened = openDataFolder(folder);
  if (!opened.ok) return opened;
  const { store, vault } = opened.value;
  const things: Record<string, string> = { people: hashOf(new Uint8Array(registry.value.participants.numbers)) };
  const records = new ActionStore(store);
  const past = await judgePast(store, records, new WaveStore(store), 1, Date.now());
  const places = past.ok ? await Places.load(store) : past;
  const owed = places.ok ? await Confirmations.load(store, 1) : places;
  if (!owed.ok) {
    await store.close();
    return owed;
  }
  const harness = await harnessOver(store);
  await lookAt(harness, things);
  const holder = new Keys(store, MACHINE_CLOCK, new Trail(store, Date.now)).verify("spk_of-the-test");
  things.keys = holder.ok ? holder.value.by.name : holder.problem.code;
  const replies = new ReplyStore(store, vault);
  things.replies = JSON.stringify(replies.page("00000000-0000-0000-0000-000000000000", 0, 10));
  const positions: number[] = [];
  const journal = new PositionJournal(store.table("positions"), vault, 1);
  journal.read({ position: (one) => void positions.push(one), givenUp: () => {} });
  things.positions = positions.join();
  const redo = new Redo(
    store,
    importSealer(vault, async () => ok(undefined)),
  );
  things.imports = `${redo.damaged().length} ${redo.checkLeft(0).ok}`;
  const swept = await soonAfter(store, records, replies, harness);
  const told = Object.values(store.damaged).reduce((sum, table) => sum + table, 0);
  await harness.crash();
  return swept.ok ? ok({ told, things }) : swept;
}

async function harnessOver(store: Store): Promise<Harness> {
  const folder = { path: store.folder, open: () => store, remove: () => {} };
  return Harness.start(folder as never, [], new FakeSelector(5));
}

async function lookAt(harness: Harness, things: Record<string, string>): Promise<void> {
  for (const { record, states } of harness.dispatcher.waves) things[`wave ${record.waveId}`] = hashOf(states);
  const listed = harness.actions.list(undefined, 100);
  if (!listed.ok) throw new Error(listed.problem.detail);
  for (const { id, status, reason, waves, text } of listed.value.actions) {
    things[`action ${id}`] = JSON.stringify({ status, reason, waves, text });
  }
  for (const key of harness.store.table("idempotency").keys()) {
    things[`key ${key.toString("hex")}`] = String(harness.store.table("idempotency").get(key).ok);
  }
}

/** What the clock does first, and commits that take pages from the list of free ones. */
async function soonAfter(
  store: Store,
  records: ActionStore,
  replies: ReplyStore,
  harness: Harness,
): Promise<Result<unknown>> {
  const swept = await harness.actions.sweep();
  if (!swept.ok) return swept;
  const isLive = (waveId: number) => harness.dispatcher.waves.some(({ record }) => record.waveId === waveId);
  const retained = await new Retention(store, records, harness.waves, replies, KEPT, MACHINE_CLOCK, isLive).pass(
    Date.now(),
  );
  if (!retained.ok) return retained;
  for (let commit = 0; commit < 3; commit++) {
    const committed = await store.commit(() => {
      for (let number = 0; number < 20; number++) {
        void store.table("growth").put(Buffer.from(`${commit} ${number}`), Buffer.alloc(3_000 * commit, number));
      }
    });
    if (!committed.ok) return committed;
  }
  return ok(undefined);
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}
