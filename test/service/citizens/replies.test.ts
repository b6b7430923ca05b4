/**
 * What citizens send back, through the whole service: a reply stands with its action, STOP takes its sender out of the next
 * selection and is confirmed once, and AAN puts them in again; all of it also after a kill.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { DeliverRequest } from "../../../loadtest/carrier/bind/incoming.js";
import type { ReplyPage } from "../../../schemas/api/action/reply.js";
import type { Action } from "../../../schemas/api/api.js";
import { EVERYWHERE, Whole } from "../whole.js";

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
    area: EVERYWHERE,
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

/** As people write it, and what is none: each in one of the ways in which carriers pass it on. */
const OFF = [
  "STOP",
  "Stop Burgernet",
  "Burgernet stop.",
  "stop stop",
  "stop aub",
  "Stop. Dank u!",
  "afmelden",
  "Stoppen met Burgernet",
  "Uitschrijven, dank u wel",
];
const TIPS = ["Stop de auto", "hij stopt bij Burgernet", "stop niet, hij rent nog", "wilt u stoppen met zoeken?"];
const WHOLE = [
  { carrier: 0, encoding: "gsm" },
  { carrier: 0, encoding: "ucs2" },
  { carrier: 1, encoding: "packed" },
  { carrier: 2, encoding: "utf8" },
] as const;
const IN_PARTS = [
  { carrier: 0, parts: 2, headerCountsItself: true },
  { carrier: 1, encoding: "packed", parts: 2, reversed: true },
  { carrier: 2, encoding: "utf8", parts: 3, concatenation: "sar" },
  { carrier: 0, encoding: "ucs2", parts: 2, cutAnywhere: true },
] as const;
/** With parts of an even number of bytes that end behind the escape of a euro, or between the bytes of a character. */
const EUROS = `1${"€".repeat(10)} gezien`;
const EYES = `1${"👀".repeat(4)} gezien`;
const CUT = [
  { carrier: 0, encoding: "gsm", text: EUROS },
  { carrier: 1, encoding: "packed", text: EUROS },
  { carrier: 2, encoding: "utf8", text: EUROS },
  { carrier: 0, encoding: "ucs2", text: EYES },
] as const;

/** How often each number was sent to, over all carriers. */
function sentTo({ carriers }: Whole): Map<number, number> {
  const times = new Map<number, number>();
  for (const number of carriers.flatMap((carrier) => [...carrier.log().numbers])) {
    times.set(number, (times.get(number) ?? 0) + 1);
  }
  return times;
}

test("STOP as people write it is heeded in every alphabet, and a tip is read as it was written, in parts too", async () => {
  const whole = await Whole.start(PEOPLE, [
    { name: "north" },
    { name: "septets", entry: { alphabet: "gsm0338packed" } },
    { name: "utf8", entry: { alphabet: "utf8" } },
  ]);
  const ask = async (text: string): Promise<Action> => {
    const { id } = await whole.engine.createAction({ area: EVERYWHERE, text, dispatch: true });
    return whole.engine.until(id, ({ status }) => status === "sent");
  };
  const { id } = await ask("Burgernet: man vermist. 1");
  const people = [...sentTo(whole).keys()];
  const [off, tips] = [new Set<number>(), new Set<number>()];
  const send = async (carrier: number, message: Omit<DeliverRequest, "from">, to: Set<number>) => {
    const from = people[off.size + tips.size]!;
    to.add(from);
    await whole.carriers[carrier]!.simulator.deliver({ from: String(from), ...message });
  };
  for (const { carrier, ...way } of WHOLE) {
    for (const text of OFF) await send(carrier, { text, ...way }, off);
  }
  for (const { carrier, ...way } of [...WHOLE, ...IN_PARTS]) {
    for (const text of TIPS) await send(carrier, { text, ...way }, tips);
  }
  for (const parts of [2, 3]) {
    for (const { carrier, ...way } of CUT) await send(carrier, { parts, cutAnywhere: true, ...way }, tips);
  }
  const expected = [...[...WHOLE, ...IN_PARTS].flatMap(() => TIPS), ...CUT.flatMap(({ text }) => [text, text])];
  const read = async () => (await replies(whole, id)).replies.filter(({ complete }) => complete);
  await until(async () => (await read()).length >= expected.length);
  expect((await read()).map(({ text }) => text).sort()).toEqual(expected.sort());
  // Who switched has had the action and a confirmation, all others the action alone.
  await until(async () => [...sentTo(whole).values()].filter((times) => times > 1).length >= off.size);
  for (const [number, times] of sentTo(whole)) expect(times).toBe(off.has(number) ? 2 : 1);
  await ask("Burgernet: man vermist. 2");
  for (const [, times] of sentTo(whole)) expect(times).toBe(2);
});
