/**
 * Who reacted is not asked again by a repeat, and nobody can tell from what is stored who of a group it was that wrote which reply: the
 * bits come in groups of five numbers and more, by SMS and by the page, and what is in memory is in no roster.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { loadRegistry } from "../../../engine/registry/columns/load.js";
import { openDataFolder } from "../../../engine/registry/open.js";
import type { PageLink } from "../../../schemas/api/action/page.js";
import type { ReplyPage } from "../../../schemas/api/action/reply.js";
import type { Action } from "../../../schemas/api/api.js";
import { REACTED } from "../../../schemas/limits.js";
import { given } from "../../engine/registry/samples.js";
import { filesOf, InProcess } from "../in-process.js";
import { EVERYWHERE } from "../whole.js";

/** The people whose bit is stored, and how long each record is. */
async function stored(whole: InProcess): Promise<{ people: number[]; bytes: Set<number> }> {
  await whole.service.close();
  const { store } = given(openDataFolder(whole.folder));
  const people: number[] = [];
  const bytes = new Set<number>();
  for (const { key, value } of store.table("reacted").range()) {
    const bits = given(value).subarray(4);
    bytes.add(bits.length);
    for (let person = 0; person < 8 * bits.length; person++) {
      if ((bits[person >>> 3]! & (1 << (person & 7))) !== 0)
        people.push(person + REACTED.blockPeople * key.readUInt32BE(16));
    }
  }
  await store.close();
  await whole.open();
  const isBound = async () => (await whole.ask("controlRoom", "GET", "/v1/carriers")).text.includes('"bound":1');
  while (!(await isBound())) await sleep(20);
  return { people, bytes };
}

async function until(whole: InProcess, id: string, holds: (action: Action) => boolean): Promise<Action> {
  for (;;) {
    const { json } = await whole.ask<Action>("controlRoom", "GET", `/v1/actions/${id}`);
    if (holds(json)) return json;
    await sleep(20);
  }
}

/** Until so many of those who reacted are in memory and not stored. */
async function waiting(whole: InProcess, count: number): Promise<void> {
  const shown = new RegExp(`^seinpost_reactions_waiting ${count}$`, "m");
  while (!shown.test((await whole.ask("controlRoom", "GET", "/metrics")).text)) await sleep(50);
}

/** Recipients of a repeat, once it is over. */
async function repeated(whole: InProcess, id: string): Promise<number> {
  const asked = await whole.ask<Action>("controlRoom", "POST", `/v1/actions/${id}/repeat`);
  expect(asked.status, asked.text).toBeLessThan(300);
  const { rounds, waves } = await until(
    whole,
    id,
    ({ status, rounds }) => status === "sent" && rounds.at(-1)!.state === "done",
  );
  const { number } = rounds.at(-1)!;
  return waves.filter(({ round }) => round === number).reduce((sum, { recipients }) => sum + recipients, 0);
}

test("who reacted is left out of a repeat in groups of five and more, and nothing that is stored tells of fewer", async () => {
  const whole = await InProcess.start();
  const registry = given(await loadRegistry(whole.folder));
  const numbers = new Float64Array(registry.participants.numbers);
  const asked = { area: EVERYWHERE, text: "kind vermist", dispatch: true };
  const { json: action } = await whole.ask<Action>("controlRoom", "POST", "/v1/actions", asked);
  const all = (await until(whole, action.id, ({ status }) => status === "sent")).waves[0]!.recipients;
  const { link } = (await whole.ask<PageLink>("controlRoom", "POST", `/v1/actions/${action.id}/page`)).json;
  const repliers = [...new Set((await whole.simulator.texts()).map(({ number }) => number))].slice(0, 8);
  const at = `/v1/actions/${action.id}/replies?limit=100`;
  const replies = async () => (await whole.ask<ReplyPage>("controlRoom", "GET", at)).json.replies.length;
  const reply = async (from: number, came: number) => {
    await whole.simulator.deliver({ from: String(from), text: "gezien" });
    while ((await replies()) < came) await sleep(20);
  };
  const notAgain = (number: string) => whole.ask("anybody", "POST", `/v1/pages/${link}/not-again`, { number });

  // Four, one of them twice, and a reply by the page, which says nothing of who it was.
  for (const [at, from] of repliers.slice(0, 4).entries()) await reply(from, at + 1);
  await reply(repliers[0]!, 5);
  expect((await whole.ask("anybody", "POST", `/v1/pages/${link}/replies`, { text: "gezien" })).status).toBe(201);
  // Who was not asked, and who is nobody's number, are no members of a group.
  for (const stranger of ["+31612345678", "+31687654321"]) expect((await notAgain(stranger)).status).toBe(204);
  await waiting(whole, 4);
  expect(await repeated(whole, action.id)).toBe(all);
  expect(await stored(whole)).toEqual({ people: [], bytes: new Set() });

  // The start has forgotten those; three of them by the page, two more by SMS, are a group.
  for (const number of repliers.slice(0, 3)) expect((await notAgain(`+${number}`)).status).toBe(204);
  for (const [at, from] of repliers.slice(4, 6).entries()) await reply(from, 7 + at);
  await waiting(whole, 0);
  const group = [0, 1, 2, 4, 5].map((at) => repliers[at]!);
  expect(await repeated(whole, action.id)).toBe(all - 5);
  const first = await stored(whole);
  expect(first.people.map((person) => numbers[person]).sort()).toEqual([...group].sort());

  // Three more are in memory alone: neither the table nor the roster of a repeat has become another by them.
  for (const [at, from] of [3, 6, 7].entries()) await reply(repliers[from]!, 9 + at);
  await waiting(whole, 3);
  expect(await repeated(whole, action.id)).toBe(all - 5);
  expect(await stored(whole)).toEqual(first);
  expect([...first.bytes]).toEqual([REACTED.blockPeople / 8]);
  const written = filesOf(whole.folder);
  for (const number of repliers) expect(written.includes(String(number))).toBe(false);

  expect((await notAgain("nobody")).json).toMatchObject({ code: "NUMBER_INVALID", field: "/number" });
  expect((await whole.ask("anybody", "POST", "/v1/pages/AAAAAAAAAAA/not-again", { number: "0612345678" })).status).toBe(
    404,
  );
});
