/** `seinpost watch` against a real server: the picture, the lines of a log, and what happens when the service goes. */
import { afterEach, expect, it } from "vitest";
import { feedUrl, watch, watchCommand } from "../../../../gateway/commands/watch/watch.js";
import { WatchView } from "../../../../gateway/commands/watch/watch-view.js";
import { MonitorFeed } from "../../../../gateway/monitor/feed.js";
import type { ActionState } from "../../../../gateway/monitor/source.js";
import { MONITOR } from "../../../../schemas/limits.js";
import type { MonitorAction, MonitorMessage } from "../../../../schemas/monitor.js";
import { CARRIER, NO_COUNTS, type Rig, startRig } from "../../http/support.js";

const RUNNING: ActionState = {
  id: "0192f0c1-7d1e-7a44-8a9f-3f1f6a3f7b11",
  mode: "actual",
  kind: "missingPerson",
  text: "Burgernet: jongen van 5 vermist bij het station. Gezien? Bel 0800-0011, of antwoord op dit bericht",
  startedAt: "2026-11-29T12:10:05.000Z",
  expectedAt: "2026-11-29T12:10:08.000Z",
  lateMs: null,
  nextAt: null,
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

const clock = (iso: string): string => new Date(iso).toLocaleTimeString("en-GB");

let rig: Rig;
afterEach(() => rig.close());

async function startFeed(intervalMs: number): Promise<Rig> {
  let step = 0;
  const snapshot = () => ({
    actions: [{ ...RUNNING, counts: { ...RUNNING.counts, acknowledged: 390_000 + step++ } }],
    carriers: [{ ...CARRIER, name: "alpha\x1b[2J" }],
    alarms: [],
  });
  rig = await startRig(new MonitorFeed({ snapshot }, { ...MONITOR, intervalMs }));
  return rig;
}

it("prints once what there is, and nothing that moves the cursor", async () => {
  const { port, key } = await startFeed(3_600_000);
  const paper = new Paper(true);
  const url = `ws://127.0.0.1:${port}/v1/monitor`;
  expect(await watch({ url, key, once: true }, paper, new AbortController().signal)).toBe(0);
  const at = clock(RUNNING.startedAt!);
  expect(paper.text.split("\n").slice(0, 6)).toEqual([
    `0192f0c1  2026-11-29 ${at}  missingPerson  sending  █████░░░░░░░░░░░░░░░ 25 %`,
    `  reached 400,000 of 1,600,000  –/s  left –  expected 2026-11-29 ${clock(RUNNING.expectedAt!)}`,
    "  pending 1,200,000  acknowledged 390,000  delivered 10,000",
    "  Burgernet: jongen van 5 vermist bij het station. Gezien? Bel 0800-0011, of an…",
    "",
    "alpha·[2J  binds 1/2  submitted –/s  acknowledged –/s  receipts –/s  p50 1.5 ms",
  ]);
  expect(paper.text).toContain("window 17/1,024  queued 3  refused 2  throttled 1");
  expect(paper.text).not.toContain("\x1b");
});

it("tells when a wave was to be done, how wrong that was, and when the action goes on by itself", () => {
  const seen = { ...RUNNING, answeredPerSecond: null, secondsLeft: null };
  const lineOf = (changed: Partial<MonitorAction>): string => {
    const view = new WatchView();
    const message = { type: "snapshot" as const, sequence: 1, at: "", carriers: [], gone: [], alarms: [] };
    view.apply({ ...message, actions: [{ ...seen, ...changed }] });
    return view.line();
  };
  expect(lineOf({})).toContain(`left – expected 2026-11-29 ${clock(seen.expectedAt!)}`);
  expect(lineOf({ lateMs: 1_440 })).toMatch(/left – 1\.4 s later than expected$/);
  expect(lineOf({ lateMs: -250 })).toMatch(/0\.3 s earlier than expected$/);
  const nextAt = "2026-11-29T12:15:00.000Z";
  expect(lineOf({ expectedAt: null, nextAt })).toMatch(new RegExp(`left – goes on 2026-11-29 ${clock(nextAt)}$`));
});

it("draws over its own picture on a terminal, and writes lines into a file", async () => {
  const { port, key } = await startFeed(5);
  for (const paper of [new Paper(true), new Paper(false)]) {
    const interrupt = new AbortController();
    const url = `ws://127.0.0.1:${port}/v1/monitor`;
    const ended = watch({ url, key, once: false }, paper, interrupt.signal);
    const wanted = paper.isTTY ? "\x1b[9A\x1b[J" : "Z 0192f0c1 sending missingPerson 25 % reached 4";
    await expect.poll(() => paper.text, { timeout: 20_000 }).toContain(wanted);
    interrupt.abort();
    expect(await ended).toBe(0);
  }
});

it("says that it can't get in, and comes back when the service does", async () => {
  const { port, key } = await startFeed(5);
  const paper = new Paper(false);
  const url = `ws://127.0.0.1:${port}/v1/monitor`;
  expect(await watch({ url, key: "spk_wrong", once: true }, paper, new AbortController().signal)).toBe(2);
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
  view.apply({ type: "snapshot", sequence: 1, at: "", actions: [failed], carriers: [], gone: [], alarms: [] });
  expect(view.lines(80)).toContain("  WORKER_DIED: a worker died in each of 4 attempts");
  expect(view.line()).toMatch(/failed .* WORKER_DIED: a worker died in each of 4 attempts$/);
});

it("shows an alarm before all else, for as long as it is so", async () => {
  rig = await startRig();
  const view = new WatchView();
  const alarms = [{ code: "CODES_UNUSED", detail: "of the codes to new numbers of DE" }];
  view.apply({ ...NOTHING, alarms });
  expect(view.lines(80)[0]).toBe("! CODES_UNUSED: of the codes to new numbers of DE");
  expect(view.line()).toMatch(/^! CODES_UNUSED: .* \| no action/);
  view.apply({ ...NOTHING, type: "changes", sequence: 2 });
  expect(view.lines(80)[0]).toBe("No action is running.");
});

const NOTHING: MonitorMessage = {
  type: "snapshot",
  sequence: 1,
  at: "",
  actions: [],
  carriers: [],
  gone: [],
  alarms: [],
};

it("notices that a message is missing", async () => {
  rig = await startRig();
  const message: MonitorMessage = { ...NOTHING, type: "changes", sequence: 5 };
  const view = new WatchView();
  expect(view.apply(message)).toBe(false);
  expect(view.apply({ ...message, type: "snapshot" })).toBe(true);
  expect(view.apply({ ...message, sequence: 6 })).toBe(true);
  expect(view.apply({ ...message, sequence: 8 })).toBe(false);
  expect(view.lines(80)[0]).toBe("No action is running.");
});

it("is a command that takes its key from the environment", async () => {
  rig = await startRig();
  const help = watchCommand().helpInformation().replaceAll(/\s+/g, " ");
  expect(help).toContain("SEINPOST_API_KEY");
  expect(help).toContain("SEINPOST_PORT");
});

it.each([
  ["127.0.0.1", 8080, "ws://127.0.0.1:8080/v1/monitor"],
  ["0.0.0.0", 9000, "ws://127.0.0.1:9000/v1/monitor"],
  ["::", 80, "ws://[::1]:80/v1/monitor"],
  ["seinpost.example", 1, "ws://seinpost.example:1/v1/monitor"],
])("follows a service that listens on %s port %i", async (host, port, url) => {
  rig = await startRig();
  expect(feedUrl({ host, port })).toBe(url);
});
