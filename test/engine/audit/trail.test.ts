/** The trail on a real store: in the order of time, in pages, and gone when its period is over. */
import { expect, onTestFinished, test } from "vitest";
import { LOCAL, SYSTEM } from "../../../engine/audit/actor.js";
import { Trail } from "../../../engine/audit/trail.js";
import { Store } from "../../../engine/store/store.js";
import type { AuditRecord, Deed } from "../../../schemas/api/audit.js";
import { AUDIT } from "../../../schemas/limits.js";
import { temporaryFolder } from "../../temp-folder.js";
import { given } from "../registry/samples.js";

function rig(folder = temporaryFolder()) {
  const store = given(Store.open(folder));
  onTestFinished(() => store.close());
  const clock = { nowMs: 1_800_000_000_000 };
  const said: AuditRecord[] = [];
  const trail = new Trail(
    store,
    () => clock.nowMs,
    (record) => said.push(record),
  );
  const note = (deed: Deed, number: number) =>
    trail.note({ by: SYSTEM, deed, on: { participant: String(number) } }).then(given);
  const numbers = (page: { records: AuditRecord[] }) => page.records.map(({ on }) => Number(on.participant));
  return { store, clock, said, trail, note, numbers };
}

test("what was done is told newest first, also when the clock is set back and after a restart", async () => {
  const { store, clock, said, trail, note, numbers } = rig();
  await note("participant.seen", 1);
  await note("participant.seen", 2);
  clock.nowMs -= 3_600_000;
  await note("participant.seen", 3);
  const again = new Trail(store, () => clock.nowMs);
  given(await again.note({ by: LOCAL, deed: "key.revoked", on: { key: "k" }, refused: "WRONG_STATE" }));
  const { records, next } = trail.page({});
  expect(next).toBeNull();
  expect(records[0]).toMatchObject({ by: LOCAL, deed: "key.revoked", on: { key: "k" }, refused: "WRONG_STATE" });
  expect(numbers({ records: records.slice(1) })).toEqual([3, 2, 1]);
  expect(records.slice(1)).toEqual([...said].reverse());
});

test("pages hold all of it, once each, whatever is asked for", async () => {
  const { store, trail, note, numbers } = rig();
  await Promise.all(
    Array.from({ length: 500 }, (_, at) => note(at % 7 === 0 ? "participant.erased" : "participant.seen", at)),
  );
  const all = (asked: object) => {
    const found: number[] = [];
    for (let after: string | undefined; ; ) {
      const page = trail.page({ ...asked, after });
      found.push(...numbers(page));
      if (page.next === null) return found;
      after = page.next;
    }
  };
  const down = Array.from({ length: 500 }, (_, at) => 499 - at);
  expect(all({ limit: 100 })).toEqual(down);
  expect(all({ limit: 3, deed: "participant.erased" })).toEqual(down.filter((at) => at % 7 === 0));
  expect(all({ key: "nobody" })).toEqual([]);
  // However few there are among many: so many are looked at for one page, and no more.
  await store.commit(() => {
    for (let at = 0; at < AUDIT.lookedAt; at++) trail.put({ by: SYSTEM, deed: "key.created", on: {} });
  });
  const page = trail.page({ deed: "participant.erased" });
  expect([page.records.length, page.next === null]).toEqual([0, false]);
  expect(all({ deed: "participant.erased" })).toHaveLength(72);
});

test("what is older than its period is found by its keys alone, the oldest first", async () => {
  const { store, clock, trail, note, numbers } = rig();
  for (let day = 0; day < 5; day++) {
    await note("participant.seen", day);
    clock.nowMs += 86_400_000;
  }
  const old = trail.before(clock.nowMs - 2.5 * 86_400_000, 10);
  expect(old).toHaveLength(3);
  expect(trail.before(clock.nowMs, 2)).toEqual(old.slice(0, 2));
  given(await store.commit(() => trail.remove(old)));
  expect(numbers(trail.page({}))).toEqual([4, 3]);
});

test("those about one participant are found among all, also where there were two or a list, and are so many at most", async () => {
  const { store, trail } = rig();
  const about = () => {
    const steps = trail.about(12);
    let [count, step] = [0, steps.next()];
    while (!step.done) [count, step] = [count + 1, steps.next()];
    return { count, found: step.value };
  };
  await store.commit(() => {
    for (let at = 0; at < 3 * AUDIT.lookedAtOnce; at++) {
      trail.put({ by: SYSTEM, deed: "participant.seen", on: { participant: String(at + 100) } });
      if (at === 5) trail.put({ by: LOCAL, deed: "participant.seen", on: { participant: "12" } });
    }
    trail.put({ by: LOCAL, deed: "participant.sought", on: { participant: ["7", "12"] } });
    trail.put({ by: LOCAL, deed: "participant.merged", on: { participant: "7", double: "12" } });
    // Another thing of the same name.
    trail.put({ by: LOCAL, deed: "key.revoked", on: { key: "12" } });
  });
  const few = about();
  expect(few.found.map(({ deed }) => deed)).toEqual(["participant.merged", "participant.sought", "participant.seen"]);
  expect(few.count).toBeGreaterThanOrEqual(3);
  await store.commit(() => {
    for (let at = 0; at <= AUDIT.aboutOne; at++) {
      trail.put({ by: SYSTEM, deed: "participant.seen", on: { participant: "12" } });
    }
  });
  expect(about().found).toHaveLength(AUDIT.aboutOne);
});
