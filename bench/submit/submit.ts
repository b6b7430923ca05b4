/**
 * submit.rate: submit_sm a second to one simulated carrier, each with a durable intent before and a durable outcome after
 * it, over a nationwide action. The peer is a plain client written with the package `smpp`, on the same simulator in the
 * same run; it keeps nothing. Receipts are off for both.
 */
import type { Action } from "../../schemas/api/api.js";
import type { BenchOptions, Report } from "../report.js";
import { nationwide, type Rig, startRig } from "../rig.js";
import { line, sample } from "../sample.js";
import { peerSubmitRate } from "./peer-smpp.js";

const PEER_SUBMITS = 300_000;
const PEER_WINDOW = 1_000;

export async function run(folder: string, report: Report, { tiny }: BenchOptions): Promise<void> {
  const rig = await startRig(folder, 1, { receipts: 0 });
  try {
    const runs = tiny ? 1 : 3;
    const ours = await sample("submit.rate", runs, () => oursPerSecond(rig));
    const [simulator] = rig.simulators;
    const submits = tiny ? 2_000 : PEER_SUBMITS;
    const peer = await sample("peer", runs, () => peerSubmitRate(simulator!.smppPort, submits, PEER_WINDOW));
    report(line("submit.rate", "1/s", ours, { value: peer.p50, ratio: ours.p50 / peer.p50 }));
  } finally {
    await rig.close();
  }
}

/** From the first submit_sm at the carrier to the last durable acknowledgement. */
async function oursPerSecond({ engine, simulators: [simulator] }: Rig): Promise<number> {
  await simulator!.reset();
  const { id } = await nationwide(engine);
  const sent: Action = await engine.until(id, ({ status }) => status === "sent", 50);
  const { firstSubmitAtMs } = await simulator!.counters();
  const [wave] = sent.waves;
  return (wave!.recipients * 1_000) / (Date.parse(wave!.acknowledgedAt ?? "") - (firstSubmitAtMs ?? Number.NaN));
}
