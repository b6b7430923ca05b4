/** What becomes of an action whose service ends and starts again, at each step of its life. */
import { describe, expect, it } from "vitest";
import type { Action } from "../../../schemas/api/api.js";
import { FakeCarrier } from "../dispatch/fake-carrier.js";
import { until } from "../dispatch/fixtures.js";
import { caller, type Harness, must } from "./harness.js";
import { asked, END, restart, start } from "./life.js";
import { ownHarness } from "./own-harness.js";

const own = ownHarness();

describe("a restart", () => {
  /** The journal has the time at which a commit began, and the live wave the time at which it was done. */
  const shown = (action: Action): unknown => {
    for (const { acknowledgedAt } of action.waves) expect(acknowledgedAt).not.toBe(null);
    return { ...action, waves: action.waves.map((wave) => ({ ...wave, acknowledgedAt: "set" })) };
  };
  const slow = (seed: number): FakeCarrier => new FakeCarrier("a", 1, { perTurn: 10, turnMs: 1, seed });
  /** It has answered to so many, and has a window of them that it will not answer. */
  const standing = async (answered: number): Promise<{ first: Harness; id: string }> => {
    const carrier = new FakeCarrier("a", 1, { mostAnswers: answered });
    const first = await start(own, 2_000, carrier);
    const { id } = await first.create({ dispatch: true });
    await until(() => carrier.written === answered + carrier.behaviour.window);
    await until(() => first.get(id).waves[0]!.counts.acknowledged === answered);
    return { first, id };
  };

  it("while selecting selects again", async () => {
    const first = await start(own, 200, slow(1));
    first.selector.hold();
    const { id } = await first.create({ dispatch: true });
    const second = await restart(own, 200, slow(2));
    const sent = await second.at(id, "sent");
    expect(sent.waves[0]!.counts.acknowledged).toBe(200);
    expect(second.selector.selections).toBe(1);
  });

  it("while sending goes on, and the end still thanks everyone", async () => {
    const { id } = await standing(300);
    const second = await restart(own, 2_000, slow(2));
    const sent = await second.at(id, "sent");
    expect(sent.waves[0]!.counts.acknowledged).toBe(2_000);
    expect(sent.waves[0]!.counts.possibleDuplicates).toBeGreaterThan(0);
    must(await second.actions.end(id, END, caller()));
    expect((await second.at(id, "ended")).waves[1]!.recipients).toBe(2_000);
  });

  it("after it was sent announces nothing anew", async () => {
    const first = await start(own, 300, new FakeCarrier("a", 1, { temporary: 0.02 }));
    const { id } = await first.create({ dispatch: true });
    const sent = await first.at(id, "sent");
    const second = await restart(own, 300, slow(2));
    await second.dispatcher.write(() => {});
    expect(shown(second.get(id))).toEqual(shown(sent));
    expect(second.log()).toEqual([]);
    const again = second.get(id);
    const third = await restart(own, 300, slow(3));
    expect(third.get(id)).toEqual(again);
  });

  it("while ending, before the thank-you, thanks those who are known to be reached", async () => {
    const { first, id } = await standing(300);
    must(await first.actions.end(id, END, caller()));
    expect(first.get(id).status).toBe("ending");
    const second = await restart(own, 2_000, slow(2));
    const ended = await second.at(id, "ended");
    expect(ended.waves).toHaveLength(2);
    // Those on the wire, and those who were granted ahead, as far as nobody knows that they did not leave.
    const { acknowledged, unknown } = ended.waves[0]!.counts;
    expect([acknowledged, unknown >= 100, unknown <= 200]).toEqual([300, true, true]);
    expect(ended.waves[1]!.recipients).toBe(300);
    expect(ended.waves[1]!.counts.acknowledged).toBe(ended.waves[1]!.recipients);
  });

  it("while the thank-you is being sent finishes that one and opens no other, however the first wave was concluded", async () => {
    for (const how of ["sent", "ended early", "expired"] as const) {
      const first = await restart(own, 1_500, new FakeCarrier("a", 1, { perTurn: 5, turnMs: 1, temporary: 0.1 }));
      first.speed = 100;
      const { id } = await first.create({ dispatch: true });
      if (how !== "sent") await until(() => first.carriers[0]!.written > 300);
      if (how === "expired") first.aheadMs = 5 * 3_600_000;
      if (how !== "ended early") await first.at(id, "sent");
      must(await first.actions.end(id, END, caller()));
      await until(() => first.get(id).waves.length === 2 && first.dispatcher.accounts[0]!.exposed > 0);
      await until(() => asked(first, first.get(id), 1).length > 10);
      const second = await restart(own, 1_500, new FakeCarrier("a", 1, { perTurn: 20, turnMs: 1, seed: 2 }));
      const ended = await second.at(id, "ended");
      await new Promise((resolve) => setTimeout(resolve, 30));
      const later = second.get(id);
      expect(later.waves).toHaveLength(2);
      expect(later.status).toBe("ended");
      expect(second.store.table("waves").count()).toBe(2 + 2 * ["sent", "ended early", "expired"].indexOf(how));
      const { acknowledged, delivered, expired } = ended.waves[0]!.counts;
      expect(expired > 0).toBe(how === "expired");
      expect(ended.waves[1]!.recipients).toBe(acknowledged + delivered);
      expect(ended.waves[1]!.counts.acknowledged).toBe(ended.waves[1]!.recipients);
    }
  });

  it("while stopped stays stopped", async () => {
    const first = await start(own, 2_000, slow(1));
    const { id } = await first.create({ dispatch: true });
    await until(() => first.carriers[0]!.written > 100);
    must(await first.actions.stop(id, caller()));
    await until(() => first.dispatcher.waves[0]!.acknowledgedAtMs !== null);
    const stopped = first.get(id);
    const second = await restart(own, 2_000, slow(2));
    await second.dispatcher.write(() => {});
    expect(shown(second.get(id))).toEqual(shown(stopped));
    expect(second.log()).toEqual([]);
    must(await second.actions.end(id, END, caller()));
    expect((await second.at(id, "ended")).waves[1]!.recipients).toBe(stopped.waves[0]!.counts.acknowledged);
  });
});
