/** How the service starts, refuses to start, and stops; and what it says of itself. */
import { chmodSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Preview } from "../../../schemas/api/api.js";
import { type Child, startNode } from "../../children.js";
import { readLedger } from "../../crash/ledger.js";
import { expectNobodyLost } from "../../crash/verdict.js";
import { given, withStore } from "../../engine/registry/samples.js";
import { temporaryFolder } from "../../temp-folder.js";
import { acceptedBy, EVERYWHERE, tagOf, Whole } from "../whole.js";

const MAIN = new URL("../../../gateway/main.js", import.meta.url);
const EXIT_NOT_NOW = 75;
const EXIT_NOT_STARTED = 78;
const TEXT = "Burgernet. Gezocht: rode jas. B001";
const REQUEST = { area: EVERYWHERE, text: TEXT, dispatch: true };

function start(dataFolder: string, env: Record<string, string>): Child {
  return startNode(MAIN, ["start"], {
    env: { SEINPOST_DATA: dataFolder, SEINPOST_PORT: "0", SEINPOST_LOG_LEVEL: "warn", ...env },
  });
}

/** A carriers file with this in it. */
function fileWith(content: string): string {
  const file = join(temporaryFolder(), "carriers.json");
  writeFileSync(file, content);
  return file;
}

const carrier = (change: object) => JSON.stringify({ carriers: [{ ...CARRIER, ...change }] });
const CARRIER = { name: "north", host: "127.0.0.1", port: 2775, systemId: "x", password: "hush-hush", sender: "B" };

describe("a wrong configuration", () => {
  const wrong: [string, Record<string, string>, ...string[]][] = [
    ["a port", { SEINPOST_PORT: "70000" }, "SEINPOST_PORT"],
    ["a port that is empty", { SEINPOST_PORT: "" }, "SEINPOST_PORT"],
    ["proxies that are empty", { SEINPOST_TRUSTED_PROXY: " " }, "SEINPOST_TRUSTED_PROXY"],
    ["countries in words", { SEINPOST_CODE_COUNTRIES: "Nederland" }, "SEINPOST_CODE_COUNTRIES"],
    ["a log level", { SEINPOST_LOG_LEVEL: "loud" }, "SEINPOST_LOG_LEVEL"],
    ["too short an API key", { SEINPOST_API_KEY: "secret-but-short" }, "SEINPOST_API_KEY"],
    ["no carriers file", { SEINPOST_CARRIERS: "/nowhere/carriers.json" }, "SEINPOST_CARRIERS"],
    ["no JSON", { carriers: '{"carriers": [' }, "not JSON at line 1, column 15"],
    ["no carriers", { carriers: '{"carriers": []}' }, "/carriers"],
    ["an unknown setting", { carriers: carrier({ colour: "red" }) }, "/carriers/0", "colour"],
    ["a carrier's port", { carriers: carrier({ port: 0 }) }, "/carriers/0/port"],
    ["a sender", { carriers: carrier({ sender: "Burgernet Nederland" }) }, "/carriers/0/sender"],
  ];

  it.each(wrong)("is named: %s", async (_, { carriers, ...env }, ...words) => {
    // Settings are read before the folder, which so stays as it is.
    const folder = temporaryFolder();
    const child = start(folder, { ...env, ...(carriers && { SEINPOST_CARRIERS: fileWith(carriers) }) });
    expect((await child.ended).code).toBe(EXIT_NOT_STARTED);
    expect(child.errors()).toContain("CONFIGURATION_INVALID");
    for (const word of words) expect(child.errors()).toContain(word);
    expect(child.errors()).not.toMatch(/hush-hush|secret-but-short|\n\s+at /);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("the key encryption key", () => {
  it.each([
    ["in the data folder", "CONFIGURATION_INVALID", (folder: string) => join(folder, "seinpost.kek")],
    ["that is not there", "KEY_MISSING", (folder: string) => join(folder, "..", "none.kek")],
    ["that others may read", "KEY_MISSING", (folder: string) => keyWith(folder, 0o644)],
    ["of another folder", "KEY_WRONG", (folder: string) => keyWith(folder, 0o600)],
  ])("%s keeps the service from starting, and is not shown", async (_, code, file) => {
    const whole = await Whole.prepare(3_000, []);
    const child = start(whole.folder, { SEINPOST_KEK_FILE: file(whole.folder) });
    expect((await child.ended).code).toBe(EXIT_NOT_STARTED);
    expect(child.errors()).toContain(code);
    expect(child.errors()).not.toMatch(/[0-9a-f]{64}|\n\s+at /);
  });
});

function keyWith(folder: string, mode: number): string {
  const file = join(folder, "..", "other.kek");
  writeFileSync(file, "f0".repeat(32));
  chmodSync(file, mode);
  return file;
}

describe("the data folder", () => {
  it("belongs to one service", async () => {
    const whole = await Whole.start(3_000, [{ name: "north" }]);
    const second = start(whole.folder, { SEINPOST_CARRIERS: join(whole.folder, "carriers.json") });
    // After a restart the one before may still be draining: whoever supervises the second one tries again.
    expect((await second.ended).code).toBe(EXIT_NOT_NOW);
    expect(second.errors()).toContain("FOLDER_IN_USE");
    expect(second.errors()).toContain("another service runs on this data folder");
    expect((await whole.carriers[0]!.simulator.counters()).binds).toBe(1);
    await whole.engine.createAction(REQUEST);
    await whole.restart();
  });
});

describe("an empty data folder", () => {
  it("begins with nobody, who can be asked and started again", async () => {
    const whole = await Whole.empty([{ name: "north" }]);
    for (let start = 0; start < 2; start++) {
      await whole.startEngine();
      await whole.engine.untilBound();
      const { area, text } = REQUEST;
      const preview = await whole.engine.request<Preview>("POST", "/v1/previews", { area, text });
      expect([preview.status, preview.body.recipients]).toEqual([200, 0]);
      await whole.engine.stop();
      expect(whole.engine.child.exitCode).toBe(0);
    }
  });

  it("that had a registry and has none is left alone", async () => {
    const folder = temporaryFolder();
    await withStore(folder, async (store) => {
      given(await store.commit(() => void store.table("waves").put(Buffer.from([0, 0, 0, 1]), Buffer.from("a wave"))));
    });
    const child = start(folder, { SEINPOST_CARRIERS: fileWith(carrier({})) });
    expect((await child.ended).code).toBe(EXIT_NOT_STARTED);
    expect(child.errors()).toContain("REGISTRY_MISSING");
  });
});

describe("a generated registry", () => {
  it.each(["192.0.2.1", "2001:db8::1"])("is never sent to %s", async (host) => {
    const whole = await Whole.prepare(3_000, [{ name: "elsewhere", entry: { host } }]);
    await whole.startEngine();
    let [shown] = await whole.engine.carriers();
    while (!shown?.lastError) {
      await sleep(20);
      [shown] = await whole.engine.carriers();
    }
    expect(shown.lastError.code).toBe("GENERATED_REGISTRY");
    expect(shown.binds.bound).toBe(0);
    const refused = await whole.engine.request<{ code: string }>("POST", "/v1/actions", { ...REQUEST });
    expect([refused.status, refused.body.code]).toEqual([409, "GENERATED_REGISTRY"]);
    const draft = await whole.engine.createAction({ ...REQUEST, dispatch: false });
    const sent = await whole.engine.request<{ code: string }>("POST", `/v1/actions/${draft.id}/dispatch`);
    expect([sent.status, sent.body.code]).toEqual([409, "GENERATED_REGISTRY"]);
  });
});

describe("SIGTERM", () => {
  it("drains what is in flight, exits 0, and leaves the rest for the next start", async () => {
    const simulator = { latencyMs: 100 };
    const whole = await Whole.start(4_000, [{ name: "north", entry: { window: 200 }, simulator }]);
    const { id } = await whole.engine.createAction(REQUEST);
    await whole.engine.until(id, ({ waves }) => (waves[0]?.counts.delivered ?? 0) > 300, 5);
    const { child } = whole.engine;
    await whole.engine.stop();
    expect([child.exitCode, child.signalCode]).toEqual([0, null]);
    const logs = () => whole.carriers.map((each) => each.log());
    const before = acceptedBy(logs(), tagOf(TEXT)).size;
    expect(before).toBeLessThan(4_000);
    await whole.startEngine();
    const sent = await whole.engine.until(id, ({ status }) => status === "sent");
    expect(sent.waves[0]!.counts.possibleDuplicates).toBe(0);
    await whole.engine.stop();
    const { waves } = await readLedger(whole.folder, whole.numbers);
    expect(expectNobodyLost(waves[0]!, acceptedBy(logs(), tagOf(TEXT)))).toBe(0);
  });
});

describe("a demonstration", () => {
  it("shows what its carrier took, so that whoever joins finds their code", async () => {
    const whole = await Whole.prepare(3_000, []);
    const child = start(whole.folder, {});
    const said = (pattern: RegExp) => pattern.exec(child.lines.join("\n"))?.[1];
    await expect.poll(() => said(/Messages +(http:\S+)/), { timeout: 20_000 }).toBeDefined();
    const joined = await fetch(`${said(/API +(http:\S+)\/v1/)}/v1/self/join`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ number: "06 12345678", position: [4.883, 52.086] }),
    });
    expect(joined.status).toBe(202);
    const texts = async () => (await fetch(said(/Messages +(http:\S+)/)!)).text();
    await expect.poll(texts, { timeout: 10_000 }).toMatch(/"number":31612345678,"text":"Burgernet: .* \d{6}"/);
    // As a terminal that closes: without a file of carriers to read again that is the end.
    child.process.kill("SIGHUP");
    expect((await child.ended).code).toBe(0);
  });
});

describe("what is open to all", () => {
  it("is served, and holds no number", async () => {
    const whole = await Whole.start(3_000, [{ name: "north" }]);
    const { engine } = whole;
    const { id } = await engine.createAction(REQUEST);
    await engine.until(id, ({ status }) => status === "sent");
    const get = (path: string) => fetch(`http://127.0.0.1:${engine.port}${path}`);
    const metrics = await engine.metrics();
    expect(metrics).toMatch(/^# HELP /m);
    expect(metrics).toMatch(/^seinpost_\w+\{[^}]*carrier="north"[^}]*\} 3000$/m);
    for (const number of whole.numbers.subarray(0, 100)) expect(metrics).not.toContain(String(number));
    const openapi = (await (await get("/openapi.json")).json()) as { openapi: string; paths: object };
    expect(openapi.openapi).toMatch(/^3\.1/);
    expect(Object.keys(openapi.paths)).toEqual(expect.arrayContaining(["/v1/actions", "/v1/previews"]));
    const asyncapi = (await (await get("/asyncapi.json")).json()) as { asyncapi: string };
    expect(asyncapi.asyncapi).toMatch(/^3\./);
    expect(await (await get("/healthz")).json()).toEqual({ status: "ok" });
    expect(await (await get("/readyz")).json()).toEqual({ ready: true, warnings: [] });
    expect((await get("/v1/carriers")).status).toBe(401);
  });
});
