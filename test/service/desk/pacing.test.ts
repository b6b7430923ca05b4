/** A desk that is full, over the API: people are asked later, the nearest first, danger to life at once, and nobody is left out. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Desk } from "../../../schemas/desk/desk.js";
import { acceptedBy, EVERYWHERE, tagOf, Whole } from "../whole.js";

test("what a full desk holds back goes once it has room, and an extreme action waits for no desk", async () => {
  const whole = await Whole.start(2_000, [{ name: "north" }]);
  const desk = (method: "GET" | "PUT", body?: object) => whole.ask<Desk>(method, "/v1/desk", body);
  const took = (text: string): number => acceptedBy([whole.carriers[0]!.log()], tagOf(text)).size;
  const area = EVERYWHERE;
  expect((await desk("PUT", { answersPerMinute: -1 })).status).toBe(422);
  expect((await desk("PUT", { answersPerMinute: 1, waiting: 500 })).json).toMatchObject({ waiting: 500, paced: [] });
  const slowed = await whole.engine.createAction({ area, text: "seen? ONE1", dispatch: true });
  const danger = await whole.engine.createAction({
    ...{ area, text: "fire! TWO2", dispatch: true, urgency: "extreme", domain: "alarm", timeCritical: true },
  });
  await whole.engine.until(danger.id, ({ status }) => status === "sent");
  await sleep(1_500);
  const held = (await desk("GET")).json;
  expect(held.paced.map(({ action }) => action)).toEqual([slowed.id]);
  expect(held.paced[0]!.left).toBeGreaterThan(1_900);
  expect(took("fire! TWO2")).toBe(2_000);
  expect(took("seen? ONE1")).toBeLessThan(100);
  await desk("PUT", { answersPerMinute: 1_000, waiting: 0 });
  await whole.engine.until(slowed.id, ({ status }) => status === "sent");
  expect(took("seen? ONE1")).toBe(2_000);
  expect((await desk("GET")).json.paced).toEqual([]);
});
