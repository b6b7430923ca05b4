/** What an action came to, asked for over the API: by key as JSON and CSV, by everybody in part, and through a kill. */
import { expect, test } from "vitest";
import type { ResultsReport } from "../../schemas/results/results.js";
import { ask } from "./ask.js";
import { EVERYWHERE, Whole } from "./whole.js";

test("actions are in the results of their day, an exercise is not, and a key without the scope sees none", async () => {
  const whole = await Whole.start(300, [{ name: "north", entry: { costPerSegment: 0.05 } }]);
  const open = (path: string) => ask<ResultsReport>(whole.engine.port, "GET", path, {});
  const area = EVERYWHERE;
  const incidentAt = new Date(Date.now() - 60_000).toISOString();
  const future = new Date(Date.now() + 3_600_000).toISOString();
  const refused = await whole.ask("POST", "/v1/actions", {
    ...{ area, text: "boy of 5", incidentAt: future },
  });
  expect([refused.status, refused.json.code, refused.json.field]).toEqual([422, "INVALID_FIELD", "/incidentAt"]);
  const { id } = await whole.engine.createAction({
    area,
    text: "boy of 5",
    dispatch: true,
    timeCritical: true,
    incidentAt,
  });
  await whole.engine.until(id, ({ status }) => status === "sent");
  const wrong = await whole.ask("POST", `/v1/actions/${id}/end`, {
    ...{ text: "not found", outcome: "noSuccess", direct: true },
  });
  expect([wrong.status, wrong.json.field]).toEqual([422, "/direct"]);
  const ended = await whole.ask("POST", `/v1/actions/${id}/end`, { text: "found", direct: true });
  expect(ended.status).toBeLessThan(300);
  await whole.engine.until(id, ({ status }) => status === "ended");
  const report = async (): Promise<ResultsReport> => (await whole.ask<ResultsReport>("GET", "/v1/results")).json;
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
  const csv = await whole.ask("GET", "/v1/results?format=csv");
  expect(csv.type).toMatch(/^text\/csv/);
  const [header, total] = csv.text.split("\r\n").map((row) => row.split(","));
  expect(header!.length).toBe(total!.length);
  expect([total![0], total![header!.indexOf("asked")], total![header!.indexOf("messages.sms")]]).toEqual([
    "total",
    "300",
    "600",
  ]);
  expect((await open("/v1/results")).status).toBe(401);
  const year = new Date().getUTCFullYear();
  const last = await open(`/v1/open-results?year=${year - 1}`);
  expect([last.status, last.json.total.actions]).toEqual([200, 0]);
  expect((await open(`/v1/open-results?year=${year + 1}`)).status).toBe(404);
});
