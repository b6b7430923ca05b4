/**
 * The service in the process of the test: a generated registry on a real store, a simulated carrier, a key for each role, and
 * requests over HTTP. What the service says of itself is kept, so that a test can look through it.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import { expect, onTestFinished } from "vitest";
import { LOCAL } from "../../engine/audit/actor.js";
import { SCOPES_OF_OLD_ROLE } from "../../engine/rights/scopes.js";
import { newSecret } from "../../engine/rights/secrets.js";
import type { MailSettings } from "../../gateway/channels/mail.js";
import { type Service, startService } from "../../gateway/service/service.js";
import { readCarriers } from "../../gateway/smpp/settings/configuration.js";
import { type SimulatorProcess, startSimulatedCarrier } from "../../loadtest/carrier/process.js";
import type { Preview } from "../../schemas/api/api.js";
import type { ImportView } from "../../schemas/api/municipality.js";
import { ROLES, type Role } from "../../schemas/words.js";
import { given } from "../engine/registry/samples.js";
import { generatedFolder } from "../generated-folder.js";
import { type Answer, ask, type Method } from "./ask.js";

/** By which citizens reach it, as its messages say. */
export const PUBLIC_URL = "https://burgernet.example";

/** A key of a role, a session, or nobody in particular. */
type Asker = Role | "anybody" | { readonly token: string };

export class InProcess {
  /** The log, problems that are fatal, and each answer that refuses. */
  readonly said: string[] = [];
  readonly keys = Object.fromEntries(ROLES.map((role) => [role, newSecret()])) as Record<Role, string>;
  service!: Service;

  private constructor(
    readonly folder: string,
    readonly simulator: SimulatorProcess,
    readonly carriers: string,
    readonly mail: MailSettings | undefined,
  ) {}

  static async start(mail?: MailSettings, before?: (folder: string) => Promise<unknown>): Promise<InProcess> {
    const folder = await generatedFolder(300);
    await before?.(folder);
    const { entry, simulator } = await startSimulatedCarrier({ name: "north", texts: 100 });
    onTestFinished(() => simulator.stop());
    const whole = new InProcess(folder, simulator, JSON.stringify({ carriers: [entry] }), mail);
    await whole.open();
    onTestFinished(() => whole.service.close());
    for (const role of ROLES) {
      const municipalities = role === "municipality" ? [344] : null;
      const key = { name: role, scopes: SCOPES_OF_OLD_ROLE[role], municipalities };
      given(await whole.service.keys.create(key, LOCAL, whole.keys[role]));
    }
    return whole;
  }

  /** Starts the service over the folder, at first and after it was closed. */
  async open(): Promise<void> {
    this.service = given(
      await startService({
        dataFolder: this.folder,
        kekFile: undefined,
        host: "127.0.0.1",
        port: 0,
        carriers: given(readCarriers(this.carriers, {})),
        apiKey: undefined,
        mail: this.mail,
        publicUrl: PUBLIC_URL,
        log: pino({ level: "trace" }, { write: (line: string) => void this.said.push(line) }),
        onFatal: ({ detail }) => void this.said.push(`fatal: ${detail}`),
      }),
    );
  }

  /** Sends with the key of a role, in a session or as anybody; a text goes as it is, anything else as JSON. */
  async ask<T>(by: Asker, method: Method, path: string, body?: object | string): Promise<Answer<T>> {
    const answer = await ask<T>(this.service.port, method, path, {
      bearer: this.#bearer(by),
      body,
      type: typeOf(path),
    });
    if (answer.status >= 400) this.said.push(answer.text);
    return answer;
  }

  /** A file as a browser sends it. */
  upload(by: Asker, path: string, body: Uint8Array) {
    return ask(this.service.port, "POST", path, { bearer: this.#bearer(by), body, type: "application/octet-stream" });
  }

  /** A municipality's file, until its import is over. */
  async import(text: string, query = ""): Promise<ImportView> {
    const begun = await this.ask<ImportView>("municipality", "POST", `/v1/imports?${query}`, text);
    expect(begun.status).toBe(202);
    for (;;) {
      const { json, text: said } = await this.ask<ImportView>("municipality", "GET", `/v1/imports/${begun.json.id}`);
      if (json.state !== "planning" && json.state !== "applying") {
        this.said.push(said);
        return json;
      }
      await sleep(10);
    }
  }

  /** How many an alarm around this place would ask. */
  async reached(center: readonly [number, number], radiusMeters: number): Promise<number> {
    const area = { type: "Circle", center, radiusMeters };
    const preview = await this.ask<Preview>("controlRoom", "POST", "/v1/previews", { area, domain: "alarm" });
    return preview.json.recipients;
  }

  #bearer(by: Asker): string | undefined {
    if (by === "anybody") return undefined;
    return typeof by === "string" ? this.keys[by] : by.token;
  }
}

function typeOf(path: string): string {
  if (path.startsWith("/v1/imports")) return "text/csv";
  return path.endsWith("/stream") ? "application/x-ndjson" : "application/json";
}

/** What the carrier took for this number, the last text last, once there are so many. */
export async function textsTo(simulator: SimulatorProcess, number: number, atLeast = 0): Promise<string[]> {
  for (;;) {
    const texts = (await simulator.texts()).filter((sent) => sent.number === number);
    if (texts.length >= atLeast) return texts.map(({ text }) => text);
    await sleep(20);
  }
}

/** All that is in a folder and those in it, one file after the other, each behind its name. */
export function filesOf(folder: string): Buffer {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return Buffer.concat(
    files.flatMap(({ name, parentPath }) => [Buffer.from(name), readFileSync(join(parentPath, name))]),
  );
}
