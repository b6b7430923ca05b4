/** Any answer is given once for an Idempotency-Key: as it was, or as what it was about is by then. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { Idempotency } from "../../../../engine/actions/accepting/idempotency.js";
import type { Store } from "../../../../engine/store/store.js";
import { fail, ok } from "../../../../schemas/errors.js";
import { API } from "../../../../schemas/limits.js";
import { FakeCarrier } from "../../dispatch/fake-carrier.js";
import { TemporaryFolder } from "../../dispatch/fixtures.js";
import { given } from "../../registry/samples.js";
import { caller, code, FakeSelector, Harness } from "../harness.js";

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

const HOUR_MS = 3_600_000;
const ANSWER = { status: 202, body: { made: ["é", 1, null] } };

it("an answer of any kind, with its status and its body, is what it was, through a restart too", async () => {
  let done = 0;
  let atMs = 1_000;
  const ask = async (store: Store, fingerprint = "a") => {
    const asked = { keyId: "key", idempotencyKey: "one", fingerprint };
    return new Idempotency(store, () => atMs).once<typeof ANSWER, unknown>(
      asked,
      async (remember) => {
        given(await store.commit(() => remember(ANSWER)));
        done++;
        return ok(ANSWER);
      },
      ({ status, body }) => ok({ status, body }),
    );
  };
  const store = folder.open();
  expect(await ask(store)).toEqual(ok({ answer: ANSWER, replayed: false }));
  expect(await ask(store)).toEqual(ok({ answer: ANSWER, replayed: true }));
  await store.close();
  const again = folder.open();
  expect(await ask(again)).toEqual(ok({ answer: ANSWER, replayed: true }));
  expect(code(await ask(again, "another"))).toBe("IDEMPOTENCY_KEY_REUSED");
  expect(done).toBe(1);
  atMs += API.idempotencyHours * HOUR_MS + 1;
  expect(await ask(again)).toEqual(ok({ answer: ANSWER, replayed: false }));
  await again.close();
});

it("is not that of a refusal, and one at a time is worked on", async () => {
  const store = folder.open();
  const once = new Idempotency(store, () => 0);
  const asked = { keyId: "key", idempotencyKey: "one", fingerprint: "a" };
  const refused = () =>
    once.once(
      asked,
      async () => fail("BUSY", "later"),
      () => ok(1),
    );
  const both = await Promise.all([refused(), refused()]);
  expect(both.map(code)).toEqual(["BUSY", "IDEMPOTENCY_KEY_IN_USE"]);
  expect(code(await refused())).toBe("BUSY");
  await store.close();
});

/** Each word, and where the action comes to rest by it. */
const RESTS = { dispatch: "sent", stop: "stopped", resend: "sent", resume: "sent", end: "ended" } as const;
type Word = keyof typeof RESTS;

it.each(Object.keys(RESTS) as Word[])("%s has its effect once, through a restart too", async (word) => {
  const start = () => Harness.start(folder, [new FakeCarrier("a", 1)], new FakeSelector(5));
  let harness = await start();
  if (word === "resume") harness.selector.hold();
  const { id } = await harness.create({ dispatch: word !== "dispatch" });
  if (word === "resume") await harness.holding.clockAhead(60_000);
  else if (word !== "dispatch") await harness.at(id, "sent");
  harness.selector.release();
  const me = caller(`the ${word}`, "body");
  const ask = () => {
    if (word === "end") return harness.actions.end(id, { text: "thank you", outcome: "success" }, me);
    return harness.actions[word](id, me);
  };
  const deeds = () => [...harness.store.table("audit").keys()].length;
  const before = deeds();
  const answer = await ask();
  expect(answer).toMatchObject({ ok: true, value: { action: { id }, replayed: false } });
  const rested = await harness.at(id, RESTS[word]);
  expect(await ask()).toEqual(ok({ action: rested, replayed: true }));
  await harness.crash();
  harness = await start();
  expect(await ask()).toEqual(ok({ action: harness.get(id), replayed: true }));
  expect([deeds(), harness.selector.selections, harness.log()]).toEqual([before + 1, 0, []]);
  await harness.crash();
});
