/**
 * That nothing which is stored or said joins a reply to who sent it. Of twelve people who were asked, four reply by SMS, with a
 * photo or without by the page, and all that the service has written or said is looked through: for their numbers, by what of
 * participants changed when they replied, and by times, order and sizes that two records could have in common.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openDataFolder } from "../../../engine/registry/open.js";
import type { Store } from "../../../engine/store/store.js";
import type { MediaList } from "../../../schemas/api/action/media.js";
import type { PageLink, ReplyTaken } from "../../../schemas/api/action/page.js";
import type { ReplyPage } from "../../../schemas/api/action/reply.js";
import type { Action } from "../../../schemas/api/api.js";
import { phonePhoto } from "../../engine/media/rig.js";
import { given } from "../../engine/registry/samples.js";
import { filesOf, InProcess } from "../in-process.js";
import { EVERYWHERE } from "../whole.js";

/** Tables in which a reply leaves something, and none of them is about participants. */
const OF_REPLIES = ["replies", "replyCodes", "answers", "media"];
/** Where the ledger notes that time passed, what the vault keeps, and when the desk used its key; nothing of it is about a person. */
const OF_THE_SERVICE = ["meta", "keyUse"];

/** By table, each record as it stands, key and value. */
function recordsOf(store: Store): Map<string, Map<string, string>> {
  return new Map(
    store.names.map((name) => [
      name,
      new Map(
        [...store.table(name).range()].map(({ key, value }) => [key.toString("hex"), given(value).toString("hex")]),
      ),
    ]),
  );
}

async function snapshot(whole: InProcess): Promise<Map<string, Map<string, string>>> {
  await whole.service.close();
  const { store } = given(openDataFolder(whole.folder));
  const records = recordsOf(store);
  await store.close();
  await whole.open();
  const isBound = async () => (await whole.ask("controlRoom", "GET", "/v1/carriers")).text.includes('"bound":1');
  while (!(await isBound())) await sleep(20);
  return records;
}

test("nothing that is stored or said joins a reply to a person", async () => {
  const whole = await InProcess.start();
  const { json: action } = await whole.ask<Action>("controlRoom", "POST", "/v1/actions", {
    area: EVERYWHERE,
    text: "kind vermist",
    dispatch: true,
  });
  const status = async () => (await whole.ask<Action>("controlRoom", "GET", `/v1/actions/${action.id}`)).json.status;
  while ((await status()) !== "sent") await sleep(20);
  const { link } = (await whole.ask<PageLink>("controlRoom", "POST", `/v1/actions/${action.id}/page`)).json;
  const asked = (await whole.simulator.texts()).map(({ number }) => number);
  const repliers = asked.slice(3, 7).map(String);
  const before = await snapshot(whole);

  const replies = async () =>
    (await whole.ask<ReplyPage>("controlRoom", "GET", `/v1/actions/${action.id}/replies`)).json.replies;
  for (const from of repliers) await whole.simulator.deliver({ from, text: `gezien ${repliers.indexOf(from)}` });
  while ((await replies()).length < repliers.length) await sleep(20);
  const taken = (await whole.ask<ReplyTaken>("anybody", "POST", `/v1/pages/${link}/replies`, { text: "bij de brug" }))
    .json;
  await whole.upload("anybody", `/v1/replies/${taken.code}/media`, await phonePhoto());
  const media = async () =>
    (await whole.ask<MediaList>("controlRoom", "GET", `/v1/actions/${action.id}/media`)).json.media;
  while ((await media()).some(({ state }) => state === "waiting")) await sleep(20);
  whole.said.push(
    (await whole.ask("controlRoom", "GET", `/v1/actions/${action.id}/replies`)).text,
    JSON.stringify(await media()),
  );
  const after = await snapshot(whole);
  await whole.service.close();

  // No record about a participant, a recipient or a receipt became another by a reply, so no time, order or size of one tells of it.
  const changed = [...after].filter(([name, records]) => {
    const old = before.get(name)!;
    return records.size !== old.size || [...records].some(([key, value]) => old.get(key) !== value);
  });
  expect(
    changed.map(([name]) => name).filter((name) => !OF_REPLIES.includes(name) && !OF_THE_SERVICE.includes(name)),
  ).toEqual([]);
  expect(changed.map(([name]) => name)).toEqual(expect.arrayContaining(["replies", "replyCodes", "media"]));
  // Nor is anything of a sender in what was written or said, in any of the forms that the registry has for a number.
  const written = Buffer.concat([filesOf(whole.folder), Buffer.from(whole.said.join("\n"))]);
  for (const number of repliers) {
    const float = Buffer.from(Float64Array.of(Number(number)).buffer);
    const found = [number, number.slice(2), float].filter((trace) => written.includes(trace));
    expect([number, found]).toEqual([number, []]);
  }
  expect(written.includes(taken.code) || written.includes(taken.code.replaceAll("-", ""))).toBe(false);
  // With the keys, too: a reply has its text, its way, its second and nothing else.
  const { store, vault } = given(openDataFolder(whole.folder));
  const members = new Set<string>();
  for (const { key, value } of store.table("replies").range()) {
    const reply = JSON.parse(given(vault.open("content", given(value), key)).toString()) as Record<string, unknown>;
    for (const member of Object.keys(reply)) members.add(member);
    expect(Number(reply.receivedAtMs) % 1_000).toBe(0);
  }
  expect([...members].sort()).toEqual(["channel", "missing", "receivedAtMs", "text"]);
  // Nothing has the address of whoever replied by the page, not even beside it.
  expect(readFileSync(join(whole.folder, "seinpost.lmdb")).includes("127.0.0.1")).toBe(false);
  await store.close();
});
