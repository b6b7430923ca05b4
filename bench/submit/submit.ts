/**
 * submit.rate: submit_sm a second to one simulated carrier, each with a durable intent before and a durable outcome after
 * it, over a nationwide action. The peer is a plain client written with the package `smpp`, which keeps nothing
 * (submit.rate.peer), on the same simulator in the same run. Receipts are off for both.
 *
 * Both take turns, so that what the machine does besides is shared by the two, and both are warm: the first action is not counted,
 * nor what a peer submits first. submit.rate.ratio is of each round of the two.
 */
import type { Action } from "../../schemas/api/api.js";
import type { BenchOptions, Report } from "../report.js";
import { nationwide, type Rig, startRig } from "../rig.js";
import { line, sample } from "../sample.js";
import { type PeerCourse, peerSubmitRate } from "./peer-smpp.js";

const ROUNDS = 5;
const PEER = { submits: 300_000, warmUp: 50_000, window: 1_000 };
const TINY_PEER = { submits: 2_000, warmUp: 100, window: 1_000 };

export async function run(folder: string, report: Report, { tiny }: BenchOptions): Promise<void> {
  const rig = await startRig(folder, 1, { receipts: 0 });
  try {
    const rounds = tiny ? 1 : ROUNDS;
    const [ours, peers]: [number[], number[]] = [[], []];
    if (!tiny) await oursPerSecond(rig);
    for (let round = 0; round < rounds; round++) {
      ours.push(await oursPerSecond(rig));
      peers.push(await peerPerSecond(rig, tiny ? TINY_PEER : PEER));
    }
    const [rate, peer, ratio] = [
      await sample("submit.rate", rounds, async (round) => ours[round]!),
      await sample("submit.rate.peer", rounds, async (round) => peers[round]!),
      await sample("submit.rate.ratio", rounds, async (round) => ours[round]! / peers[round]!),
    ];
    report(line("submit.rate", "1/s", rate, { value: peer.p50, ratio: ratio.p50 }));
    report(line("submit.rate.peer", "1/s", peer));
    report(line("submit.rate.ratio", "x", ratio));
  } finally {
    await rig.close();
  }
}

async function peerPerSecond({ simulators }: Rig, course: PeerCourse): Promise<number> {
  const simulator = simulators[0]!;
  await simulator.reset();
  return peerSubmitRate(simulator.smppPort, course);
}

/** From the first submit_sm at the carrier to the last durable acknowledgement. */
async function oursPerSecond({ engine, simulators }: Rig): Promise<number> {
  const simulator = simulators[0]!;
  await simulator.reset();
  const { id } = await nationwide(engine);
  const sent: Action = await engine.until(id, ({ status }) => status === "sent", 50);
  const { firstSubmitAtMs } = await simulator.counters();
  const wave = sent.waves[0]!;
  return (wave.recipients * 1_000) / (Date.parse(wave.acknowledgedAt ?? "") - (firstSubmitAtMs ?? Number.NaN));
}
