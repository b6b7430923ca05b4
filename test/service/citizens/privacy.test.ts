/**
 * One person goes through everything there is: added, claimed twice, searched, imported, corrected, merged, followed by phone,
 * asked in an action, heard, switched off and on, sent a code, backed up; then erased. After that the number, the mail address
 * and the places are looked for in all that the service wrote or said: data folder, backup, log, metrics, monitor, problems and
 * answers. The key encryption key is not withheld: an export of the closed folder is looked through as well.
 */
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { backUp } from "../../../engine/backup/backup.js";
import type { ReplyPage } from "../../../schemas/api/action/reply.js";
import type { Action } from "../../../schemas/api/api.js";
import type { ParticipantView } from "../../../schemas/api/participant.js";
import { exported, given } from "../../engine/registry/samples.js";
import { filesOf, InProcess, textsTo } from "../in-process.js";

const NUMBER = 31_612_345_678;
const MAIL = "nelleke.de.vries@example.org";
/** In Utrecht. */
const HOME: [number, number] = [5.123457, 52.093459];
const PHONE: [number, number] = [5.134561, 52.082347];

/** What would tell of the person, as text and as the registry's own forms of it. */
function traces(): (string | Buffer)[] {
  const asFloat = (value: number): Buffer => Buffer.from(Float64Array.of(value).buffer);
  const asInteger = Buffer.alloc(8);
  asInteger.writeBigUInt64LE(BigInt(NUMBER));
  const places = [...HOME, ...PHONE];
  return [
    String(NUMBER),
    String(NUMBER).slice(2),
    MAIL,
    "nelleke",
    ...places.map(String),
    ...[NUMBER, -NUMBER, ...places].map(asFloat),
    asInteger.subarray(0, 6),
  ];
}

function expectNone(where: string, bytes: Buffer): void {
  const found = traces().filter((trace) => bytes.includes(trace));
  expect(found, `in ${where}`).toEqual([]);
}

/** Keeps what the monitor sends with all else that the service says. */
function watch(all: InProcess): void {
  const url = `ws://127.0.0.1:${all.service.port}/v1/monitor`;
  const headers = { authorization: `Bearer ${all.keys.controlRoom}` };
  const socket = new WebSocket(url, { protocols: ["seinpost.monitor.json"], headers });
  socket.addEventListener("message", ({ data }) => all.said.push(String(data)));
  onTestFinished(() => socket.close());
}

/** Everything in which the number is used; gives the participant, and a session of theirs. */
async function goThroughAll(all: InProcess): Promise<{ participant: number; token: string }> {
  const locations = [{ kind: "home", position: HOME, channels: { sms: ["alarm"] } }];
  const person = { number: `+${NUMBER}`, mail: MAIL, locations };
  const added = await all.ask<ParticipantView>("municipality", "POST", "/v1/participants", person);
  expect(added.status, added.text).toBe(201);
  const { participant } = added.json;
  expect((await all.ask("municipality", "POST", "/v1/participants", person)).status).toBe(409);
  const wrong = [{ ...person, number: `+${NUMBER}0000` }, { ...person, [MAIL]: NUMBER }, `{"number": ${NUMBER}`];
  for (const body of wrong) {
    expect((await all.ask("municipality", "POST", "/v1/participants", body)).status).toBeGreaterThanOrEqual(400);
  }
  for (const search of [{ number: `0${String(NUMBER).slice(2)}` }, { mail: MAIL }]) {
    const found = await all.ask("municipality", "POST", "/v1/participants/search", search);
    expect(found.text).toContain(MAIL);
  }
  await importAll(all);
  const byMail = [{ kind: "home", position: HOME, channels: { email: ["inform"] } }];
  const double = { mail: `double.${MAIL}`, locations: byMail };
  const other = await all.ask<ParticipantView>("municipality", "POST", "/v1/participants", double);
  const merge = { participant: other.json.participant };
  expect((await all.ask("municipality", "POST", `/v1/participants/${participant}/merge`, merge)).status).toBe(200);
  const token = await enter(all);
  const moved = [
    { participant, position: PHONE },
    { participant, position: [NUMBER, 52] },
  ].map((line) => JSON.stringify(line));
  const report = await all.ask("app", "POST", "/v1/positions/stream", `${moved.join("\n")}\n`);
  expect(report.json).toMatchObject({ taken: 1, refused: 1 });
  all.said.push(report.text);
  await beAsked(all);
  for (const path of ["/v1/statistics", "/v1/growth?from=2026-01-01&to=2026-12-31", "/v1/reach?level=cell"]) {
    all.said.push((await all.ask("municipality", "GET", path)).text);
  }
  const proposed = await all.ask("municipality", "PATCH", `/v1/participants/${participant}`, { mail: `new.${MAIL}` });
  expect([proposed.status, proposed.text.includes(`new.${MAIL}`)]).toEqual([200, true]);
  return { participant, token };
}

/** Enters by a code, after a wrong one, and asks to be reached where the phone is. */
async function enter(all: InProcess): Promise<string> {
  const { json } = await all.ask<{ challenge: string }>("anybody", "POST", "/v1/self/codes", { number: `+${NUMBER}` });
  const [text] = await textsTo(all.simulator, NUMBER, 1);
  const code = /\d{6}/.exec(text!)![0];
  const wrong = code === "000000" ? "000001" : "000000";
  const session = (tried: string) =>
    all.ask<{ token: string }>("anybody", "POST", "/v1/self/sessions", { challenge: json.challenge, code: tried });
  expect((await session(wrong)).status).toBe(401);
  const { token } = (await session(code)).json;
  const changed = await all.ask({ token }, "PATCH", "/v1/self", { phone: { channels: { sms: ["alarm"] } } });
  expect(changed.status, changed.text).toBe(200);
  return token;
}

/** What the municipality proposed, and a code approves of. */
async function leave(all: InProcess, token: string): Promise<void> {
  const asked = { act: "erase", by: "number" };
  const { json } = await all.ask<{ challenge: string }>({ token }, "POST", "/v1/self/approvals", asked);
  const code = /\d{6}/.exec((await textsTo(all.simulator, NUMBER, 5))[4]!)![0];
  expect((await all.ask({ token }, "PUT", "/v1/self/approvals", { challenge: json.challenge, code })).status).toBe(200);
  expect((await all.ask({ token }, "DELETE", "/v1/self")).status).toBe(204);
}

async function importAll(all: InProcess): Promise<void> {
  const head = "number,mail,language,kind,lng,lat,channels,schedule,municipality\n";
  const good = `+${NUMBER},${MAIL},nl,home,${HOME.join(",")},sms:alarm,always,GM0344\n`;
  const bad = `${MAIL},+${NUMBER},nl,home,${HOME.join(",")},sms:alarm,always,GM0344\n`;
  expect(await all.import(head + good, "dryRun=true")).toMatchObject({ state: "done" });
  expect(await all.import(head + good + bad, "mode=allOrNothing")).toMatchObject({ report: { refused: 1 } });
  expect(await all.import(head + good + bad, "mode=bestEffort")).toMatchObject({ state: "done" });
}

/** Is asked in an action, answers, says STOP and START. */
async function beAsked(all: InProcess): Promise<void> {
  const area = { type: "Circle", center: [5.1345, 52.0823], radiusMeters: 100 };
  const action = { area, text: "boy of 5 missing", dispatch: true };
  const { json } = await all.ask<Action>("controlRoom", "POST", "/v1/actions", action);
  await textsTo(all.simulator, NUMBER, 2);
  await all.simulator.deliver({ from: String(NUMBER), text: "I saw him near the church" });
  for (;;) {
    const page = await all.ask<ReplyPage>("controlRoom", "GET", `/v1/actions/${json.id}/replies`);
    all.said.push(page.text);
    if (page.json.replies.length > 0) break;
    await sleep(20);
  }
  await all.simulator.deliver({ from: String(NUMBER), text: "STOP" });
  await textsTo(all.simulator, NUMBER, 3);
  await all.simulator.deliver({ from: String(NUMBER), text: "START" });
  await textsTo(all.simulator, NUMBER, 4);
}

test("a person who went through everything and was erased is nowhere", { timeout: 60_000 }, async () => {
  const all = await InProcess.start();
  watch(all);
  const { participant, token } = await goThroughAll(all);
  const backups = [join(dirname(all.folder), "backup-with"), join(dirname(all.folder), "backup-without")] as const;
  given(await backUp(all.folder, backups[0]));
  // Without the key nothing of a person is in clear, erased or not.
  expectNone("the data folder before erasing", filesOf(all.folder));
  expectNone("a backup with the person", filesOf(backups[0]));

  expect((await all.ask("municipality", "DELETE", `/v1/participants/${participant}`)).status).toBe(202);
  await leave(all, token);
  given(await backUp(all.folder, backups[1]));
  expect((await all.ask("municipality", "GET", `/v1/participants/${participant}`)).status).toBe(404);
  for (const search of [{ number: `+${NUMBER}` }, { mail: MAIL }]) {
    const found = await all.ask("municipality", "POST", "/v1/participants/search", search);
    expect(found.json).toEqual({ participants: [] });
  }
  all.said.push((await all.ask("operator", "GET", "/metrics")).text);
  for (const path of ["/v1/actions", "/v1/carriers", "/v1/stray-receipts", "/v1/replies"]) {
    all.said.push((await all.ask("controlRoom", "GET", path)).text);
  }
  for (const path of ["/v1/imports", "/v1/proposals"]) all.said.push((await all.ask("municipality", "GET", path)).text);
  await all.service.close();
  expect(all.said.some((line) => line.includes("boy of 5 missing"))).toBe(true);
  expectNone("what the service said", Buffer.from(all.said.join("\n")));
  expectNone("the data folder", filesOf(all.folder));
  for (const folder of [all.folder, backups[1]]) {
    const { bytes } = await exported(folder, { kekFile: `${all.folder}.kek` });
    expect(bytes.toString().split("\n").length).toBeGreaterThan(300);
    expectNone("an export", bytes);
  }
});
