/** Events for webhooks on a real store: never before they are durable, never lost, never twice at once, and bounded. */
import { setMaxListeners } from "node:events";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LOCAL } from "../../../engine/audit/actor.js";
import { type DataFolder, openDataFolder } from "../../../engine/registry/open.js";
import { type Answered, Delivering, type Posted } from "../../../engine/webhooks/delivering.js";
import { storedWebhooks } from "../../../engine/webhooks/webhook-record.js";
import { Webhooks } from "../../../engine/webhooks/webhooks.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { WEBHOOKS } from "../../../schemas/limits.js";
import type { WebhookEvent, WebhookTopic } from "../../../schemas/webhooks/webhook.js";
import { temporaryFolder } from "../../temp-folder.js";
import { codeOf, given } from "../registry/samples.js";

const ID = "0190a0a0-0000-7000-8000-000000000001";
let folder: string;
let data: DataFolder;
let nowMs: number;
let webhooks: Webhooks;
/** Deeds of the trail. */
let deeds: string[];

beforeEach(async () => {
  folder = temporaryFolder();
  data = given(openDataFolder(folder));
  nowMs = Date.parse("2026-05-01T12:00:00Z");
  deeds = [];
  webhooks = await load();
});
afterEach(() => data.store.close());

async function load(isPast = false): Promise<Webhooks> {
  const clock = { now: () => nowMs, steadyMs: () => nowMs };
  const trail = { put: ({ deed }: { deed: string }) => void deeds.push(deed) };
  return given(await Webhooks.load({ ...data, clock, trail, forgotten: async () => ok(undefined) }, isPast));
}

async function reopened(isPast = false): Promise<void> {
  await data.store.close();
  data = given(openDataFolder(folder));
  webhooks = await load(isPast);
}

async function made(topics: readonly WebhookTopic[] = ["action"], name = "desk"): Promise<string> {
  return given(await webhooks.create({ name, url: "https://example.org/in", topics: [...topics] }, LOCAL)).record.id;
}

const event = (nth: number): WebhookEvent => ({
  ...{ type: "action.sent", timestamp: new Date(nowMs + nth).toISOString(), data: { id: ID } },
});
const tell = async (nth = 0, topic: WebhookTopic = "action"): Promise<void> =>
  void given(await data.store.commit(() => webhooks.tell(topic, event(nth))));

/** Posts nothing: each attempt waits for the test to say what came of it. */
class Bench {
  readonly posted: (Posted & { readonly answer: (answer: Result<Answered>) => void })[] = [];
  readonly delivering = new Delivering(
    webhooks,
    {
      post: (posted, signal) =>
        new Promise((answer) => {
          this.posted.push({ ...posted, answer });
          // As many as are under way.
          setMaxListeners(0, signal);
          signal.addEventListener("abort", () => answer(fail("WEBHOOK_UNREACHABLE", "given up")));
        }),
    },
    ({ detail }) => {
      throw new Error(detail);
    },
  );

  /** Answers all that is under way, until nothing more comes. */
  async answer(with_: Result<Answered>): Promise<string[]> {
    const ids: string[] = [];
    while (this.posted.length > 0) {
      for (const { id, answer } of this.posted.splice(0)) {
        ids.push(id);
        answer(with_);
      }
      await settled();
    }
    return ids;
  }
}

const TAKEN = ok({ status: 204, retryAfterMs: undefined });
const status = (code: number, retryAfterMs?: number) => ok({ status: code, retryAfterMs });

/** Commits, and what follows from them. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) given(await data.store.commit(() => {}));
}

test("what is told in a commit is handed out once that is durable, to those alone that asked for it", async () => {
  const [one, other] = [await made(["action"], "one"), await made(["exercise", "test"], "other")];
  const bench = new Bench();
  const committed = data.store.commit(() => {
    webhooks.tell("action", event(1));
    webhooks.tell("exercise", { ...event(2), type: "exercise.sent" });
  });
  expect(bench.posted).toEqual([]);
  given(await committed);
  expect(bench.posted.map(({ event: { type } }) => type).sort()).toEqual(["action.sent", "exercise.sent"]);
  await bench.answer(TAKEN);
  expect([one, other].map((id) => webhooks.outbox.line(id)!.pending)).toEqual([0, 0]);
  expect([...data.store.table("deliveries").keys()]).toEqual([]);
});

test("what was not taken is tried again at its times, under the same id, and is a dead letter after the last", async () => {
  const id = await made();
  const bench = new Bench();
  await tell();
  const ids = await bench.answer(status(404));
  for (const waitMs of WEBHOOKS.waitsMs) {
    nowMs += waitMs - 1;
    bench.delivering.work();
    expect(bench.posted).toEqual([]);
    nowMs += 1;
    bench.delivering.work();
    expect(bench.posted.length).toBe(1);
    ids.push(...(await bench.answer(status(404))));
  }
  expect(ids.length).toBe(WEBHOOKS.waitsMs.length + 1);
  expect(new Set(ids).size).toBe(1);
  expect(given(webhooks.outbox.page(id, {})).deliveries).toMatchObject([
    { id: ids[0], state: "dead", attempts: ids.length, lastError: "HTTP 404", nextAt: null },
  ]);
  await reopened();
  expect(webhooks.show(given(webhooks.get(id)))).toMatchObject({ pending: 0, dead: 1 });
  const again = new Bench();
  expect(given(await webhooks.replay(id, undefined, LOCAL))).toBe(1);
  expect(await again.answer(TAKEN)).toEqual([ids[0]]);
  expect(webhooks.show(given(webhooks.get(id)))).toMatchObject({ pending: 0, dead: 0 });
  expect(deeds).toEqual(["webhook.created", "webhook.replayed"]);
});

test("one that is silent rests, longer each time, and is asked with one event alone; another is not held up", async () => {
  const [silent, other] = [await made(["action"], "silent"), await made(["action"], "other")];
  const bench = new Bench();
  for (let nth = 0; nth < 20; nth++) await tell(nth);
  const first = bench.posted.splice(0);
  expect(first.length).toBe(2 * WEBHOOKS.atOnceEach);
  const isSilents = (id: string): boolean =>
    given(webhooks.outbox.page(silent, {})).deliveries.some((delivery) => delivery.id === id);
  for (const { id, answer } of first) answer(isSilents(id) ? fail("WEBHOOK_UNREACHABLE", "no answer") : TAKEN);
  await settled();
  await bench.answer(TAKEN);
  expect(webhooks.show(given(webhooks.get(other)))).toMatchObject({ pending: 0, status: "answers" });
  expect(webhooks.show(given(webhooks.get(silent)))).toMatchObject({ pending: 20, status: "failing" });
  nowMs += WEBHOOKS.restMsMax;
  bench.delivering.work();
  expect(bench.posted.length).toBe(1);
  await bench.answer(TAKEN);
  nowMs += WEBHOOKS.waitsMs[0]!;
  bench.delivering.work();
  await bench.answer(TAKEN);
  expect(webhooks.show(given(webhooks.get(silent)))).toMatchObject({ pending: 0, dead: 0, status: "answers" });
});

test("who says when to come again is left alone until then; who is gone for good gets dead letters at once", async () => {
  const id = await made();
  const bench = new Bench();
  await tell();
  await bench.answer(status(503, 60_000));
  await tell(1);
  nowMs += 59_999;
  bench.delivering.work();
  expect(bench.posted).toEqual([]);
  nowMs += 1;
  bench.delivering.work();
  expect(bench.posted.length).toBe(2);
  await bench.answer(status(410));
  expect(webhooks.show(given(webhooks.get(id)))).toMatchObject({ pending: 0, dead: 2 });
});

test("a restart hands out again what was under way; a past hands out nothing until somebody says so", async () => {
  const id = await made();
  const bench = new Bench();
  for (let nth = 0; nth < 10; nth++) await tell(nth);
  const [taken, lost] = bench.posted.splice(0, 2);
  taken!.answer(TAKEN);
  await settled();
  const left = [lost!.id, ...bench.posted.map((one) => one.id)];
  await reopened();
  const again = new Bench();
  again.delivering.work();
  expect(again.posted.map((one) => one.id)).toEqual(left);
  await again.answer(status(500));
  await reopened(true);
  const past = new Bench();
  nowMs += WEBHOOKS.waitsMs.at(-1)!;
  past.delivering.work();
  expect(past.posted).toEqual([]);
  expect(webhooks.show(given(webhooks.get(id)))).toMatchObject({ pending: 0, dead: 9 });
  const dead = given(webhooks.outbox.page(id, { state: "dead" })).deliveries;
  expect(dead.every(({ lastError }) => lastError === "FOLDER_COPIED")).toBe(true);
  expect(given(await webhooks.replay(id, [dead[3]!.id], LOCAL))).toBe(1);
  expect(await past.answer(TAKEN)).toEqual([dead[3]!.id]);
});

test("whatever answers, in whatever order, with restarts: each event is taken, waits, or is a dead letter, exactly once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("tell", "take", "refuse", "fail", "wait", "restart", "replay")),
      async (steps) => {
        for (const { id } of webhooks.all()) given(await webhooks.remove(id, LOCAL));
        const id = await made();
        let bench = new Bench();
        const taken: string[] = [];
        let told = 0;
        for (const step of steps) {
          const [one] = bench.posted;
          if (step === "tell") await tell(told++);
          else if (step === "wait") nowMs += WEBHOOKS.restMsMax;
          else if (step === "replay") given(await webhooks.replay(id, undefined, LOCAL));
          else if (step === "restart") {
            await reopened();
            bench = new Bench();
          } else if (one !== undefined) {
            bench.posted.shift();
            if (step === "take") taken.push(one.id);
            one.answer(step === "take" ? TAKEN : step === "refuse" ? status(410) : fail("WEBHOOK_UNREACHABLE", "no"));
          }
          await settled();
          bench.delivering.work();
        }
        const { deliveries } = given(webhooks.outbox.page(id, {}));
        const all = [...taken, ...deliveries.map((delivery) => delivery.id)];
        expect(all.length).toBe(told);
        expect(new Set(all).size).toBe(told);
        const { pending, dead } = webhooks.show(given(webhooks.get(id)));
        expect(pending + dead).toBe(deliveries.length);
      },
    ),
    { numRuns: 40 },
  );
});

test("one that takes nothing fills no disk: what is beyond its queue is a dead letter, and the oldest of those go", async () => {
  const id = await made();
  const many = WEBHOOKS.pending + WEBHOOKS.dead + 10;
  for (let nth = 0; nth < many; nth += 1_000) {
    given(
      await data.store.commit(() => {
        for (let at = nth; at < Math.min(many, nth + 1_000); at++) webhooks.tell("action", event(at));
      }),
    );
  }
  expect(webhooks.show(given(webhooks.get(id)))).toMatchObject({ pending: WEBHOOKS.pending, dead: WEBHOOKS.dead });
  expect(webhooks.outbox.counts.dropped).toBe(10);
  expect(data.store.table("deliveries").count()).toBe(WEBHOOKS.pending + WEBHOOKS.dead);
  // A page of a rare kind looks at so many and goes on in the next.
  const first = given(webhooks.outbox.page(id, { state: "dead", limit: 5 }));
  expect([first.deliveries.length, first.next !== null]).toEqual([0, true]);
  // Behind the last that there could be there is nothing.
  expect(given(webhooks.outbox.page(id, { after: "f".repeat(12) })).deliveries).toEqual([]);
  nowMs += WEBHOOKS.deadMs + 60_000;
  expect(given(await webhooks.outbox.forget(nowMs - WEBHOOKS.deadMs))).toBe(WEBHOOKS.inOneCommit);
});

test("a secret is sealed, signs beside the next one for a day, and opens no more once its webhook is gone", async () => {
  const first = given(await webhooks.create({ name: "desk", url: "https://example.org", topics: ["action"] }, LOCAL));
  const second = given(await webhooks.rotate(first.record.id, LOCAL));
  expect(webhooks.secretsOf(second.record)).toEqual([second.secret, first.secret]);
  nowMs += WEBHOOKS.graceMs;
  expect(webhooks.secretsOf(second.record)).toEqual([second.secret]);
  const stored = [...data.store.table("webhooks").range()].map(({ value }) => given(value).toString("latin1")).join();
  expect(stored).not.toContain(second.secret.slice(6));
  expect(stored).not.toContain("example.org");
  await reopened();
  expect(webhooks.all()).toEqual([second.record]);
  const [{ key, value }] = [...data.store.table("webhooks").range()] as [{ key: Buffer; value: Result<Buffer> }];
  await tell();
  given(await webhooks.remove(second.record.id, LOCAL));
  expect(codeOf(data.vault.open("webhooks", given(value), key))).toBe("STORE_CORRUPT");
  expect([...storedWebhooks(data.store, data.vault)]).toEqual([]);
  expect(data.store.table("deliveries").count()).toBe(0);
});

test("two rotations at once are both on record, and what the first has answered is kept at once", async () => {
  const { record } = given(
    await webhooks.create({ name: "desk", url: "https://example.org", topics: ["action"] }, LOCAL),
  );
  // Both wait while another commit is under way.
  void data.store.commit(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  const [one, other] = await Promise.all([webhooks.rotate(record.id, LOCAL), webhooks.rotate(record.id, LOCAL)]);
  expect(deeds).toEqual(["webhook.created", "webhook.rotated", "webhook.rotated"]);
  await reopened();
  expect(webhooks.secretsOf(given(webhooks.get(record.id)))).toEqual([given(other).secret, given(one).secret]);
});

test("the secret of before signs for a day of the service's time, whatever the clock is set to", async () => {
  let setMs = 0;
  const clock = { now: () => nowMs + setMs, steadyMs: () => nowMs };
  const trail = { put: () => {} };
  webhooks = given(await Webhooks.load({ ...data, clock, trail, forgotten: async () => ok(undefined) }, false));
  const first = given(await webhooks.create({ name: "desk", url: "https://example.org", topics: ["action"] }, LOCAL));
  const second = given(await webhooks.rotate(first.record.id, LOCAL));
  setMs = 10 * WEBHOOKS.graceMs;
  expect(webhooks.secretsOf(second.record)).toEqual([second.secret, first.secret]);
  setMs = -setMs;
  nowMs += WEBHOOKS.graceMs;
  expect(webhooks.secretsOf(second.record)).toEqual([second.secret]);
});

test("a webhook goes with all that was put for it, also by the commit that it goes with", async () => {
  const id = await made();
  const many = 2 * WEBHOOKS.inOneCommit + 1;
  for (let nth = 0; nth < many; nth++) void data.store.commit(() => webhooks.tell("action", event(nth)));
  const put = data.store.commit(() => webhooks.tell("action", event(many)));
  given(await webhooks.remove(id, LOCAL));
  given(await put);
  expect(data.store.table("deliveries").count()).toBe(0);
});

test("all dead letters are replayed, or those alone that are named, wherever they lie", async () => {
  const id = await made();
  const bench = new Bench();
  const many = 2 * WEBHOOKS.inOneCommit + 7;
  for (let nth = 0; nth < many; nth++) await tell(nth);
  await bench.answer(status(410));
  const { deliveries, next } = given(webhooks.outbox.page(id, { state: "dead" }));
  const last = given(webhooks.outbox.page(id, { state: "dead", after: next! })).deliveries.at(-1)!;
  expect(given(await webhooks.replay(id, [last.id, deliveries[0]!.id, "msg_none"], LOCAL))).toBe(2);
  expect(given(await webhooks.replay(id, undefined, LOCAL))).toBe(many - 2);
  expect(webhooks.outbox.line(id)!.dead.size).toBe(0);
  expect(deeds.filter((deed) => deed === "webhook.replayed").length).toBe(2);
});

test("a dead letter that is replayed in the commit in which it is forgotten waits anew", async () => {
  const id = await made();
  const bench = new Bench();
  await tell();
  await bench.answer(ok({ status: 410, retryAfterMs: undefined }));
  expect(webhooks.show(given(webhooks.get(id)))).toMatchObject({ pending: 0, dead: 1 });
  // One is under way, so both of these go into the next.
  const busy = data.store.commit(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  const [number] = [...webhooks.outbox.line(id)!.dead];
  const replayed = data.store.commit(() => void webhooks.outbox.replay(id, [number!]));
  const forgotten = webhooks.outbox.forget(nowMs + 1);
  expect([await busy, await replayed, await forgotten].map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(data.store.table("deliveries").count()).toBe(1);
  await bench.delivering.close();
});

test("a stop does not wait for one that hangs: the event is no failure, and is posted again after the next start", async () => {
  const id = await made();
  const bench = new Bench();
  await tell();
  await settled();
  expect(bench.posted.length).toBe(1);
  await bench.delivering.close();
  expect(webhooks.outbox.counts.failed).toBe(0);
  await reopened();
  expect(webhooks.show(given(webhooks.get(id)))).toMatchObject({ pending: 1, status: "answers" });
  const again = new Bench();
  again.delivering.work();
  expect(again.posted.map((posted) => posted.id)).toEqual(bench.posted.map((posted) => posted.id));
});
