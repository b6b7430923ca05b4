/** What a forecast takes for the rate of a carrier, with the gauges that its thread would write. */
import { expect, test } from "vitest";
import { PreviewRequest } from "../../../schemas/api.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { GAUGE } from "../../../schemas/link.js";
import { FakeCarrier } from "../dispatch/fake-carrier.js";
import { TemporaryFolder, until } from "../dispatch/fixtures.js";
import { Desk, FakeSelector } from "./desk.js";

test("a carrier takes what was learnt of it, except while it is backed off from", async () => {
  const folder = new TemporaryFolder();
  const carrier = new FakeCarrier("a", 1);
  const desk = await Desk.start(folder, [carrier], new FakeSelector(1_000));
  const perSecond = async (allowed: number, backingOff: number): Promise<number> => {
    Atomics.store(carrier.gauges, GAUGE.allowedPerSecond, allowed);
    Atomics.store(carrier.gauges, GAUGE.backingOff, backingOff);
    const area = { type: "Circle", center: [5.1, 52.1], radiusMeters: 1_000 };
    const preview = await desk.actions.preview(PreviewRequest.parse({ area, text: "boy is missing" }));
    if (!preview.ok) throw new Error(preview.problem.detail);
    return preview.value.forecast.segmentsPerSecond;
  };
  await until(() => Atomics.load(carrier.gauges, GAUGE.bound) > 0);
  expect(await perSecond(1_000_000, 0)).toBe(DISPATCH.assumedPerSecond);
  expect(await perSecond(900, 0)).toBe(900);
  expect(await perSecond(20, 1)).toBe(DISPATCH.assumedPerSecond);
  await desk.crash();
  folder.remove();
});
