/** The life of actions: what is asked of them in which state, and that an Idempotency-Key is answered once. */
import { describe, expect, it } from "vitest";
import { ActionStore } from "../../../engine/actions/action-store.js";
import type { Action } from "../../../schemas/api/api.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { STATE } from "../../../schemas/words.js";
import { FakeCarrier } from "../dispatch/fake-carrier.js";
import { until } from "../dispatch/fixtures.js";
import { caller, code, FakeSelector, filled, type Harness, must, request } from "./harness.js";
import { asked, END, restart, start } from "./life.js";
import { ownHarness } from "./own-harness.js";

const own = ownHarness();

it("shows receipts that belonged to no one, newest first, with their state as a word", async () => {
  const harness = await start(own, 1, new FakeCarrier("a", 1));
  const { strays } = harness.dispatcher;
  const stray = { atMs: 0, carrier: "a", messageId: "1A", state: 5, error: 42 };
  await harness.dispatcher.write(() => strays.put([stray, { ...stray, atMs: 1_000, state: 99 }]));
  const shown = { carrier: "a", messageId: "1A", error: 42 };
  const receipts = [
    { ...shown, at: "1970-01-01T00:00:01.000Z", state: "99" },
    { ...shown, at: "1970-01-01T00:00:00.000Z", state: "undeliverable" },
  ];
  expect(harness.actions.strayReceipts(9)).toEqual({ ok: true, value: receipts });
  expect(harness.actions.carriers()[0]).toMatchObject({ messageIds: "auto", strayReceipts: 0, undecidedReceipts: 0 });
});

describe("what an action is about", () => {
  it("decides who is asked, in a preview as in the action itself", async () => {
    const harness = await start(own, 1, new FakeCarrier("a", 1));
    const { area } = request();
    await harness.preview({ area });
    await harness.preview({ area, domain: "alarm", kind: "calamity", urgency: "extreme" });
    const action = await harness.create({ kind: "intrusion", urgency: "extreme", dispatch: true });
    await harness.at(action.id, "sent");
    expect(harness.selector.queries.map(({ domain, kind, urgency }) => [domain, kind, urgency])).toEqual([
      ["alarm", "other", "normal"],
      ["alarm", "calamity", "extreme"],
      ["alarm", "intrusion", "extreme"],
    ]);
    expect(action.urgency).toBe("extreme");
  });

  it("is of the normal urgency where it was stored before there was one", async () => {
    const harness = await start(own, 1, new FakeCarrier("a", 1));
    const action = await harness.create();
    const key = Buffer.from(action.id.replaceAll("-", ""), "hex");
    const stored = harness.store.table("actions").get(key);
    const { urgency: _, like: __, lifeMinutes: ___, ...older } = filled();
    const record = { ...JSON.parse((stored.ok && stored.value?.toString()) || "{}"), request: older };
    await harness.store.commit(() => void harness.store.table("actions").put(key, Buffer.from(JSON.stringify(record))));
    const restarted = await restart(own, 1, new FakeCarrier("a", 1));
    expect(restarted.get(action.id).urgency).toBe("normal");
    must(await restarted.actions.dispatch(action.id, caller()));
    await restarted.at(action.id, "sent");
    expect(restarted.selector.queries.map(({ urgency }) => urgency)).toEqual(["normal"]);
  });
});

describe("the life of an action", () => {
  it("goes from draft to ended, and thanks exactly those who were asked", async () => {
    const harness = await start(own, 500, new FakeCarrier("a", 1));
    const draft = await harness.create();
    expect(draft.status).toBe("draft");
    expect(harness.log()).toEqual([]);
    const selecting = must(await harness.actions.dispatch(draft.id, caller()));
    expect(selecting.status).toBe("selecting");
    const sent = await harness.at(draft.id, "sent");
    expect(sent.waves).toHaveLength(1);
    expect(sent.waves[0]!.counts.acknowledged).toBe(500);
    expect(sent.waves[0]!.acknowledgedAt).not.toBe(null);
    expect(asked(harness, sent, 0)).toEqual(Array.from({ length: 500 }, (_, i) => 1_000 + i));
    const ending = must(await harness.actions.end(draft.id, END, caller()));
    expect([ending.status, ending.outcome]).toEqual(["ending", "success"]);
    const ended = await harness.at(draft.id, "ended");
    expect(ended.waves.map(({ kind, text }) => [kind, text])).toEqual([
      ["first", "boy is missing"],
      ["ending", END.text],
    ]);
    expect(asked(harness, ended, 1)).toEqual(asked(harness, ended, 0));
  });

  it("asks by SMS those who can be, where a roster says over which channels each can", async () => {
    const selector = new FakeSelector(400);
    selector.channels = new SharedArrayBuffer(400);
    new Uint8Array(selector.channels).forEach((_, row, all) => {
      all[row] = 1 + (row % 15);
    });
    const harness = await own.start([new FakeCarrier("a", 1)], selector);
    const sent = await harness.at((await harness.create({ dispatch: true })).id, "sent");
    const bySms = [...new Uint8Array(selector.channels).entries()].filter(([, channels]) => (channels & 1) === 1);
    expect(asked(harness, sent, 0)).toEqual(bySms.map(([row]) => 1_000 + row));
  });

  it("thanks those who took it or got it, and nobody else", async () => {
    const behaviour = { refused: 0.2, unknown: 0.1, temporary: 0.1, receipts: "mixed" as const, undeliverable: 0.2 };
    const harness = await start(
      own,
      600,
      new FakeCarrier("a", 1, behaviour),
      new FakeCarrier("b", 1, { ...behaviour, seed: 5 }),
    );
    harness.speed = 100;
    const action = await harness.create({ dispatch: true });
    await harness.at(action.id, "sent");
    const wave = harness.dispatcher.waves[0]!;
    await until(() => wave.counts[STATE.acknowledged] === 0);
    const roster = new Uint32Array(wave.roster);
    const reached = [...wave.states].flatMap((state, at) => ([3, 4].includes(state & 0x7f) ? [roster[at]] : []));
    expect(reached.length).toBeLessThan(600);
    must(await harness.actions.end(action.id, END, caller()));
    const ended = await harness.at(action.id, "ended");
    expect(ended.waves[1]!.recipients).toBe(reached.length);
    expect([...new Set(asked(harness, ended, 1))].sort((a, b) => a - b)).toEqual(reached);
  });

  it("sends again what is unknown if it is urgent, holds it if not, or as it is told", async () => {
    const harness = await start(own, 300, new FakeCarrier("a", 1, { unknown: 0.2 }));
    const outcomes = [{}, { timeCritical: false }, { onUnknown: "hold" }, { timeCritical: false, onUnknown: "resend" }];
    const held: boolean[] = [];
    for (const fields of outcomes) {
      const { id } = await harness.create({ dispatch: true, ...fields });
      const { counts } = (await harness.at(id, "sent")).waves[0]!;
      expect(counts.acknowledged + counts.unknown).toBe(300);
      held.push(counts.possibleDuplicates === 0);
      if (counts.possibleDuplicates === 0) expect(counts.unknown).toBeGreaterThan(10);
    }
    expect(held).toEqual([false, true, true, false]);
  });

  it("says of whom no carrier serves that they wait, and for what, until they expire", async () => {
    const harness = await start(own, 300, new FakeCarrier("a", 1, { routes: ["49"] }));
    const { id } = await harness.create({ dispatch: true });
    await until(() => harness.get(id).waves[0]?.withoutCarrier === 300);
    const waiting = harness.get(id);
    expect(waiting).toMatchObject({ status: "sending", reason: { code: "NO_ROUTE" } });
    expect(harness.actions.watched()).toMatchObject([{ id, reason: waiting.reason }]);
    harness.aheadMs = 73 * 3_600_000;
    const { waves, reason } = await harness.at(id, "sent");
    expect([waves[0]!.counts.expired, waves[0]!.withoutCarrier, reason]).toEqual([300, 0, null]);
  });

  it("stops: nothing more goes out, and the end thanks those who were reached before", async () => {
    const carrier = new FakeCarrier("a", 1, { perTurn: 10, turnMs: 1 });
    const harness = await start(own, 5_000, carrier);
    const action = await harness.create({ dispatch: true });
    await until(() => carrier.written > 200);
    const stopped = must(await harness.actions.stop(action.id, caller()));
    expect(stopped.status).toBe("stopped");
    const again = must(await harness.actions.stop(action.id, caller()));
    expect(again.stoppedAt).toBe(stopped.stoppedAt);
    const wave = harness.dispatcher.waves[0]!;
    await until(() => wave.isSent);
    const gone = asked(harness, stopped, 0);
    expect(harness.get(action.id).waves[0]!.counts).toMatchObject({
      acknowledged: gone.length,
      stopped: 5_000 - gone.length,
    });
    must(await harness.actions.end(action.id, END, caller()));
    const ended = await harness.at(action.id, "ended");
    expect(asked(harness, ended, 1)).toEqual(gone);
  });

  it("ends while it is still being sent: what is in flight is thanked too", async () => {
    const carrier = new FakeCarrier("a", 1, { perTurn: 10, turnMs: 1 });
    const harness = await start(own, 5_000, carrier);
    const action = await harness.create({ dispatch: true });
    await until(() => carrier.written > 200);
    must(await harness.actions.end(action.id, END, caller()));
    const ended = await harness.at(action.id, "ended");
    expect(ended.waves).toHaveLength(2);
    expect(asked(harness, ended, 1)).toEqual(asked(harness, ended, 0));
    expect(asked(harness, ended, 1).length).toBeLessThan(5_000);
  });

  it("stops and ends during the selection, and asks nobody", async () => {
    for (const how of ["stop", "end"] as const) {
      const harness = await restart(own, 100, new FakeCarrier("a", 1));
      harness.selector.hold();
      const action = await harness.create({ dispatch: true });
      if (how === "stop") must(await harness.actions.stop(action.id, caller()));
      must(await harness.actions.end(action.id, END, caller()));
      harness.selector.release();
      const ended = await harness.at(action.id, "ended");
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(harness.get(action.id)).toEqual(ended);
      expect(ended.waves).toEqual([]);
      expect(harness.log()).toEqual([]);
    }
  });

  it("is sent at once where nobody is selected and that is allowed, and failed where the selection fails", async () => {
    const harness = await start(own, 0, new FakeCarrier("a", 1));
    const empty = await harness.create({ dispatch: true, allowNobody: true });
    await harness.at(empty.id, "sent");
    must(await harness.actions.end(empty.id, END, caller()));
    expect((await harness.at(empty.id, "ended")).waves).toHaveLength(1);
    harness.selector.problem = { code: "STORE_CORRUPT", detail: "twice" };
    const failed = await harness.create({ dispatch: true });
    await harness.at(failed.id, "failed");
    expect(harness.problems.map(({ code }) => code)).toEqual(["STORE_CORRUPT"]);
  });

  it("is archived when its receipts are in, and is then what it was", async () => {
    const harness = await start(own, 300, new FakeCarrier("a", 1, { receipts: "late", undeliverable: 0.1 }));
    const action = await harness.create({ dispatch: true });
    await harness.at(action.id, "sent");
    await until(() => harness.dispatcher.waves[0]!.isSettled);
    const before = harness.get(action.id);
    const { failed, delivered } = before.waves[0]!.counts;
    expect(failed).toBeGreaterThan(0);
    harness.aheadMs = DISPATCH.restMs;
    await harness.archive.tidy();
    expect(harness.dispatcher.waves).toEqual([]);
    expect(harness.get(action.id)).toEqual(before);
    expect([...harness.store.table("journal").keys()]).toEqual([]);
    must(await harness.actions.end(action.id, END, caller()));
    const ended = await harness.at(action.id, "ended");
    expect(ended.waves[1]!.recipients).toBe(delivered);
    expect(delivered).toBe(300 - failed);
  });
});

describe("who did what with an action", () => {
  const by = (id: string) => ({ kind: "key", id, name: `key of ${id}` }) as const;
  const as = (id: string) => caller(undefined, "", by(id));
  const actorsOf = ({ store }: Harness, id: string) => {
    const record = new ActionStore(store).get(id);
    return record.ok && record.value.actors;
  };

  it("stands in its record, through a restart too", async () => {
    const first = await start(own, 5, new FakeCarrier("a", 1));
    const { id } = must(await first.actions.create(request(), as("drafter")));
    expect(actorsOf(first, id)).toEqual({ created: by("drafter") });
    must(await first.actions.dispatch(id, as("sender")));
    await first.at(id, "sent");
    must(await first.actions.resend(id, as("again")));
    must(await first.actions.stop(id, as("stopper")));
    const second = await restart(own, 5, new FakeCarrier("a", 1));
    must(await second.actions.end(id, END, as("ender")));
    await second.at(id, "ended");
    const sent = { approved: by("sender"), dispatched: by("sender") };
    const all = { created: by("drafter"), ...sent, resent: by("again"), stopped: by("stopper") };
    expect(actorsOf(second, id)).toEqual({ ...all, ended: by("ender") });
  });

  it("is one and the same where it is made and sent at once", async () => {
    const harness = await start(own, 5, new FakeCarrier("a", 1));
    const { id } = must(await harness.actions.create(request({ dispatch: true }), as("one")));
    await harness.at(id, "sent");
    expect(actorsOf(harness, id)).toEqual({ created: by("one"), approved: by("one"), dispatched: by("one") });
  });
});

describe("what may not be", () => {
  it("is WRONG_STATE", async () => {
    const harness = await start(own, 5, new FakeCarrier("a", 1));
    const { actions } = harness;
    const { id } = await harness.create();
    expect(code(await actions.end(id, END, caller()))).toBe("WRONG_STATE");
    const both = await Promise.all([actions.dispatch(id, caller()), actions.dispatch(id, caller())]);
    expect(both.map(code)).toEqual([undefined, "WRONG_STATE"]);
    await harness.at(id, "sent");
    expect(harness.selector.selections).toBe(1);
    const ends = await Promise.all([actions.end(id, END, caller()), actions.end(id, END, caller())]);
    expect(ends.map(code)).toEqual([undefined, "WRONG_STATE"]);
    const ended = await harness.at(id, "ended");
    expect(ended.waves).toHaveLength(2);
    for (const answer of [actions.dispatch(id, caller()), actions.stop(id, caller()), actions.end(id, END, caller())]) {
      expect(code(await answer)).toBe("WRONG_STATE");
    }
    expect(harness.get(id)).toEqual(ended);
    const unknown = "0198c0de-0000-7000-8000-00000000ffff";
    for (const each of [unknown, "nonsense", ""]) expect(code(actions.get(each))).toBe("NOT_FOUND");
    expect(code(await actions.stop(unknown, caller()))).toBe("NOT_FOUND");
  });

  it("is refused before anything is stored: an expiry in the past or too far, a text too long, no carrier", async () => {
    const harness = await start(own, 5);
    const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
    for (const [fields, expected] of [
      [{ expiresAt: inHours(-1) }, "INVALID_FIELD"],
      [{ expiresAt: inHours(73) }, "INVALID_FIELD"],
      [{ dispatch: true }, "NO_CARRIER"],
    ] as const) {
      expect(code(await harness.actions.create(request(fields), caller()))).toBe(expected);
    }
    expect(must(await harness.actions.create(request({ expiresAt: inHours(71) }), caller())).status).toBe("draft");
    expect(harness.store.table("actions").count()).toBe(1);
    expect(harness.store.table("idempotency").count()).toBe(1);
    const sending = await restart(own, 5, new FakeCarrier("a", 1));
    expect(code(await sending.actions.create(request({ text: "x".repeat(161) }), caller()))).toBe("INVALID_TEXT");
    const { id } = await sending.create({ expiresAt: inHours(1) });
    sending.aheadMs = 2 * 3_600_000;
    expect(code(await sending.actions.dispatch(id, caller()))).toBe("WRONG_STATE");
  });
});

describe("an Idempotency-Key", () => {
  it("is answered once, also to requests at the same time and after a restart", async () => {
    const first = await start(own, 50, new FakeCarrier("a", 1));
    const me = caller("same", "body");
    const same = await Promise.all([1, 2, 3].map(() => first.actions.create(request({ dispatch: true }), me)));
    expect(same.map(code)).toEqual([undefined, "IDEMPOTENCY_KEY_IN_USE", "IDEMPOTENCY_KEY_IN_USE"]);
    const action = must(same[0]!);
    const again = async (harness: Harness) => {
      const replay = await harness.actions.create(request({ dispatch: true }), me);
      expect(replay).toEqual({ ok: true, value: { action: harness.get(action.id), replayed: true } });
    };
    await again(first);
    const other = await first.actions.create(request({ dispatch: true }), caller("same", "another body"));
    expect(code(other)).toBe("IDEMPOTENCY_KEY_REUSED");
    await first.at(action.id, "sent");
    await again(first);
    const second = await restart(own, 50, new FakeCarrier("a", 1));
    await again(second);
    expect(second.store.table("actions").count()).toBe(1);
    expect(second.selector.selections).toBe(0);
    const ends = await Promise.all([1, 2].map(() => second.actions.end(action.id, END, caller("end", "e"))));
    expect(ends.map(code)).toEqual([undefined, "IDEMPOTENCY_KEY_IN_USE"]);
    const replay = await second.actions.end(action.id, END, caller("end", "e"));
    expect(replay.ok && replay.value).toEqual({ action: second.get(action.id), replayed: true });
    expect((await second.at(action.id, "ended")).waves).toHaveLength(2);
  });

  it("is forgotten after its time, and not before", async () => {
    const harness = await start(own, 5, new FakeCarrier("a", 1));
    const one = await harness.create({}, "k");
    harness.aheadMs = 23 * 3_600_000;
    await harness.actions.sweep();
    expect((await harness.create({}, "k")).id).toBe(one.id);
    harness.aheadMs = 25 * 3_600_000;
    expect((await harness.create({}, "k")).id).not.toBe(one.id);
    harness.aheadMs = 60 * 3_600_000;
    await harness.actions.sweep();
    expect(harness.store.table("idempotency").count()).toBe(0);
  });

  it("does not remember a refusal", async () => {
    const harness = await start(own, 5, new FakeCarrier("a", 1));
    const me = caller("again");
    expect(code(await harness.actions.create(request({ text: "x".repeat(161) }), me))).toBe("INVALID_TEXT");
    expect(must(await harness.actions.create(request(), me)).status).toBe("draft");
  });
});

describe("the list of actions", () => {
  it("gives pages, newest first, with those under way as they are now", async () => {
    const harness = await start(own, 5, new FakeCarrier("a", 1));
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await harness.create()).id);
    must(await harness.actions.dispatch(ids[1]!, caller()));
    await harness.at(ids[1]!, "sent");
    const seen: Action[] = [];
    for (let after: string | undefined, pages = 0; pages < 3; pages++) {
      const page = harness.actions.list(after, 2);
      if (!page.ok) throw new Error(page.problem.detail);
      seen.push(...page.value.actions);
      after = page.value.next ?? undefined;
      expect(after === undefined).toBe(pages === 2);
    }
    expect(seen.map(({ id }) => id)).toEqual(ids);
    expect(seen.map(({ status }) => status)).toEqual(["draft", "sent", "draft", "draft", "draft"]);
  });
});
