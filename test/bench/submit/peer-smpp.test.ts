/** The benchmark's peer does what it is compared for: it sends as many as it was asked to, each to another number. */
import { expect, test } from "vitest";
import { peerSubmitRate } from "../../../bench/submit/peer-smpp.js";
import { startSimulator } from "../../../loadtest/carrier/process.js";

test("the peer submits everything and says how fast", async () => {
  const simulator = await startSimulator();
  const perSecond = await peerSubmitRate(simulator.smppPort, { submits: 2_000, warmUp: 200, window: 100 });
  expect(perSecond).toBeGreaterThan(0);
  expect(await simulator.stats()).toMatchObject({ submitted: 2_200, accepted: 2_200, distinct: 2_200 });
  await simulator.stop();
});
