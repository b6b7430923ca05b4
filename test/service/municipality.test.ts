/**
 * A municipality's file through the whole: the service on a real store, imports and corrections over HTTP, and selections that
 * see them, also after a start. What the service says of itself has nothing of a person in it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import { request } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { startSimulatedCarrier } from "../../gateway/demo.js";
import { createKey, hashKey } from "../../gateway/http/keys.js";
import { type Service, startService } from "../../gateway/service.js";
import { readCarriers } from "../../gateway/smpp/configuration.js";
import { generate } from "../../loadtest/registry/generate.js";
import type { Preview } from "../../schemas/api.js";
import type { ImportView, Statistics } from "../../schemas/municipality.js";
import { given } from "../engine/registry/samples.js";
import { temporaryFolder } from "../temp-folder.js";

const FIRST = 31_612_000_000;
const COUNT = 2_000;
/** In the Markermeer, where no generated participant lives. */
const HOME = [5.12, 52.52] as const;
const NAME = "nelleke.de.vries";

class Whole {
  readonly logged: string[] = [];
  readonly #keys = { controlRoom: createKey(), municipality: createKey() };
  service!: Service;

  private constructor(
    readonly folder: string,
    readonly carriers: string,
  ) {}

  static async start(): Promise<Whole> {
    const folder = join(temporaryFolder(), "data");
    given(await generate(folder, { participants: 300 }));
    const { entry, simulator } = await startSimulatedCarrier({ name: "north", texts: 100 });
    onTestFinished(() => simulator.stop());
    const whole = new Whole(folder, JSON.stringify({ carriers: [entry] }));
    await whole.open();
    onTestFinished(() => whole.service.close());
    const stored = { keyId: "m", name: "Utrecht", createdAtMs: 0, role: "municipality", municipality: 344 } as const;
    given(await whole.service.keys.add(hashKey(whole.#keys.municipality), stored));
    return whole;
  }

  async open(): Promise<void> {
    const log = pino({ level: "trace" }, { write: (line: string) => void this.logged.push(line) });
    const options = { dataFolder: this.folder, kekFile: undefined, host: "127.0.0.1", port: 0 };
    const onFatal = ({ detail }: { detail: string }) => void this.logged.push(`fatal: ${detail}`);
    const carriers = given(readCarriers(this.carriers, {}));
    this.service = given(await startService({ ...options, carriers, apiKey: this.#keys.controlRoom, log, onFatal }));
  }

  async ask<T>(
    by: "controlRoom" | "municipality",
    method: "GET" | "POST" | "DELETE",
    path: string,
    body?: object | string,
  ) {
    const type = typeof body === "string" ? "text/csv" : "application/json";
    const answer = await request(`http://127.0.0.1:${this.service.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#keys[by]}`, ...(body !== undefined && { "content-type": type }) },
      body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, json: (text === "" ? undefined : JSON.parse(text)) as T };
  }

  async import(text: string): Promise<ImportView> {
    const begun = await this.ask<ImportView>("municipality", "POST", "/v1/imports", text);
    expect(begun.status).toBe(202);
    for (;;) {
      const { json } = await this.ask<ImportView>("municipality", "GET", `/v1/imports/${begun.json.id}`);
      if (json.state !== "planning" && json.state !== "applying") return json;
      await sleep(10);
    }
  }

  async reached(): Promise<number> {
    const area = { type: "Circle", center: HOME, radiusMeters: 500 };
    return (await this.ask<Preview>("controlRoom", "POST", "/v1/previews", { area })).json.recipients;
  }
}

function fileOf(channels: string): string {
  const lines = Array.from({ length: COUNT }, (_, index) => {
    return `+${FIRST + index},nl,home,${HOME.join(",")},${channels},always,GM0344,${NAME}.${index}@example.org\n`;
  });
  return `number,language,kind,lng,lat,channels,schedule,municipality,mail\n${lines.join("")}`;
}

test("what a municipality imports is asked by the next selection, also after a start, and erased for good", async () => {
  const whole = await Whole.start();
  expect(await whole.reached()).toBe(0);
  expect(await whole.import(fileOf("sms:alarm"))).toMatchObject({ state: "done", report: { added: COUNT } });
  expect(await whole.reached()).toBe(COUNT);
  expect((await whole.ask<Statistics>("municipality", "GET", "/v1/statistics")).json.withMail).toBe(COUNT);
  await whole.service.close();
  await whole.open();
  expect(await whole.reached()).toBe(COUNT);
  expect(await whole.import(fileOf("sms:trace"))).toMatchObject({
    report: { changed: COUNT, fields: { locations: COUNT } },
  });
  expect(await whole.reached()).toBe(0);
  expect(await whole.import(fileOf("sms:alarm"))).toMatchObject({ report: { changed: COUNT } });
  const mail = `${NAME}.7@example.org`;
  const found = await whole.ask<{ participants: { participant: number }[] }>(
    "municipality",
    "POST",
    "/v1/participants/search",
    { mail },
  );
  const path = `/v1/participants/${found.json.participants[0]!.participant}`;
  expect((await whole.ask("municipality", "DELETE", path)).status).toBe(204);
  expect(await whole.reached()).toBe(COUNT - 1);
  const said = whole.logged.join("");
  const stored = readdirSync(whole.folder).map((file) => readFileSync(join(whole.folder, file), "latin1"));
  for (const text of [said, ...stored]) {
    expect(text.includes(NAME)).toBe(false);
    expect(text.includes(String(FIRST).slice(0, 8))).toBe(false);
  }
});
