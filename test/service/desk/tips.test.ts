/** What the desk does with replies, over the API: marks that reach the results, an update that comes of a tip, and units that are told. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { ReplyPage } from "../../../schemas/api/action/reply.js";
import type { AuditPage } from "../../../schemas/api/audit.js";
import type { ResultsReport } from "../../../schemas/results/results.js";
import { listening } from "../../listening.js";
import { adminKey } from "../admin-key.js";
import { EVERYWHERE, Whole } from "../whole.js";

test("a tip is marked, becomes an update in one call, counts as direct success, and is told to units by ids alone", async () => {
  const whole = await Whole.prepare(300, [{ name: "north" }]);
  whole.environment = { SEINPOST_WEBHOOK_NETWORKS: "127.0.0.1" };
  await whole.startEngine();
  await whole.engine.untilBound();
  const told: string[] = [];
  const units = await listening(({ body }, response) => {
    told.push(body);
    response.end();
  });
  const admin = await adminKey(whole.folder);
  const area = EVERYWHERE;
  const { id } = await whole.engine.createAction({ area, text: "woman in a black dress", dispatch: true });
  await whole.engine.until(id, ({ status }) => status === "sent");
  const at = `/v1/actions/${id}/replies`;
  for (const text of ["it is a man in shorts, says Jansen", "hello", "he is here"]) {
    expect((await whole.ask("POST", at, { channel: "voice", text })).status).toBe(201);
  }
  expect((await whole.ask("PUT", `${at}/2/mark`, { mark: "noise" })).status).toBe(204);
  expect((await whole.ask("PUT", `${at}/3/mark`, { mark: "success" })).status).toBe(204);
  expect((await whole.ask("PUT", `${at}/9/mark`, { mark: "noise" })).json.code).toBe("NOT_FOUND");
  // No reply can have a sequence beyond 32 bits.
  expect((await whole.ask("PUT", `${at}/9999999999/mark`, { mark: "noise" })).json.code).toBe("NOT_FOUND");
  expect((await whole.ask("POST", `${at}/9999999999/answers`, { text: "where?" })).json.code).toBe("NOT_FOUND");
  expect((await whole.ask("POST", `/v1/actions/${id}/updates`, { text: "a man", reply: 2 ** 32 })).json).toMatchObject({
    ...{ code: "INVALID_FIELD", field: "/reply" },
  });
  expect((await whole.ask("PUT", `${at}/1/mark`, { mark: "good" })).json).toMatchObject({
    code: "INVALID_FIELD",
    field: "/mark",
  });
  const nowhere = await whole.ask("POST", `/v1/actions/${id}/updates`, { text: "man in shorts", reply: 9 });
  expect([nowhere.status, nowhere.json.code, nowhere.json.field]).toEqual([404, "NOT_FOUND", "/reply"]);
  expect(
    (await whole.ask("POST", `/v1/actions/${id}/updates`, { text: "man in shorts", reply: 1 })).status,
  ).toBeLessThan(300);
  const marks = async () => (await whole.ask<ReplyPage>("GET", at)).json.replies.map(({ mark }) => mark);
  expect(await marks()).toEqual(["useful", "noise", "success"]);
  expect((await whole.ask("POST", `${at}/1/forward`)).json.code).toBe("WRONG_STATE");
  const hook = { name: "units", url: `http://127.0.0.1:${units.port}/`, topics: ["reply"] };
  expect((await whole.ask("POST", "/v1/webhooks", hook, admin)).status).toBe(201);
  expect((await whole.ask("POST", `${at}/1/forward`)).status).toBe(204);
  while (told.length === 0) await sleep(10);
  expect(JSON.parse(told[0]!)).toMatchObject({
    type: "reply.forwarded",
    data: { id, mode: "actual", reply: 1, media: [] },
  });
  expect(told.join()).not.toContain("Jansen");
  const figures = async () => (await whole.ask<ResultsReport>("GET", "/v1/results")).json.total;
  expect(await figures()).toMatchObject({ reactions: 3, withReaction: 1, direct: 1 });
  await whole.restart();
  expect(await marks()).toEqual(["useful", "noise", "success"]);
  expect((await whole.ask("PUT", `${at}/3/mark`, { mark: null })).status).toBe(204);
  expect(await figures()).toMatchObject({ direct: 0 });
  // Who did it is on record, and what somebody said is not.
  const records = await auditOf(whole);
  expect(records.filter(({ deed }) => deed.startsWith("reply.")).map(({ deed }) => deed)).toEqual([
    ...["reply.marked", "reply.forwarded", "reply.marked", "reply.marked", "reply.marked"],
  ]);
  expect(JSON.stringify(records)).not.toContain("Jansen");
});

async function auditOf(whole: Whole): Promise<AuditPage["records"]> {
  const key = await adminKey(whole.folder, "audit");
  return (await whole.ask<AuditPage>("GET", "/v1/audit-records?limit=100", undefined, key)).json.records;
}
