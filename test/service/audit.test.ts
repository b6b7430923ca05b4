/** Who did what: written with what was done, so that it is there after a kill, and read by API and command. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { backUp, restore } from "../../engine/backup/backup.js";
import { defaultKekFile } from "../../engine/vault/kek.js";
import { ACTS } from "../../schemas/api/api.js";
import type { AuditPage, AuditRecord } from "../../schemas/api/audit.js";
import type { ImportView } from "../../schemas/api/municipality.js";
import { startNode } from "../children.js";
import { given } from "../engine/registry/samples.js";
import { temporaryFolder } from "../temp-folder.js";
import { ask as askAt, type Method } from "./ask.js";
import { EVERYWHERE, Whole } from "./whole.js";

const COMMAND = new URL("../../gateway/main.js", import.meta.url);

async function seinpost(folder: string, ...args: string[]) {
  const child = startNode(COMMAND, args, { env: { SEINPOST_DATA: folder } });
  const { code } = await child.ended;
  expect(code, child.errors()).toBe(0);
  return child.lines;
}

test("what is done to actions, keys and people is on record with who did it, through a kill, and names nobody", async () => {
  const whole = await Whole.start(200, [{ name: "north" }]);
  const scopes = ["dispatch", "registry", "erase", "audit"];
  const [key] = await seinpost(whole.folder, "key", "create", "--name", "desk", "--scope", scopes.join());
  const ask = <T>(method: Method, path: string, body?: object | string, type?: string) =>
    askAt<T>(whole.engine.port, method, path, { bearer: key, body, ...(type && { type }) });
  const action = { area: EVERYWHERE, text: "boy of 5 missing", kind: "missingPerson" };
  const draft = await ask<{ id: string }>("POST", "/v1/actions", action);
  const at = `/v1/actions/${draft.json.id}`;
  await ask("POST", `${at}/dispatch`);
  await whole.engine.until(draft.json.id, ({ status }) => status === "sent");
  await ask("POST", `${at}/stop`);
  await ask("POST", `${at}/end`, { text: "found, thank you" });
  const number = `+${whole.numbers[7]}`;
  expect((await ask("POST", "/v1/participants/search", { number })).status).toBe(200);
  await ask("GET", "/v1/participants/7");
  await ask("GET", "/v1/participants/999999");
  const csv = "number,lng,lat\n0612345678,4.883,52.086\n";
  const begun = await ask<ImportView>("POST", "/v1/imports?mode=allOrNothing", csv, "text/csv");
  expect(begun.status).toBe(202);
  for (let view = begun.json; view.state === "planning" || view.state === "applying"; ) {
    await sleep(10);
    view = (await ask<ImportView>("GET", `/v1/imports/${begun.json.id}`)).json;
  }
  expect((await ask("DELETE", "/v1/participants/7")).status).toBe(204);
  await whole.restart();
  const page = await ask<AuditPage>("GET", "/v1/audit-records?limit=100");
  const deeds = page.json.records.map(({ deed, on, refused }) => [
    deed,
    ...Object.values(on),
    ...(refused ? [refused] : []),
  ]);
  const { id } = draft.json;
  const keyId = page.json.records.at(-1)!.on.key;
  expect(deeds).toEqual([
    ["participant.erased", "7"],
    ["participant.erasing", "7"],
    ["import.received", begun.json.id],
    ["import.begun", begun.json.id],
    ["participant.seen", "999999", "NOT_FOUND"],
    ["participant.seen", "7"],
    ["participant.sought", ["7"]],
    ["action.ended", id],
    ["action.stopped", id],
    ["action.dispatched", id],
    ["action.created", id],
    ["key.created", keyId],
  ]);
  const by = page.json.records.map((record) => `${record.by.kind} ${record.by.name}`);
  expect(by).toEqual([...Array(11).fill("key desk"), "local "]);
  const { json: shown } = await ask<{ actors: object }>("GET", at);
  const desk = { kind: "key", id: keyId, name: "desk" };
  const did = { created: desk, approved: desk, dispatched: desk, stopped: desk, ended: desk };
  expect(shown.actors).toEqual({ ...Object.fromEntries(ACTS.map((act) => [act, null])), ...did });
  // The command says the same, in words and as JSON, beside the service and from a restored backup.
  const lines = await seinpost(whole.folder, "audit", "--json", "--count", "100");
  expect(lines.map((line) => JSON.parse(line) as AuditRecord)).toEqual(page.json.records);
  const erased = await seinpost(whole.folder, "audit", "--deed", "participant.erased");
  expect(erased).toEqual([expect.stringMatching(/^2\S+ {2}participant\.erased participant=7 {2}by key \w+ \(desk\)$/)]);
  expect(lines.join()).not.toContain(number.slice(3));
  const [backup, again] = [`${temporaryFolder()}/backup`, `${temporaryFolder()}/again`];
  const kekFile = defaultKekFile(whole.folder);
  given(await backUp(whole.folder, backup, { kekFile }));
  given(await restore(backup, again, { kekFile }));
  expect(await seinpost(again, "audit", "--json", "--count", "100")).toEqual(lines);
  expect(await seinpost(again, "audit", "--json", "--key", "nobody")).toEqual([]);
});
