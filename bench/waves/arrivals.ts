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
/** So many phones come into the area of each. */
const COMING = 10;
const PACE_PER_SECOND = 110_000;
const SECONDS = 20;
const CONNECTIONS = 4;

/** A phone that comes into an area, and the tag of that action's text. */
interface Coming {
  readonly tag: number;
  readonly number: number;
}

export async function run(report: Report, { participants, tiny }: BenchOptions): Promise<void> {
  const folder = await makeFolder(participants, Math.round(participants * PHONES_SHARE), ["sms"]);
  const phones = await phonesOf(folder);
  const file = join(folder, "phones.bin");
  // Who comes moves for this alone.
  const moving = phones.slice(ACTIONS * COMING);
  writePhones(moving, file);
  const [key] = await addKeys(folder, 1, "app");
  const rig = await startRig(folder, 2);
  try {
    const each = Math.min(2_000, moving.length);
    const shared = { port: rig.engine.port, key: key!, file, connections: CONNECTIONS, way: "batch", each } as const;
    // Every phone once, as on any day.
    await tell({ ...shared, seconds: tiny ? 0.5 : SECONDS / 4 });
    const actions = await begin(rig, moving);
    const telling = tell({ ...shared, seconds: tiny ? 8 : SECONDS, perSecond: PACE_PER_SECOND });
    await setTimeout(1_000);
    const { sentAtMs, coming } = await come(rig, key!, actions, phones);
    await telling;
    await setTimeout(8_000);
    const times = await arrivedAfter(rig, coming, sentAtMs);
    report(line("live.arrivals", "ms", await sample("live.arrivals", times.length, async (at) => times[at]!)));
    report(alone("live.arrivals.share", times.length / coming.length, ""));
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

/** Ten phones go to the middle of each area. */
async function come(
  { engine }: Rig,
  key: string,
  actions: readonly { tag: number; center: readonly [number, number] }[],
  phones: readonly Phone[],
): Promise<{ sentAtMs: number; coming: Coming[] }> {
  const coming: Coming[] = [];
  const positions = actions.flatMap(({ tag, center }, action) =>
    phones.slice(action * COMING, (action + 1) * COMING).map(({ participant, number }) => {
      coming.push({ tag, number });
      return { participant, position: center };
    }),
  );
  const sentAtMs = nowMs();
  await ask(engine.port, "/v1/positions", key, { positions });
  return { sentAtMs, coming };
}

/** Of those who were asked because they came: some live there, and were asked before. */
async function arrivedAfter(rig: Rig, coming: readonly Coming[], sentAtMs: number): Promise<number[]> {
  const wanted = new Map(coming.map(({ tag, number }) => [`${tag} ${number}`, Number.POSITIVE_INFINITY]));
  for (const log of await logsOf(rig)) {
    for (let at = 0; at < log.length; at++) {
      const name = `${log.tags[at]} ${log.numbers[at]}`;
      const before = wanted.get(name);
      if (before !== undefined && log.arrivedAtMs[at]! < before) wanted.set(name, log.arrivedAtMs[at]!);
    }
  }
  return [...wanted.values()].map((atMs) => atMs - sentAtMs).filter((ms) => ms > 0 && ms < Number.POSITIVE_INFINITY);
}
