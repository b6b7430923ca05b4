/**
 * What no service that keeps the promises of this one could do without, and nothing else: an HTTP echo on the transport of the
 * service, the selection, the one durable commit that a small action makes, and one write to a carrier over loopback. One after
 * the other, in a process of its own, as the service is. It is what `firstSubmit.idle` is held against.
 *
 * Does what the engine does with the engine's own parts, so that the commit holds the records of an action's and the selection is
 * the same one. Its store is a folder of its own, with nothing in it: the registry's is only read.
 *
 * Arguments, as JSON: FloorSettings. Writes one line of JSON when it is ready: its port. Ends with its standard input.
 */

import { once } from "node:events";
import { connect } from "node:net";
import { newRecord } from "../../engine/actions/accepting/new-record.js";
import { ActionStore } from "../../engine/actions/action-store.js";
import type { FilledRequest } from "../../engine/actions/kinds/filled.js";
import { Kinds } from "../../engine/actions/kinds/kinds.js";
import { readKindsFile } from "../../engine/actions/kinds/shipped.js";
import { queryOf } from "../../engine/actions/query.js";
import type { ActionRecord } from "../../engine/actions/record.js";
import type { Actor } from "../../engine/audit/actor.js";
import { Trail } from "../../engine/audit/trail.js";
import { JournalEnds } from "../../engine/dispatch/ledger/journal/journal-ends.js";
import { JournalPage } from "../../engine/dispatch/ledger/journal/journal-page.js";
import type { WaveRecord } from "../../engine/dispatch/ledger/wave-record.js";
import { WaveStore } from "../../engine/dispatch/ledger/wave-store.js";
import { createPool, releaseMemory } from "../../engine/pool/tasks.js";
import { loadRegistry } from "../../engine/registry/columns/load.js";
import { PoolSelector } from "../../engine/selection/pool.js";
import { buildShards } from "../../engine/selection/rows/build.js";
import type { Roster } from "../../engine/selection/selector.js";
import { Store } from "../../engine/store/store.js";
import { listen } from "../../gateway/http/transport/listen.js";
import type { Incoming } from "../../gateway/http/transport/transport.js";
import { ActionRequest } from "../../schemas/api/api.js";
import type { Result } from "../../schemas/errors.js";
import { DISPATCH } from "../../schemas/limits.js";

export interface FloorSettings {
  /** With the registry. No service may have it open. */
  readonly folder: string;
  /** Where the commits go. */
  readonly storeFolder: string;
  /** Who plays the carrier, on loopback. */
  readonly carrierPort: number;
  /** How many carriers would share a wave: that many are granted something in its first commit. */
  readonly carriers: number;
}

/** A submit_sm with a text of one part is as long as this, give or take a few digits. */
const SUBMIT_BYTES = 128;

const settings = JSON.parse(process.argv[2]!) as FloorSettings;
const store = expected(Store.open(settings.storeFolder));
const actions = new ActionStore(store);
const waves = new WaveStore(store);
const ends = new JournalEnds(store);
const trail = new Trail(store, Date.now);
/** What the trail says of each. */
const DEEDS = ["action.created", "action.dispatched"] as const;
/** Who asks for the actions. */
const BY: Actor = { kind: "key", id: "floor", name: "" };
const selector = await loadSelector(settings.folder);
const carrier = connect(settings.carrierPort, "127.0.0.1").setNoDelay();
await once(carrier, "connect");

async function loadSelector(folder: string): Promise<PoolSelector> {
  const { participants, locations, terms } = expected(await loadRegistry(folder));
  const pool = createPool();
  const loaded = new PoolSelector(pool, expected(await buildShards(pool, locations, participants, terms)));
  // As the service does before it is ready.
  await releaseMemory(pool);
  await loaded.warmUp();
  return loaded;
}

function expected<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problem.detail);
  return result.value;
}

function take(incoming: Incoming): void {
  const pieces: Buffer[] = [];
  incoming.onGone(() => {});
  incoming.onBody((chunk, isLast) => {
    pieces.push(Buffer.from(chunk));
    if (!isLast) return;
    const body = Buffer.concat(pieces).toString();
    incoming.answer(201, { "Content-Type": "application/json" }, body);
    void send(expected(kinds.fillIn(ActionRequest.parse(JSON.parse(body)), Date.now())), incoming.head.idempotencyKey);
  });
}

const kinds = new Kinds(expected(readKindsFile()));
const OPENED = { kind: "first", channel: "sms", state: "sending" } as const;

async function send(request: FilledRequest, idempotencyKey: string): Promise<void> {
  const nowMs = Date.now();
  const made = { request, startAtMs: null, expiresAtMs: nowMs + 3_600_000 };
  const action = newRecord(made, BY, nowMs, null);
  // A key and an answer as long as those that the service keeps: a SHA-256, and its like of the request beside the id.
  const key = Buffer.from(idempotencyKey.replaceAll("-", ""));
  const answer = { fingerprint: key.toString("hex"), atMs: nowMs, action: { id: action.id } };
  const roster = expected(await selector.select(queryOf(request, nowMs)));
  const wave = newWave(action, roster);
  const putRoster = expected(await waves.putRoster(wave.waveId, roster.participants, roster.count));
  const committed = store.commit(() => {
    actions.put(action);
    void store.table("idempotency").put(key, Buffer.from(JSON.stringify(answer)));
    for (const deed of DEEDS) trail.put({ by: BY, deed, on: { action: action.id } });
    putRoster();
    waves.put({ ...wave, stop: null, archive: null });
    actions.put({ ...action, status: "sending", selectMs: 0.5, waves: [{ id: wave.waveId, ...OPENED }] });
    grantsOf(wave).write(store.table("journal"), wave.waveId, nowMs);
    noteJournal(wave.waveId, nowMs);
  });
  expected(await committed);
  const submit = Buffer.alloc(SUBMIT_BYTES);
  submit.write(request.text, 0, "latin1");
  carrier.write(submit);
}

function newWave({ id, request, expiresAtMs, createdAtMs }: ActionRecord, { count }: Roster): WaveRecord {
  return {
    waveId: waves.newId(),
    actionId: id,
    registry: 1,
    kind: "first",
    texts: [request.text],
    count,
    segments: 1,
    timeCritical: request.timeCritical,
    extreme: false,
    onUnknown: "hold",
    expiresAtMs,
    startedAtMs: createdAtMs,
  };
}

/** As much of the wave as its carriers are granted at once. */
function grantsOf({ count }: WaveRecord): JournalPage {
  const page = new JournalPage(0);
  const all = Math.min(count, settings.carriers * DISPATCH.exposure);
  for (let from = 0; from < all; from += DISPATCH.grant) {
    page.addGrant(1, { from, count: Math.min(DISPATCH.grant, all - from), resend: false }, [1]);
  }
  return page;
}

/** Puts how many entries the journal of each wave has that lives: the service makes room when there are so many. */
function noteJournal(waveId: number, atMs: number): void {
  ends.set(waveId, 1);
  ends.forget(waveId - (DISPATCH.liveWaves - DISPATCH.spareWaves));
  ends.write([], atMs);
}

const listening = await listen(
  { host: "127.0.0.1", port: 0 },
  { isLive: () => false, strangerAt: () => "", request: take, upgrade: () => undefined },
);
if (!listening.ok) throw new Error(listening.problem.detail);
console.log(JSON.stringify(listening.value.port));
process.stdin.resume().once("end", async () => {
  listening.value.close();
  carrier.destroy();
  await selector.close();
  await store.close();
});
