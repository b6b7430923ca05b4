/**
 * Records of a wave that are damaged or missing when the service starts again: its own action is held and says why, nothing of it
 * is sent, and whatever else there is goes on.
 */
import { describe, expect, it } from "vitest";
import { journalKey } from "../../../engine/dispatch/ledger/journal/journal.js";
import { FakeCarrier } from "../dispatch/fake-carrier.js";
import { until } from "../dispatch/fixtures.js";
import { dump, takeAway, turnBit } from "../store/damage.js";
import { caller, code, FakeSelector, type Harness } from "./harness.js";
import { ownHarness } from "./own-harness.js";

const PEOPLE = 3_000;
/** The waves of the two actions, in the order in which they were opened. */
const [DAMAGED, WHOLE] = [1, 2];

const own = ownHarness();

function start(): Promise<Harness> {
  return own.start([new FakeCarrier("a", 1, { perTurn: 100 })], new FakeSelector(PEOPLE));
}

/** Two actions that a crash interrupted, the first with at least `entries` in its journal. Gives how many it has. */
async function interrupted(): Promise<{ ids: string[]; entries: number }> {
  const { carriers, create, dispatcher } = bound(await start());
  const first = await create({ dispatch: true });
  await until(() => (dispatcher.ends.of(DAMAGED) ?? 0) >= 4);
  carriers[0]!.pause(true);
  const second = await create({ dispatch: true });
  await until(() => dispatcher.ends.of(WHOLE) !== undefined);
  await dispatcher.commit();
  const entries = dispatcher.ends.of(DAMAGED)!;
  await own.crash();
  return { ids: [first.id, second.id], entries };
}

function bound(started: Harness) {
  const { carriers, dispatcher } = started;
  return { carriers, dispatcher, create: (fields: Record<string, unknown>) => started.create(fields) };
}

const waveKey = (waveId: number) => journalKey(waveId, 0).subarray(0, 4);

describe("a wave", () => {
  it.each<[string, RegExp, (path: string, entries: number) => Promise<void>]>([
    [
      "a journal entry that fails its checksum",
      /entry 1 of the journal of wave 1 fails/,
      (path) => turnBit(path, "journal", journalKey(DAMAGED, 1)),
    ],
    [
      "a journal entry that is missing",
      /entry 1 of the journal of wave 1 is missing/,
      (path) => takeAway(path, "journal", journalKey(DAMAGED, 1)),
    ],
    [
      "a last journal entry that is missing",
      /entry \d+ of the journal of wave 1 is missing/,
      (path, entries) => takeAway(path, "journal", journalKey(DAMAGED, entries - 1)),
    ],
    [
      "a roster that fails its checksum",
      /chunk 0 of the roster of wave 1 fails/,
      (path) => turnBit(path, "rosters", journalKey(DAMAGED, 0)),
    ],
    [
      "a roster that is missing",
      /chunk 0 of the roster of wave 1 is missing/,
      (path) => takeAway(path, "rosters", journalKey(DAMAGED, 0)),
    ],
    [
      "a record that fails its checksum",
      /the record of wave 1 fails/,
      (path) => turnBit(path, "waves", waveKey(DAMAGED)),
    ],
    [
      "a record that is missing",
      /wave 1 has a journal and no record/,
      (path) => takeAway(path, "waves", waveKey(DAMAGED)),
    ],
  ])("with %s holds up its own action and no other", async (_, reason, damage) => {
    const { ids, entries } = await interrupted();
    await damage(own.folder.path, entries);
    const left = (await dump(own.folder.path, ["waves", "rosters", "journal"])).filter(isOfDamaged);
    const again = await start();
    expect(again.get(ids[0]!)).toMatchObject({ status: "held", reason: { code: "STORE_CORRUPT" } });
    expect(again.get(ids[0]!).reason!.detail).toMatch(reason);
    expect((await again.at(ids[1]!, "sent")).waves[0]!.counts.acknowledged).toBe(PEOPLE);
    expect(new Set(again.log().map(({ participant }) => participant)).size).toBe(PEOPLE);
    expect(code(await again.actions.resume(ids[0]!, caller()))).toBe("STORE_CORRUPT");
    await own.crash();
    expect((await dump(own.folder.path, ["waves", "rosters", "journal"])).filter(isOfDamaged)).toEqual(left);
    await endsUnthanked(ids[0]!);
    expect((await dump(own.folder.path, ["waves", "rosters", "journal"])).filter(isOfDamaged)).toEqual(left);
  });

  it("of an action whose record fails its checksum is not sent, and the list has the others", async () => {
    const { ids } = await interrupted();
    await turnBit(own.folder.path, "actions", Buffer.from(ids[0]!.replaceAll("-", ""), "hex"));
    const again = await start();
    await again.at(ids[1]!, "sent");
    expect(again.dispatcher.waves.map(({ record }) => record.actionId)).toEqual([ids[1]]);
    expect(code(again.actions.get(ids[0]!))).toBe("STORE_CORRUPT");
    const listed = again.actions.list(undefined, 10);
    expect(listed.ok && listed.value.actions.map(({ id }) => id)).toEqual([ids[1]]);
    expect(again.store.damaged.actions).toBe(1);
  });

  it("at rest whose outcomes can't be read is said of its action, and whoever ends that thanks nobody", async () => {
    const started = await start();
    const { create, dispatcher } = bound(started);
    const { id } = await create({ dispatch: true });
    await started.at(id, "sent");
    await started.archive.restOldest(() => true);
    await dispatcher.commit();
    await own.crash();
    await turnBit(own.folder.path, "outcomes", journalKey(DAMAGED, 0));
    const again = await start();
    expect(again.get(id)).toMatchObject({ status: "sent", waves: [{ counts: { unknown: PEOPLE } }] });
    expect((await again.actions.end(id, END, caller())).ok).toBe(true);
    expect((await again.at(id, "ended")).reason).toMatchObject({ code: "STORE_CORRUPT", detail: UNREAD });
  });
});

const UNREAD = expect.stringContaining("chunk 0 of the outcomes of wave 1 fails its checksum");
const END = { text: "thanks", outcome: "success" } as const;

/** Table, key and value of what belongs to the damaged wave. */
function isOfDamaged(record: string): boolean {
  return record.split(" ")[1]!.startsWith(waveKey(DAMAGED).toString("hex"));
}

/** After one more restart it is held as before; an operator may end it. */
async function endsUnthanked(id: string): Promise<void> {
  const again = await start();
  expect(again.get(id).status).toBe("held");
  expect((await again.actions.end(id, END, caller())).ok).toBe(true);
  expect((await again.at(id, "ended")).reason!.code).toBe("STORE_CORRUPT");
  expect(again.log()).toEqual([]);
  await own.crash();
}
