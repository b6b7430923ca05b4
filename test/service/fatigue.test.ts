/** How often people are asked, through HTTP and kills of the whole service: it is told before, heeded when it is sent, and never forgotten. */
import { expect, it } from "vitest";
import type { Preview } from "../../schemas/api/api.js";
import { Whole } from "./whole.js";

const AREA = { type: "Circle", center: [4.9, 52.37] as [number, number], radiusMeters: 20_000 } as const;

it("nobody is asked more often than once an hour, whoever kills the service in between", async () => {
  const whole = await Whole.prepare(3_000, [{ name: "north", entry: { costPerSegment: 0.05 } }]);
  whole.environment = { SEINPOST_ASKED_PER_HOUR: "1" };
  await whole.startEngine();
  await whole.engine.untilBound();
  const preview = async (): Promise<Preview> => {
    return (await whole.engine.request<Preview>("POST", "/v1/previews", { area: AREA, text: "Burgernet" })).body;
  };
  const before = await preview();
  expect(before.recipients).toBeGreaterThan(20);
  expect(before.leftOut.askedOften).toBeNull();
  const { id } = await whole.engine.createAction({ area: AREA, text: "Burgernet: 1. S001", dispatch: true });
  const sent = await whole.engine.until(id, ({ status }) => status === "sent");
  const [wave] = sent.waves;
  expect(wave!.recipients).toBe(before.recipients);
  expect(wave!.forecast).toMatchObject({ recipients: before.recipients, cost: before.forecast.cost });
  expect(wave!.forecastError).toMatchObject({ recipients: 0, cost: 0, durationMs: expect.any(Number) });
  expect(await whole.engine.metrics()).toContain("seinpost_forecast_duration_ratio_count 1");
  expect(await whole.engine.metrics()).toContain("seinpost_forecast_recipients_ratio_sum 1\n");

  await whole.restart();
  await whole.engine.untilBound();
  const after = await preview();
  expect(after.recipients).toBe(0);
  expect(after.leftOut.askedOften).toBe(5 * Math.round(before.recipients / 5));
  await expect.poll(async () => (await preview()).fatigue.country).toBeGreaterThan(0);
  const { area, country } = (await preview()).fatigue;
  expect(area).toBeGreaterThan(country!);
  const second = await whole.engine.createAction({ area: AREA, text: "Burgernet: 2. S002", dispatch: true });
  const failed = await whole.engine.until(second.id, ({ status }) => status === "failed");
  expect(failed.reason).toMatchObject({ code: "NOBODY_INSIDE", detail: expect.stringContaining("askedOften") });
  expect(await whole.engine.metrics()).toContain(`seinpost_left_out_total{reason="askedOften"} ${before.recipients}`);
  const danger = {
    area: AREA,
    text: "Burgernet: 3. S003",
    domain: "alarm",
    urgency: "extreme",
    dispatch: true,
  } as const;
  const third = await whole.engine.createAction(danger);
  const alarmed = await whole.engine.until(third.id, ({ status }) => status === "sent");
  expect(alarmed.waves[0]!.recipients).toBeGreaterThanOrEqual(before.recipients);
});
