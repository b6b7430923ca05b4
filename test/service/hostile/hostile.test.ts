/**
 * What clients can ask of a whole service that costs its main thread the most: how late that was is told, by the event loop's own
 * histogram. Asserted is that each is answered as it has to be, and with no more than it may.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { newRecord } from "../../../engine/actions/accepting/new-record.js";
import { ActionStore } from "../../../engine/actions/action-store.js";
import { LOCAL } from "../../../engine/audit/actor.js";
import { Trail } from "../../../engine/audit/trail.js";
import { municipalityCode } from "../../../engine/geo/municipality-code.js";
import { generate } from "../../../loadtest/registry/generate.js";
import type { Action } from "../../../schemas/api/api.js";
import type { CodeSent, SelfSession } from "../../../schemas/api/self.js";
import { API, REGISTRY, RIGHTS } from "../../../schemas/limits.js";
import { filled } from "../../engine/actions/harness.js";
import { given, withStore } from "../../engine/registry/samples.js";
import { isMeasured } from "../../main-thread.js";
import { InProcess, textsTo } from "../in-process.js";
import { Hostile, type Sent } from "./rig.js";

const HOME: [number, number] = [4.90123, 52.08765];

function largest(): object {
  const corners = Array.from({ length: API.areaVertices - 1 }, (_, at) => {
    const angle = (at / API.areaVertices) * 2 * Math.PI;
    return [+(5.3 + Math.cos(angle)).toPrecision(15), +(52.1 + Math.sin(angle)).toPrecision(15)];
  });
  return { type: "Polygon", coordinates: [[...corners, corners[0]!]] };
}

/** As many as one may have, each with wishes of its own. */
const locations = Array.from({ length: REGISTRY.locationsPerParticipant }, (_, at) => ({
  kind: "home",
  position: [5.1 + at / 1_000, 52.09],
  channels: { sms: ["inform", "involve", "alarm", "trace"] },
  except: { sms: ["burglary", "intrusion"], voice: ["burglary"] },
  hours: "mo-fr 08-18; sa+su 22:00-06:00",
}));

const asking =
  (token: string) =>
  (method: string, path: string, body?: object | string): Sent => ({
    ...{ method, path, token },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });

/** What is asked, and the status of each answer. */
type Case = readonly [string, Sent, number];

async function each(whole: InProcess, cases: readonly Case[], pauseMs = 0): Promise<void> {
  const hostile = new Hostile(whole);
  for (const [name, sent, expected] of cases) {
    const { statuses } = await hostile.late(name, () => [sent]);
    expect(statuses, name).toEqual([expected]);
    // So that it is not the rate of the sender that is measured.
    if (isMeasured) await sleep(pauseMs);
  }
}

test("self-service", async () => {
  const whole = await InProcess.start();
  const joining = { number: "06 12345678", position: HOME };
  const { challenge } = (await whole.ask<CodeSent>("anybody", "POST", "/v1/self/join", joining)).json;
  const code = /\d{6}$/.exec((await textsTo(whole.simulator, 31_612_345_678, 1))[0]!)![0];
  const { token } = (await whole.ask<SelfSession>("anybody", "POST", "/v1/self/sessions", { challenge, code })).json;
  const self = asking(token);
  const room = API.publicBodyBytes - 100;
  const members = Array.from({ length: 6_000 }, (_, at) => `"${at.toString(36)}":0`).join(",");
  const cases: readonly Case[] = [
    ["all wishes", self("PATCH", "/v1/self", { locations }), 200],
    ["unknown members", self("PATCH", "/v1/self", `{${members}}`), 422],
    ["a long mail address", self("POST", "/v1/self/contacts", { mail: `${"a".repeat(room)}@example.org` }), 422],
    ["a long number", self("POST", "/v1/self/contacts", { number: "0".repeat(room) }), 422],
    ["locations that are none", self("PATCH", "/v1/self", { locations: Array(16_000).fill(0) }), 422],
    ["long hours", self("PATCH", "/v1/self", { locations: [{ ...locations[0], hours: ";".repeat(60_000) }] }), 422],
    ["a long code", self("PUT", "/v1/self/contacts", { challenge: "x".repeat(60_000), code: "1".repeat(100) }), 422],
    ["an export", self("GET", "/v1/self/export"), 200],
  ];
  await each(whole, cases, 1_000);
});

test("a municipality", async () => {
  const whole = await InProcess.start();
  const ask = asking(whole.keys.municipality);
  const search = "/v1/participants/search";
  const cases: readonly Case[] = [
    ["a search", ask("POST", search, { number: "+49 151 12345678" }), 200],
    ["a search of nonsense", ask("POST", search, { number: "9".repeat(500_000) }), 422],
    ["a search of a long address", ask("POST", search, { mail: `${"a.".repeat(200_000)}@b.nl` }), 422],
    ["statistics", ask("GET", "/v1/statistics"), 200],
    ["imports", ask("GET", "/v1/imports"), 200],
  ];
  await each(whole, cases);
});

test("reach, at its largest page, in each format", async () => {
  const whole = await InProcess.start(undefined, async (folder) => {
    given(await generate(folder, { participants: 200_000, replace: true }));
  });
  const ask = asking(whole.keys.operator);
  const levels = ["municipality", "cell&cellMeters=500"];
  const queries = levels.flatMap((level) =>
    ["json", "csv", "geojson"].map((format) => `level=${level}&format=${format}`),
  );
  await each(
    whole,
    queries.map((query): Case => [`reach by ${query}`, ask("GET", `/v1/reach?${query}`), 200]),
  );
});

test("actions: a list of 20,000, and the largest areas", async () => {
  const area = { type: "Circle", center: [5, 52], radiusMeters: 500 };
  const small = filled({ area, text: "A text" });
  const whole = await InProcess.start(undefined, (folder) =>
    withStore(folder, async (store) => {
      const actions = new ActionStore(store);
      const made = { request: small, startAtMs: null, expiresAtMs: Date.now() + 3_600_000 };
      const put = () => actions.put(newRecord(made, LOCAL, Date.now(), null));
      for (let done = 0; done < 20_000; done += 1_000) {
        given(await store.commit(() => Array.from({ length: 1_000 }, put)));
      }
    }),
  );
  const ask = asking(whole.keys.controlRoom);
  const large = { area: largest(), text: "a".repeat(API.textCharacters) };
  const draft = (await whole.ask<Action>("controlRoom", "POST", "/v1/actions", large)).json.id;
  const cases: readonly Case[] = [
    ["a page of 20,000", ask("GET", "/v1/actions"), 200],
    ["a preview of the largest area", ask("POST", "/v1/previews", { area: large.area }), 200],
    ["a draft of it", ask("POST", "/v1/actions", large), 201],
    ["a page of it", ask("GET", "/v1/actions"), 200],
    ["an action of it", ask("GET", `/v1/actions/${draft}`), 200],
    ["one that is sent", ask("POST", "/v1/actions", { ...large, dispatch: true, confirmed: ["TEXT_REPEATED"] }), 201],
    ["metrics", ask("GET", "/metrics"), 200],
  ];
  await each(whole, cases, 200);
  const hostile = new Hostile(whole);
  const ten = () => Array.from({ length: 10 }, () => ask("POST", "/v1/actions", large));
  expect((await hostile.late("ten drafts of it at once", ten)).statuses).toEqual(Array(10).fill(201));
});

test("operators: the largest keys, and who did what", async () => {
  const whole = await InProcess.start(undefined, (folder) =>
    withStore(folder, async (store) => {
      const trail = new Trail(store, Date.now);
      const on = { participants: Array.from({ length: 20 }, (_, at) => String(1_000_000 + at)) };
      const put = () => trail.put({ by: LOCAL, deed: "participant.sought", on });
      for (let done = 0; done < 20_000; done += 1_000) {
        given(await store.commit(() => Array.from({ length: 1_000 }, put).length));
      }
    }),
  );
  const operator = given(await whole.service.keys.create({ name: "all", scopes: ["admin", "audit"] }, LOCAL));
  const ask = asking(operator.secret);
  const municipalities = Array.from({ length: RIGHTS.municipalities }, (_, at) => at + 1);
  const name = "€".repeat(RIGHTS.nameCharacters);
  for (let made = 0; made < 200; made++) {
    given(await whole.service.keys.create({ name, scopes: ["draft"], municipalities }, LOCAL));
  }
  const codes = municipalities.map((number) => municipalityCode(number)!);
  const key = { name, scopes: ["draft"], municipalities: codes };
  const made = (await whole.ask<{ id: string }>({ token: operator.secret }, "POST", "/v1/keys", key)).json.id;
  const cases: readonly Case[] = [
    ["a page of keys", ask("GET", "/v1/keys"), 200],
    ["a key", ask("GET", `/v1/keys/${made}`), 200],
    ["a key that is made", ask("POST", "/v1/keys", key), 201],
    ["a key of nonsense", ask("POST", "/v1/keys", { ...key, municipalities: Array(40_000).fill("GM") }), 422],
    ["a rotation", ask("POST", `/v1/keys/${made}/rotate`, { graceMinutes: 0 }), 200],
    ["a page of who did what", ask("GET", "/v1/audit-records"), 200],
    ["what nobody did", ask("GET", "/v1/audit-records?deed=key.revoked&key=nobody"), 200],
  ];
  await each(whole, cases);
});
