/** `seinpost watch` against a real server: the picture, the lines of a log, and what happens when the service goes. */
import { afterEach, expect, it } from "vitest";
import { watch, watchCommand } from "../../../gateway/commands/watch.js";
import { WatchView } from "../../../gateway/commands/watch-view.js";
import { MonitorFeed } from "../../../gateway/monitor/feed.js";
import type { ActionState } from "../../../gateway/monitor/source.js";
import { MONITOR } from "../../../schemas/limits.js";
import type { MonitorAction, MonitorMessage } from "../../../schemas/monitor.js";
import { CARRIER, NO_COUNTS, type Rig, startRig } from "../http/support.js";

const RUNNING: ActionState = {
  id: "0192f0c1-7d1e-7a44-8a9f-3f1f6a3f7b11",
  kind: "missingPerson",
  status: "sending",
  reason: null,
  wave: "first",
  recipients: 1_600_000,
  replies: 0,
  counts: { ...NO_COUNTS, pending: 1_200_000, acknowledged: 390_000, delivered: 10_000 },
};

class Paper {
  text = "";
  constructor(readonly isTTY: boolean) {}
  write(text: string): void {
    this.text += text;
  }
}

let rig: Rig;
afterEach(() => rig.close());

async function startFeed(intervalMs: number): Promise<Rig> {
  let step = 0;
  const snapshot = () => ({
    actions: [{ ...RUNNING, counts: { ...RUNNING.counts, acknowledged: 390_000 + step++ } }],
    carriers: [{ ...CARRIER, name: "alpha\x1b[2J" }],
  });
  rig = await startRig(new MonitorFeed({ snapshot }, { ...MONITOR, intervalMs }));
  return rig;
}

it("prints once what there is, and nothing that moves the cursor", async () => {
  const { port, key } = await startFeed(3_600_000);
  const paper = new Paper(true);
  const url = `ws://127.0.0.1:${port}/v1/monitor`;
  expect(await watch({ url, key, once: true }, paper, new AbortController().signal)).toBe(0);
  const lines = paper.text.split("\n").map((line) => line.replaceAll(/ {2,}/g, "  "));
  expect(lines).toContain(
    "0192f0c1  sending  first  ██████░░░░░░░░░░░░░░░░░░  25 %  400,000 / 1,600,000  –  –  pending 1,200,000, acknowledged 390,000, delivered 10,000",
  );
  expect(lines.some((line) => line.startsWith("alpha·[2J  1/2  –  –  –  1.5 ms  –  17/1,024  3  2  1"))).toBe(true);
  expect(paper.text).not.toContain("\x1b");
});

it("draws over its own picture on a terminal, and writes lines into a file", async () => {
  const { port, key } = await startFeed(5);
  for (const paper of [new Paper(true), new Paper(false)]) {
    const interrupt = new AbortController();
    const url = `ws://127.0.0.1:${port}/v1/monitor`;
    const ended = watch({ url, key, once: false }, paper, interrupt.signal);
    const wanted = paper.isTTY ? "\x1b[5A\x1b[J" : "Z 0192f0c1 sending 25 % ";
    await expect.poll(() => paper.text, { timeout: 20_000 }).toContain(wanted);
    interrupt.abort();
    expect(await ended).toBe(0);
  }
});

it("says that it can't get in, and comes back when the service does", async () => {
  const { port, key } = await startFeed(5);
  const paper = new Paper(false);
  const url = `ws://127.0.0.1:${port}/v1/monitor`;
  expect(await watch({ url, key: "spk_wrong", once: true }, paper, new AbortController().signal)).toBe(1);
  expect(paper.text).toContain("Can't connect to");
  const interrupt = new AbortController();
  const ended = watch({ url, key, once: false }, paper, interrupt.signal);
  await expect.poll(() => paper.text, { timeout: 20_000 }).toContain("alpha");
  rig.monitor.close(); // Drops every subscriber; the service goes on.
  await expect.poll(() => paper.text, { timeout: 20_000 }).toMatch(/The connection broke; connecting again\n.*alpha/);
  interrupt.abort();
  await ended;
});

it("says why an action has failed, in the picture and in a line", async () => {
  rig = await startRig();
  const reason = { code: "WORKER_DIED", detail: "a worker died in each of 4 attempts" };
  const failed: MonitorAction = { ...RUNNING, status: "failed", reason, answeredPerSecond: null, secondsLeft: null };
  const view = new WatchView();
  view.apply({ type: "snapshot", sequence: 1, at: "", actions: [failed], carriers: [], gone: [] });
  expect(view.lines()[1]).toMatch(/failed .* WORKER_DIED: a worker died in each of 4 attempts$/);
  expect(view.line()).toMatch(/failed .* WORKER_DIED: a worker died in each of 4 attempts$/);
});

it("notices that a message is missing", async () => {
  rig = await startRig();
  const message: MonitorMessage = { type: "changes", sequence: 5, at: "", actions: [], carriers: [], gone: [] };
  const view = new WatchView();
  expect(view.apply(message)).toBe(false);
  expect(view.apply({ ...message, type: "snapshot" })).toBe(true);
  expect(view.apply({ ...message, sequence: 6 })).toBe(true);
  expect(view.apply({ ...message, sequence: 8 })).toBe(false);
  expect(view.lines()[0]).toBe("No action is running.");
});

it("is a command that takes its key from the environment", async () => {
  rig = await startRig();
  const help = watchCommand().helpInformation().replaceAll(/\s+/g, " ");
  expect(help).toContain("SEINPOST_API_KEY");
  expect(help).toContain("ws://127.0.0.1:8080/v1/monitor");
});
