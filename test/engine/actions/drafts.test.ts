/** What becomes of an action before it is sent: edits of which none overwrites another, copies, and approval. */
import { describe, expect, it } from "vitest";
import type { Change } from "../../../engine/actions/service.js";
import { ok } from "../../../schemas/errors.js";
import { FakeCarrier } from "../dispatch/fake-carrier.js";
import { caller, code, FakeSelector, type Harness, must, request } from "./harness.js";
import { ownHarness } from "./own-harness.js";

const own = ownHarness();
const start = (): Promise<Harness> => own.start([new FakeCarrier("a", 1)], new FakeSelector(20));
const restart = (): Promise<Harness> => own.restart([new FakeCarrier("a", 1)], new FakeSelector(20));

const saying =
  (text: string, more: object = {}): Change =>
  (before) =>
    ok({ ...before, text, ...more });
const hours = (harness: Harness, count: number): string => new Date(harness.now() + count * 3_600_000).toISOString();

describe("an edit", () => {
  it("is what is sent, also after a restart", async () => {
    const first = await start();
    const draft = await first.create({ text: "boy of 5 is missing" });
    const edited = must(await first.actions.edit(draft.id, saying("boy of 6 is missing"), draft.version, caller()));
    expect([edited.status, edited.text, edited.version]).toEqual(["draft", "boy of 6 is missing", 2]);
    const second = await restart();
    expect(second.get(draft.id)).toEqual(edited);
    must(await second.actions.dispatch(draft.id, caller()));
    expect((await second.at(draft.id, "sent")).waves[0]!.text).toBe("boy of 6 is missing");
  });

  it("of two at the same time is one; the other is told that it is another version by now", async () => {
    const harness = await start();
    const { id, version } = await harness.create();
    const both = ["a man in shorts", "a woman in black"].map((text) => saying(text));
    const answers = await Promise.all(both.map((change) => harness.actions.edit(id, change, version, caller())));
    expect(answers.map(code)).toEqual([undefined, "VERSION_CHANGED"]);
    expect(harness.get(id)).toMatchObject({ text: "a man in shorts", version: 2 });
    expect(code(await harness.actions.edit(id, saying("late"), version, caller()))).toBe("VERSION_CHANGED");
    expect(must(await harness.actions.edit(id, saying("whatever it was"), "any", caller())).version).toBe(3);
  });

  it("that can't be leaves all as it was", async () => {
    const harness = await start();
    const { id, version } = await harness.create();
    for (const [change, expected] of [
      [saying("x".repeat(161)), "INVALID_TEXT"],
      [saying("late", { expiresAt: hours(harness, -1) }), "INVALID_FIELD"],
      [saying("where", { area: { type: "Municipality", code: "GM9999" } }), "MUNICIPALITY_UNKNOWN"],
    ] as const) {
      expect(code(await harness.actions.edit(id, change, version, caller()))).toBe(expected);
    }
    expect(harness.get(id)).toMatchObject({ version, text: "boy is missing" });
  });

  it("of one that was approved or is scheduled is a draft again, and of one that was sent is refused", async () => {
    const harness = await start();
    const approved = await harness.create();
    must(await harness.actions.approve(approved.id, caller()));
    const scheduled = await harness.create({ dispatch: true, startAt: hours(harness, 1) });
    const sent = await harness.create({ dispatch: true });
    await harness.at(sent.id, "sent");
    for (const { id } of [approved, scheduled]) {
      const edited = must(await harness.actions.edit(id, saying("again"), "any", caller()));
      expect([edited.status, edited.actors.approved]).toEqual(["draft", null]);
    }
    expect(code(await harness.actions.edit(sent.id, saying("again"), "any", caller()))).toBe("WRONG_STATE");
    harness.aheadMs = 2 * 3_600_000;
    harness.schedule.tick();
    expect(harness.get(scheduled.id).status).toBe("draft");
  });

  it("is done once for each Idempotency-Key, and stands in the trail", async () => {
    const harness = await start();
    const { id, version } = await harness.create();
    const me = caller("edit once");
    must(await harness.actions.edit(id, saying("once"), version, me));
    const again = await harness.actions.edit(id, saying("once"), version, me);
    expect(again).toEqual({ ok: true, value: { action: harness.get(id), replayed: true } });
    must(await harness.actions.approve(id, caller()));
    must(await harness.actions.copy(id, saying("twice"), caller()));
    const deeds = harness.trail
      .page({ limit: 9 })
      .records.map(({ deed }) => deed)
      .reverse();
    expect(deeds).toEqual(["action.created", "action.edited", "action.approved", "action.copied"]);
  });
});

describe("a copy", () => {
  it("is a draft of what any action was asked with, also of one that is over, with a life of its own", async () => {
    const harness = await start();
    const original = await harness.create({ dispatch: true, expiresAt: hours(harness, 1), kind: "burglary" });
    await harness.at(original.id, "sent");
    must(await harness.actions.end(original.id, { text: "he was found", outcome: "success" }, caller()));
    await harness.at(original.id, "ended");
    harness.aheadMs = 5 * 3_600_000;
    const copy = must(await harness.actions.copy(original.id, (before) => ok(before), caller()));
    const { text, kind, area } = original;
    expect(copy).toMatchObject({ text, kind, area, status: "draft", version: 1, copyOf: original.id, waves: [] });
    expect(Date.parse(copy.expiresAt)).toBeGreaterThan(harness.now() + 2 * 3_600_000);
    must(await harness.actions.dispatch(copy.id, caller(), { allowNobody: false, confirmed: ["TEXT_REPEATED"] }));
    await harness.at(copy.id, "sent");
    expect(harness.get(original.id)).toMatchObject({ status: "ended", version: original.version + 1 });
  });

  it("of what there is not is not found, and one that can't be is refused as a new action is", async () => {
    const harness = await start();
    const unknown = "0198c0de-0000-7000-8000-00000000ffff";
    expect(code(await harness.actions.copy(unknown, saying("x"), caller()))).toBe("NOT_FOUND");
    const { id } = await harness.create();
    expect(code(await harness.actions.copy(id, saying("x".repeat(161)), caller()))).toBe("INVALID_TEXT");
    expect(harness.store.table("actions").count()).toBe(1);
  });
});

describe("approval", () => {
  it("is of a draft, once, and is kept through a restart; what was approved can be dispatched or stopped", async () => {
    const first = await start();
    const [sent, cancelled] = [await first.create(), await first.create()];
    for (const { id } of [sent, cancelled]) must(await first.actions.approve(id, caller()));
    expect(code(await first.actions.approve(sent.id, caller()))).toBe("WRONG_STATE");
    const second = await restart();
    expect(second.get(sent.id)).toMatchObject({ status: "approved", actors: { approved: { id: "tester" } } });
    must(await second.actions.dispatch(sent.id, caller()));
    await second.at(sent.id, "sent");
    must(await second.actions.stop(cancelled.id, caller()));
    expect(code(await second.actions.dispatch(cancelled.id, caller()))).toBe("WRONG_STATE");
    expect(second.selector.selections).toBe(1);
  });

  it("of one that has expired is refused, and so is its dispatch where hardly any time is left", async () => {
    const harness = await start();
    const { id } = await harness.create();
    const { expiresAt } = harness.get(id);
    harness.aheadMs = Date.parse(expiresAt) - harness.now() - 500;
    expect(code(await harness.actions.dispatch(id, caller()))).toBe("LIFE_TOO_SHORT");
    harness.aheadMs += 1_000;
    expect(code(await harness.actions.approve(id, caller()))).toBe("WRONG_STATE");
    const soon = { dispatch: true, expiresAt: new Date(harness.now() + 900).toISOString() };
    expect(code(await harness.actions.create(request(soon), caller()))).toBe("LIFE_TOO_SHORT");
  });
});
