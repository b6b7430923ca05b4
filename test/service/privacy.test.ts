/**
 * One person goes through everything there is: added, claimed twice, searched, imported, corrected, merged, followed by phone,
 * asked in an action, heard, switched off and on, sent a code, backed up; then erased. After that the number, the mail address
 * and the places are looked for in all that the service wrote or said: data folder, backup, log, metrics, monitor, problems and
 * answers. The key encryption key is not withheld: an export of the closed folder is looked through as well.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import { request, WebSocket } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { backUp } from "../../engine/backup/backup.js";
import { exportRegistry } from "../../engine/registry/export.js";
import { startSimulatedCarrier } from "../../gateway/demo.js";
import { createKey, hashKey } from "../../gateway/http/keys.js";
import { type Service, startService } from "../../gateway/service.js";
import { readCarriers } from "../../gateway/smpp/configuration.js";
import { generate } from "../../loadtest/registry/generate.js";
import type { SimulatorProcess } from "../../loadtest/simulator-process.js";
import type { Action, ReplyPage } from "../../schemas/api.js";
import type { ImportView } from "../../schemas/municipality.js";
import type { ParticipantView } from "../../schemas/participant.js";
import { given } from "../engine/registry/samples.js";
import { temporaryFolder } from "../temp-folder.js";

const NUMBER = 31_612_345_678;
const MAIL = "nelleke.de.vries@example.org";
/** In Utrecht. */
const HOME: [number, number] = [5.123457, 52.093459];
const PHONE: [number, number] = [5.134561, 52.082347];
const ROLES = ["controlRoom", "municipality", "app", "operator"] as const;
type Role = (typeof ROLES)[number];

class Everything {
  /** All that the service said without being asked for this person: log, problems, what the monitor sent. */
  readonly said: string[] = [];
  readonly #keys = Object.fromEntries(ROLES.map((role) => [role, createKey()])) as Record<Role, string>;

  private constructor(
    readonly folder: string,
    readonly simulator: SimulatorProcess,
    readonly service: Service,
  ) {}

  static async start(): Promise<Everything> {
    const folder = join(temporaryFolder(), "data");
    given(await generate(folder, { participants: 300 }));
    const { entry, simulator } = await startSimulatedCarrier({ name: "north", texts: 100 });
    onTestFinished(() => simulator.stop());
    const logged: string[] = [];
    const service = given(
      await startService({
        dataFolder: folder,
        kekFile: undefined,
        host: "127.0.0.1",
        port: 0,
        carriers: given(readCarriers(JSON.stringify({ carriers: [entry] }), {})),
        apiKey: undefined,
        log: pino({ level: "trace" }, { write: (line: string) => void logged.push(line) }),
        onFatal: ({ detail }) => void logged.push(`fatal: ${detail}`),
      }),
    );
    onTestFinished(() => service.close());
    const all = new Everything(folder, simulator, service);
    logged.push = (...lines) => all.said.push(...lines);
    for (const role of ROLES) {
      const municipality = role === "municipality" ? { municipality: 344 } : {};
      const key = { keyId: role, name: role, createdAtMs: 0, role, ...municipality };
      given(await service.keys.add(hashKey(all.#keys[role]), key));
    }
    all.#watch();
    return all;
  }

  #watch(): void {
    const url = `ws://127.0.0.1:${this.service.port}/v1/monitor`;
    const headers = { authorization: `Bearer ${this.#keys.controlRoom}` };
    const socket = new WebSocket(url, { protocols: ["seinpost.monitor.json"], headers });
    socket.addEventListener("message", ({ data }) => this.said.push(String(data)));
    onTestFinished(() => socket.close());
  }

  async ask<T>(
    by: Role | { readonly token: string } | undefined,
    method: "GET" | "POST" | "PATCH" | "DELETE",
    path: string,
    body?: object | string,
  ) {
    const type = typeof body === "string" ? (path.startsWith("/v1/imports") ? "text/csv" : "application/x-ndjson") : "";
    const answer = await request(`http://127.0.0.1:${this.service.port}${path}`, {
      method,
      headers: {
        ...(by && { authorization: `Bearer ${typeof by === "string" ? this.#keys[by] : by.token}` }),
        ...(method === "POST" && { "idempotency-key": `${path} ${Math.random()}`.replaceAll(" ", "-") }),
        ...(body !== undefined && { "content-type": type || "application/json" }),
      },
      body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 400) this.said.push(text);
    return { status: answer.statusCode, text, json: (text.startsWith("{") ? JSON.parse(text) : undefined) as T };
  }

  async import(query: string, text: string): Promise<ImportView> {
    const begun = await this.ask<ImportView>("municipality", "POST", `/v1/imports?${query}`, text);
    for (;;) {
      const { json, text: said } = await this.ask<ImportView>("municipality", "GET", `/v1/imports/${begun.json.id}`);
      if (json.state !== "planning" && json.state !== "applying") {
        this.said.push(said);
        return json;
      }
      await sleep(10);
    }
  }

  async textsTo(number: number, atLeast: number): Promise<string[]> {
    for (;;) {
      const texts = (await this.simulator.texts()).filter((sent) => sent.number === number);
      if (texts.length >= atLeast) return texts.map(({ text }) => text);
      await sleep(20);
    }
  }
}

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

function filesOf(folder: string): Buffer {
  return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
}

/** Everything in which the number is used; gives the participant. */
async function goThroughAll(all: Everything): Promise<number> {
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
  await enter(all);
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
  return participant;
}

/** Enters by a code, after a wrong one, and asks to be reached where the phone is. */
async function enter(all: Everything): Promise<void> {
  const { json } = await all.ask<{ challenge: string }>(undefined, "POST", "/v1/self/codes", { number: `+${NUMBER}` });
  const [text] = await all.textsTo(NUMBER, 1);
  const code = /\d{6}/.exec(text!)![0];
  const wrong = code === "000000" ? "000001" : "000000";
  const session = (tried: string) =>
    all.ask<{ token: string }>(undefined, "POST", "/v1/self/sessions", { challenge: json.challenge, code: tried });
  expect((await session(wrong)).status).toBe(401);
  const { token } = (await session(code)).json;
  const changed = await all.ask({ token }, "PATCH", "/v1/self", { phone: { channels: { sms: ["alarm"] } } });
  expect(changed.status, changed.text).toBe(200);
}

async function importAll(all: Everything): Promise<void> {
  const head = "number,mail,language,kind,lng,lat,channels,schedule,municipality\n";
  const good = `+${NUMBER},${MAIL},nl,home,${HOME.join(",")},sms:alarm,always,GM0344\n`;
  const bad = `${MAIL},+${NUMBER},nl,home,${HOME.join(",")},sms:alarm,always,GM0344\n`;
  expect(await all.import("dryRun=true", head + good)).toMatchObject({ state: "done" });
  expect(await all.import("mode=allOrNothing", head + good + bad)).toMatchObject({ report: { refused: 1 } });
  expect(await all.import("mode=bestEffort", head + good + bad)).toMatchObject({ state: "done" });
}

/** Is asked in an action, answers, says STOP and START. */
async function beAsked(all: Everything): Promise<void> {
  const area = { type: "Circle", center: [5.1345, 52.0823], radiusMeters: 100 };
  const action = { area, text: "boy of 5 missing", dispatch: true };
  const { json } = await all.ask<Action>("controlRoom", "POST", "/v1/actions", action);
  await all.textsTo(NUMBER, 2);
  await all.simulator.deliver({ from: String(NUMBER), text: "I saw him near the church" });
  for (;;) {
    const page = await all.ask<ReplyPage>("controlRoom", "GET", `/v1/actions/${json.id}/replies`);
    all.said.push(page.text);
    if (page.json.replies.length > 0) break;
    await sleep(20);
  }
  await all.simulator.deliver({ from: String(NUMBER), text: "STOP" });
  await all.textsTo(NUMBER, 3);
  await all.simulator.deliver({ from: String(NUMBER), text: "START" });
  await all.textsTo(NUMBER, 4);
}

test("a person who went through everything and was erased is nowhere", { timeout: 60_000 }, async () => {
  const all = await Everything.start();
  const participant = await goThroughAll(all);
  const backups = [join(dirname(all.folder), "backup-with"), join(dirname(all.folder), "backup-without")] as const;
  given(await backUp(all.folder, backups[0]));
  // Without the key nothing of a person is in clear, erased or not.
  expectNone("the data folder before erasing", filesOf(all.folder));
  expectNone("a backup with the person", filesOf(backups[0]));

  expect((await all.ask("municipality", "DELETE", `/v1/participants/${participant}`)).status).toBe(204);
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
  all.said.push((await all.ask("municipality", "GET", "/v1/imports")).text);
  await all.service.close();
  expect(all.said.some((line) => line.includes("boy of 5 missing"))).toBe(true);
  expectNone("what the service said", Buffer.from(all.said.join("\n")));
  expectNone("the data folder", filesOf(all.folder));
  for (const folder of [all.folder, backups[1]]) {
    const rows: Buffer[] = [];
    const output = new Writable({
      write: (chunk: Buffer, _, done) => {
        rows.push(Buffer.from(chunk));
        done();
      },
    });
    given(await exportRegistry(folder, output, { kekFile: `${all.folder}.kek` }));
    expect(Buffer.concat(rows).toString().split("\n").length).toBeGreaterThan(300);
    expectNone("an export", Buffer.concat(rows));
  }
});
