/**
 * live.arrivals: from telling where a phone is, which has come into the area of an action that wants late arrivals, to its submit_sm
 * at a carrier; while 110,000 others move in a second and twenty such actions live.
 */
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { request } from "undici";
import { alone, type BenchOptions, type Report } from "../report.js";
import { addKeys, logsOf, makeFolder, nowMs, type Rig, smallRequest, startRig } from "../rig.js";
import { line, sample } from "../sample.js";
import { tell } from "../selection/moves.js";
import { type Phone, phonesOf, writePhones } from "../selection/phones.js";

const PHONES_SHARE = 500_000 / 1_600_000;
const ACTIONS = 20;
/** So many phones come into the area of each, each time. */
const COMING = 10;
const TIMES = 3;
/** Between two such times; the last ones are asked within twice as long. */
const APART_MS = 8_000;
const PACE_PER_SECOND = 110_000;
const SECONDS = (TIMES * APART_MS) / 1_000 + 6;
const CONNECTIONS = 4;

/** A phone that comes into an area, and the tag of that action's text. */
interface Coming {
  readonly tag: number;
  readonly number: number;
  readonly sentAtMs: number;
}

export async function run(report: Report, { participants, tiny }: BenchOptions): Promise<void> {
  const folder = await makeFolder(participants, Math.round(participants * PHONES_SHARE), ["sms"]);
  const phones = await phonesOf(folder);
  const file = join(folder, "phones.bin");
  // Who comes moves for this alone.
  const moving = phones.slice(TIMES * ACTIONS * COMING);
  writePhones(moving, file);
  const [key] = await addKeys(folder, 1, "app");
  const rig = await startRig(folder, 2);
  try {
    const each = Math.min(2_000, moving.length);
    const shared = { port: rig.engine.port, key: key!, file, connections: CONNECTIONS, way: "batch", each } as const;
    // Every phone once, as on any day.
    await tell({ ...shared, seconds: tiny ? 0.5 : SECONDS / 4 });
    const actions = await begin(rig, moving);
    const often = tiny ? 1 : TIMES;
    const telling = tell({ ...shared, seconds: tiny ? 2 : SECONDS, perSecond: PACE_PER_SECOND });
    const coming: Coming[] = [];
    for (let time = 0; time < often; time++) {
      await setTimeout(time === 0 ? 1_000 : APART_MS);
      coming.push(...(await come(rig, key!, actions, phones.slice(time * ACTIONS * COMING))));
    }
    await setTimeout(tiny ? 10_000 : 2 * APART_MS);
    await telling;
    const { times, before } = await arrivedAfter(rig, coming);
    report(line("live.arrivals", "ms", await sample("live.arrivals", times.length, async (at) => times[at]!)));
    report(alone("live.arrivals.share", times.length / (coming.length - before), ""));
  } finally {
    await rig.close();
  }
}

async function ask(port: number, path: string, key: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const answer = await request(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  const said = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(said);
}

async function begin(
  rig: Rig,
  moving: readonly Phone[],
): Promise<{ tag: number; center: readonly [number, number] }[]> {
  const actions: { tag: number; center: readonly [number, number] }[] = [];
  for (let at = 0; at < ACTIONS; at++) {
    const center = moving[Math.floor((at * moving.length) / ACTIONS)]!.home;
    const { request: asked, tag } = smallRequest(center);
    await rig.engine.createAction({ ...asked, arrivals: true });
    actions.push({ tag, center });
  }
  return actions;
}

/** The first of these phones go to the middle of each area, ten to each. */
async function come(
  { engine }: Rig,
  key: string,
  actions: readonly { tag: number; center: readonly [number, number] }[],
  phones: readonly Phone[],
): Promise<Coming[]> {
  const coming: Coming[] = [];
  const sentAtMs = nowMs();
  const positions = actions.flatMap(({ tag, center }, action) =>
    phones.slice(action * COMING, (action + 1) * COMING).map(({ participant, number }) => {
      coming.push({ tag, number, sentAtMs });
      return { participant, position: center };
    }),
  );
  await ask(engine.port, "/v1/positions", key, { positions });
  return coming;
}

/** Of those who were asked because they came; and how many live there, and were asked before. */
async function arrivedAfter(rig: Rig, coming: readonly Coming[]): Promise<{ times: number[]; before: number }> {
  const name = (tag: number, number: number): string => `${tag} ${number}`;
  const wanted = new Map(coming.map(({ tag, number }) => [name(tag, number), Number.POSITIVE_INFINITY]));
  for (const log of await logsOf(rig)) {
    for (let at = 0; at < log.length; at++) {
      const who = name(log.tags[at]!, log.numbers[at]!);
      const before = wanted.get(who);
      if (before !== undefined && log.arrivedAtMs[at]! < before) wanted.set(who, log.arrivedAtMs[at]!);
    }
  }
  const times = coming.map(({ tag, number, sentAtMs }) => wanted.get(name(tag, number))! - sentAtMs);
  const after = times.filter((ms) => ms > 0 && ms < Number.POSITIVE_INFINITY);
  return { times: after, before: times.filter((ms) => ms <= 0).length };
}
