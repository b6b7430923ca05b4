/** SIGKILL in every state before the first message: what was edited, approved or scheduled is so after it, and what is to start does, once. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { expect, it } from "vitest";
import type { Action } from "../../../schemas/api/api.js";
import { acceptedBy, EVERYWHERE, tagOf, Whole } from "../whole.js";

const PEOPLE = 300;
const asked = (text: string) => ({ area: EVERYWHERE, text });

async function edit(whole: Whole, { id, version }: Action, text: string): Promise<Action> {
  const answer = await request(`http://127.0.0.1:${whole.engine.port}/v1/actions/${id}`, {
    method: "PATCH",
    headers: {
      authorization: `Bearer ${whole.engine.key}`,
      "content-type": "application/merge-patch+json",
      "idempotency-key": randomUUID(),
      "if-match": `"${version}"`,
    },
    body: JSON.stringify({ text }),
  });
  expect(answer.statusCode).toBe(200);
  return (await answer.body.json()) as Action;
}

const timesOf = (whole: Whole, text: string): number[] => [
  ...acceptedBy(
    whole.carriers.map((carrier) => carrier.log()),
    tagOf(text),
  ).values(),
];

it("keeps what was edited, approved, copied and scheduled, and starts once what is due", async () => {
  const whole = await Whole.start(PEOPLE, [{ name: "north" }]);
  const startAt = new Date(Date.now() + 15_000).toISOString();
  const scheduled = await whole.engine.createAction({ ...asked("Starts by itself S001"), startAt, dispatch: true });
  const cancelled = await whole.engine.createAction({ ...asked("Never starts N001"), startAt, dispatch: true });
  const draft = await whole.engine.createAction(asked("A boy of 5 D001"));
  const edited = await edit(whole, draft, "A boy of 6 D002");
  await whole.restart();
  expect(await whole.engine.action(edited.id)).toEqual(edited);
  expect((await whole.engine.action(scheduled.id)).status).toBe("scheduled");
  const approved = await whole.engine.request<Action>("POST", `/v1/actions/${edited.id}/approve`);
  const copy = await whole.engine.request<Action>("POST", `/v1/actions/${edited.id}/copies`, { text: "A copy C001" });
  const stopped = await whole.engine.request<Action>("POST", `/v1/actions/${cancelled.id}/stop`);
  expect([approved.status, copy.status, stopped.body.status]).toEqual([200, 201, "stopped"]);
  await whole.restart();
  for (const { body } of [approved, copy]) expect(await whole.engine.action(body.id)).toEqual(body);
  // Around its start it is killed again and again: it is selecting, durably, before anybody is selected.
  const untilMs = Date.parse(startAt) + 1_500;
  do {
    await whole.restart();
    await sleep(100);
  } while (Date.now() < untilMs);
  await whole.engine.until(scheduled.id, ({ status }) => status === "sent");
  const counts = (await whole.engine.action(scheduled.id)).waves.map(({ recipients }) => recipients);
  expect(counts).toEqual([PEOPLE]);
  const times = timesOf(whole, "Starts by itself S001");
  expect(times.length).toBe(PEOPLE);
  expect(timesOf(whole, "Never starts N001")).toEqual([]);
  await whole.engine.request("POST", `/v1/actions/${edited.id}/dispatch`);
  await whole.engine.until(edited.id, ({ status }) => status === "sent");
  expect(timesOf(whole, "A boy of 6 D002").length).toBe(PEOPLE);
  expect([timesOf(whole, "A boy of 5 D001"), timesOf(whole, "A copy C001")]).toEqual([[], []]);
});
