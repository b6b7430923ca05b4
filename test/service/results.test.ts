/** What an action came to, asked for over the API: by key as JSON and CSV, by everybody in part, and through a kill. */
import { request } from "undici";
import { expect, test } from "vitest";
import type { ResultsReport } from "../../schemas/results/results.js";
import { EVERYWHERE, Whole } from "./whole.js";

test("actions are in the results of their day, an exercise is not, and a key without the scope sees none", async () => {
  const whole = await Whole.start(300, [{ name: "north", entry: { costPerSegment: 0.05 } }]);
  const get = async (path: string, key?: string) => {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const answer = await request(`http://127.0.0.1:${whole.engine.port}${path}`, { headers });
    return { status: answer.statusCode, type: String(answer.headers["content-type"]), text: await answer.body.text() };
  };
  const area = { ...EVERYWHERE, center: [5.3, 52.15] as [number, number] };
  const incidentAt = new Date(Date.now() - 60_000).toISOString();
  const future = new Date(Date.now() + 3_600_000).toISOString();
  const refused = await whole.engine.request<{ code: string; field: string }>("POST", "/v1/actions", {
    ...{ area, text: "boy of 5", incidentAt: future },
  });
  expect([refused.status, refused.body.code, refused.body.field]).toEqual([422, "INVALID_FIELD", "/incidentAt"]);
  const { id } = await whole.engine.createAction({
    area,
    text: "boy of 5",
    dispatch: true,
    timeCritical: true,
    incidentAt,
  });
  await whole.engine.until(id, ({ status }) => status === "sent");
  const wrong = await whole.engine.request<{ field: string }>("POST", `/v1/actions/${id}/end`, {
    ...{ text: "not found", outcome: "noSuccess", direct: true },
  });
  expect([wrong.status, wrong.body.field]).toEqual([422, "/direct"]);
  const ended = await whole.engine.request("POST", `/v1/actions/${id}/end`, { text: "found", direct: true });
  expect(ended.status).toBeLessThan(300);
  await whole.engine.until(id, ({ status }) => status === "ended");
  const report = async (): Promise<ResultsReport> => JSON.parse((await get("/v1/results", whole.apiKey)).text);
  const before = await report();
  expect(before.total).toMatchObject({ actions: 1, asked: 300, messages: { sms: 600 }, direct: 1, directShare: 1 });
  expect(before.total.cost).toEqual([{ currency: "EUR", amount: 30 }]);
  expect(before.total.incidentToFirstMessage).toMatchObject({ actions: 1 });
  expect(before.total.incidentToFirstMessage.median).toBeGreaterThanOrEqual(60);
  expect([before.months.length, before.kinds.length, before.municipalities.length, before.unsettled]).toEqual([
    1, 1, 1, 1,
  ]);
  await whole.restart();
  expect(await report()).toEqual(before);
  const csv = await get("/v1/results?format=csv", whole.apiKey);
  expect(csv.type).toMatch(/^text\/csv/);
  const [header, total] = csv.text.split("\r\n").map((row) => row.split(","));
  expect(header!.length).toBe(total!.length);
  expect([total![0], total![header!.indexOf("asked")], total![header!.indexOf("messages.sms")]]).toEqual([
    "total",
    "300",
    "600",
  ]);
  expect((await get("/v1/results")).status).toBe(401);
  const year = new Date().getUTCFullYear();
  const open = await get(`/v1/open-results?year=${year - 1}`);
  expect([open.status, (JSON.parse(open.text) as ResultsReport).total.actions]).toEqual([200, 0]);
  expect((await get(`/v1/open-results?year=${year + 1}`)).status).toBe(404);
});
