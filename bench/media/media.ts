/**
 * media.200: 200 photos of 8 MB that come at once, each to a reply of its own from an address of its own. Told are the memory that the
 * service with the processes that read takes more than before (without files that are mapped, what several share once; the most that was
 * seen), how long until all were answered, and until all were read; and firstSubmit.idle while they come in and are read, against the same service before.
 *
 * media.page: requests a second to an action's page, half of them for what it shows and half for its photo, from 32 connections while an action
 * goes to everybody, no longer; the 99th percentile of their times, and how long the action took beside them. The client is a process on
 * the same cores.
 */

import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { Pool } from "undici";
import type { MediaList } from "../../schemas/api/action/media.js";
import type { PageLink, PageView, ReplyTaken } from "../../schemas/api/action/page.js";
import { percentilesOf } from "../measure.js";
import { alone, type BenchOptions, type Report } from "../report.js";
import { firstSubmits, nationwide, type Rig, settled, smallAction, startRig } from "../rig.js";
import { round } from "../sample.js";
import { idleSamples, TOWNS } from "../submit/first-submit.js";

const PUBLIC = { SEINPOST_PUBLIC_URL: "https://burgernet.example", SEINPOST_TRUSTED_PROXY: "127.0.0.1" };
const PHOTO_BYTES = 8_000_000;
const PAGE_CONNECTIONS = 32;
/** Where the action is over at once. */
const TINY_PAGE_MS = 300;
/** To add up the pages of a process takes some milliseconds. */
const MEMORY_EVERY_MS = 40;

export async function run(folder: string, report: Report, { tiny, wants }: BenchOptions): Promise<void> {
  const rig = await startRig(folder, 2, {}, PUBLIC);
  try {
    const { id } = await smallAction(rig.engine, TOWNS[0]!);
    await settled(rig.engine, id);
    const photo = await photoOf(tiny ? 200_000 : PHOTO_BYTES);
    if (wants("media.200")) await rush(rig, id, photo, report, tiny);
    if (wants("media.page")) await page(rig, id, photo, report, tiny);
  } finally {
    await rig.close();
  }
}

/** A picture of noise, which is as dear to read as any of its size, made up to just so many bytes. */
async function photoOf(bytes: number): Promise<Buffer> {
  const [width, height] = bytes < PHOTO_BYTES ? [400, 300] : [4_000, 3_000];
  const noise = { type: "gaussian", mean: 128, sigma: 30 } as const;
  const picture = sharp({ create: { width, height, channels: 3, background: "#888888", noise } });
  const made = await picture.jpeg({ quality: 85 }).toBuffer();
  return Buffer.concat([made, randomBytes(Math.max(0, bytes - made.byteLength))]);
}

async function rush(rig: Rig, id: string, photo: Buffer, report: Report, tiny: boolean): Promise<void> {
  const people = tiny ? 4 : 200;
  const idle = await idleSamples(rig, tiny);
  const { link } = (await rig.engine.request<PageLink>("POST", `/v1/actions/${id}/page`)).body;
  const pool = new Pool(`http://127.0.0.1:${rig.engine.port}`, { connections: people });
  const codes = await Promise.all(Array.from({ length: people }, (_, nth) => reply(pool, link, nth)));
  const before = memoryMb(rig);
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, memoryMb(rig));
  }, MEMORY_EVERY_MS);
  const beganMs = performance.now();
  let isOver = false;
  const alarms = alarmsUntil(rig, () => isOver);
  await Promise.all(codes.map((code, nth) => send(pool, code, nth, photo)));
  const answeredMs = performance.now() - beganMs;
  await untilRead(rig, id);
  const readMs = performance.now() - beganMs;
  isOver = true;
  const during = percentilesOf(await alarms);
  clearInterval(watch);
  await pool.close();
  report(alone("media.200", round(most - before), "MB more"));
  report(alone("media.200.answered", round(answeredMs / 1_000), "s"));
  report(alone("media.200.read", round(readMs / 1_000), "s"));
  report(alone("media.200.firstSubmit.idle", round(idle.p50), "ms"));
  report(alone("media.200.firstSubmit", round(during.p50), "ms"));
}

async function reply(pool: Pool, link: string, nth: number): Promise<string> {
  const answer = await pool.request({
    method: "POST",
    path: `/v1/pages/${link}/replies`,
    headers: { "content-type": "application/json", "x-forwarded-for": addressOf(nth) },
    body: JSON.stringify({ text: `gezien ${nth}` }),
  });
  return ((await answer.body.json()) as ReplyTaken).code;
}

async function send(pool: Pool, code: string, nth: number, photo: Buffer): Promise<void> {
  const answer = await pool.request({
    method: "POST",
    path: `/v1/replies/${code}/media`,
    headers: { "content-type": "image/jpeg", "x-forwarded-for": addressOf(nth) },
    body: photo,
    headersTimeout: 0,
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 201) throw new Error(`a photo was answered ${answer.statusCode}: ${text}`);
}

function addressOf(nth: number): string {
  return `198.51.${nth >> 8}.${nth & 255}`;
}

async function untilRead(rig: Rig, id: string): Promise<void> {
  for (;;) {
    const { media } = (await rig.engine.request<MediaList>("GET", `/v1/actions/${id}/media`)).body;
    if (media.every(({ state }) => state !== "waiting")) {
      if (media.some(({ state }) => state !== "ready")) throw new Error("a photo was refused");
      return;
    }
    await sleep(200);
  }
}

/** Small actions one after the other, from request to first submit_sm, in ms. */
async function alarmsUntil(rig: Rig, isOver: () => boolean): Promise<number[]> {
  const asked = [];
  while (!isOver()) {
    const action = await smallAction(rig.engine, TOWNS[asked.length % TOWNS.length]!);
    asked.push(action);
    await settled(rig.engine, action.id);
    await sleep(200);
  }
  return firstSubmits(rig, asked);
}

/** Of the service and all that it has started. */
function memoryMb(rig: Rig): number {
  const service = rig.engine.child.pid!;
  return [service, ...childrenOf(service)].reduce((sum, pid) => sum + shareMb(pid), 0);
}

function childrenOf(pid: number): number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const lists = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8"));
    const children = lists.join(" ").split(" ").filter(Boolean).map(Number);
    return [...children, ...children.flatMap(childrenOf)];
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

/** Of memory that several processes share, each has its share: one that was just started has all pages of whoever started it. */
function shareMb(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    const kilobytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1] ?? 0);
    return ((kilobytes("Pss_Anon") + kilobytes("Pss_Shmem")) * 1_024) / 1e6;
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

async function page(rig: Rig, id: string, photo: Buffer, report: Report, tiny: boolean): Promise<void> {
  const pool = new Pool(`http://127.0.0.1:${rig.engine.port}`, { connections: PAGE_CONNECTIONS });
  const paths = await pagePaths(rig, id, photo, pool);
  const times: number[] = [];
  let isOver = false;
  const ask = async (nth: number): Promise<void> => {
    for (let round = nth; !isOver; round++) {
      const beganMs = performance.now();
      const answer = await pool.request({ method: "GET", path: paths[round % 2]! });
      await answer.body.arrayBuffer();
      if (answer.statusCode !== 200) throw new Error(`the page was answered ${answer.statusCode}`);
      times.push(performance.now() - beganMs);
    }
  };
  const everybody = await nationwide(rig.engine);
  await rig.engine.until(everybody.id, ({ status }) => status !== "selecting", 5);
  const beganMs = performance.now();
  const asking = Promise.all(Array.from({ length: PAGE_CONNECTIONS }, (_, nth) => ask(nth)));
  await rig.engine.until(everybody.id, ({ waves: [wave] }) => wave?.acknowledgedAt != null, 50);
  if (tiny) await sleep(TINY_PAGE_MS);
  const forMs = performance.now() - beganMs;
  isOver = true;
  await asking;
  await settled(rig.engine, everybody.id);
  await pool.close();
  report(alone("media.page", round((times.length / forMs) * 1_000), "/s"));
  report(alone("media.page.p99", round(percentilesOf(times).p99), "ms"));
  report(alone("media.page.sent", round(forMs / 1_000), "s"));
}

/** Of what the page shows, and of its photo. */
async function pagePaths(rig: Rig, id: string, photo: Buffer, pool: Pool): Promise<string[]> {
  const headers = { authorization: `Bearer ${rig.engine.key}`, "content-type": "image/jpeg" };
  const put = await pool.request({ method: "POST", path: `/v1/actions/${id}/media`, headers, body: photo });
  await put.body.dump();
  await untilRead(rig, id);
  const { link } = (await rig.engine.request<PageLink>("POST", `/v1/actions/${id}/page`)).body;
  const seen = await pool.request({ method: "GET", path: `/v1/pages/${link}` });
  const { media } = (await seen.body.json()) as PageView;
  return [`/v1/pages/${link}`, `/v1/pages/${link}/media/${media[0]!.media}`];
}
