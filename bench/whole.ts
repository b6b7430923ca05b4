/**
 * Figures of the whole service: cold start, a nationwide action, and the memory after it.
 *
 * start.ready: from the start of the process to /readyz, the registry's file in the system's cache. nationwide.total: from
 * sending the request to the last durable acknowledgement, with two simulated carriers on the same cores. memory.rss: RssAnon
 * and RssShmem of a fresh service after one nationwide action and all its receipts.
 */
import { EngineProcess } from "../loadtest/engine-process.js";
import type { BenchOptions, Report } from "./report.js";
import { copyFolder, dropFolder, lastAckMs, nationwide, nowMs, settled, startRig } from "./rig.js";
import { line, sample } from "./sample.js";

export async function run(folder: string, report: Report, { tiny, wants }: BenchOptions): Promise<void> {
  const runs = tiny ? 1 : 5;
  if (wants("start.ready")) report(line("start.ready", "ms", await sample("start.ready", runs, () => ready(folder))));
  if (!wants("nationwide.total") && !wants("memory.rss")) return;
  const memory: number[] = [];
  const total = await sample("nationwide.total", tiny ? 1 : 3, async () => {
    const copy = copyFolder(folder);
    const rig = await startRig(copy, 2, { receiptDelayMs: 1_000 });
    try {
      const sentAtMs = nowMs();
      const { id } = await nationwide(rig.engine);
      const totalMs = await lastAckMs(rig.engine, id, sentAtMs);
      await settled(rig.engine, id);
      memory.push(rig.engine.rssMb());
      return totalMs;
    } finally {
      await rig.close();
      dropFolder(copy);
    }
  });
  if (wants("nationwide.total")) report(line("nationwide.total", "ms", total));
  if (wants("memory.rss")) {
    report(line("memory.rss", "MB", await sample("memory.rss", memory.length, async (run) => memory[run]!)));
  }
}

/** A service that has nothing to dispatch to; it is ready without a carrier being bound. */
async function ready(folder: string): Promise<number> {
  const access = { systemId: "none", password: "none", sender: "Burgernet" };
  // Port 9 is discard: nobody answers there on loopback.
  const engine = await EngineProcess.start({
    dataFolder: folder,
    carriers: [{ name: "none", host: "127.0.0.1", port: 9, ...access }],
  });
  await engine.stop();
  return engine.readyMs;
}
