/**
 * What citizens send back, through the whole service: a reply stands with its action, STOP takes its sender out of the next
 * selection and is confirmed once, and AAN puts them in again; all of it also after a kill.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Action, ReplyPage } from "../../schemas/api.js";
import { EVERYWHERE, Whole } from "./whole.js";

const PEOPLE = 300;

interface Asked {
  readonly action: Action;
  readonly numbers: ReadonlySet<number>;
}

/** Sends an action and reads from the carrier's log who got it. */
async function ask(whole: Whole, text: string): Promise<Asked> {
  const carrier = whole.carriers[0]!;
  const before = carrier.log().length;
  const { id } = await whole.engine.createAction({
    area: { ...EVERYWHERE, center: [5.3, 52.15] },
    text,
    dispatch: true,
  });
  const action = await whole.engine.until(id, ({ status }) => status === "sent");
  return { action, numbers: new Set(carrier.log().numbers.slice(before)) };
}

async function replies(whole: Whole, id: string): Promise<ReplyPage> {
  return (await whole.engine.request<ReplyPage>("GET", `/v1/actions/${id}/replies`)).body;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

test("replies reach their action, and STOP is heeded, confirmed once, and survives a kill", async () => {
  const whole = await Whole.start(PEOPLE, [{ name: "north" }]);
  const { simulator, log } = whole.carriers[0]!;
  const first = await ask(whole, "Burgernet: kind vermist. 1");
  const [witness, leaver, joiner] = [...first.numbers].map(String) as [string, string, string];
  const long = `Ik zag hem bij de ${"brug ".repeat(60)}lopen.`;
  await simulator.deliver({ from: witness, text: "Gezien bij het station 👀", encoding: "ucs2" });
  await simulator.deliver({ from: witness, text: long, reversed: true, doubled: true });
  await simulator.deliver({ from: "31600000000000", text: "Wie bent u?" });
  await until(
    async () => (await replies(whole, first.action.id)).replies.filter(({ complete }) => complete).length === 2,
  );
  const page = await replies(whole, first.action.id);
  expect(page.replies.map(({ text }) => text)).toEqual(["Gezien bij het station 👀", long]);
  expect(JSON.stringify(page)).not.toContain(witness.slice(-8));
  const unassigned = () => whole.engine.request<ReplyPage>("GET", "/v1/unassigned-replies");
  await until(async () => (await unassigned()).body.replies.length > 0);
  expect((await unassigned()).body.replies.map(({ text }) => text)).toEqual(["Wie bent u?"]);

  const before = log().length;
  for (const from of [leaver, joiner]) for (const text of ["STOP", " stop. "]) await simulator.deliver({ from, text });
  await until(async () => log().length - before >= 2);
  await simulator.deliver({ from: joiner, text: "Aan" });
  await until(async () => log().length - before >= 3);
  await whole.restart();
  await whole.engine.untilBound();
  const second = await ask(whole, "Burgernet: kind vermist. 2");
  expect(second.numbers.has(Number(leaver))).toBe(false);
  expect(second.numbers.has(Number(joiner))).toBe(true);
  expect(second.action.waves[0]!.recipients).toBe(first.action.waves[0]!.recipients - 1);
  expect((await replies(whole, first.action.id)).replies).toHaveLength(2);

  // Confirmed once each time that something changed: twice off, once on.
  const confirmed = [...log().numbers.slice(before)].slice(0, 3);
  expect(confirmed.map(String).sort()).toEqual([leaver, joiner, joiner].sort());
  // The last one may have been in flight at the kill, and then it came twice.
  expect([3, 4]).toContain(log().length - before - second.numbers.size);
});
