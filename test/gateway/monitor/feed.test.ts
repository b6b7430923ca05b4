/** The live feed over real WebSockets: who gets in, what they get, and that one who doesn't read costs nobody anything. */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { WebSocket } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import type { LiveClient } from "../../../gateway/http/live.js";
import { decodeMessage } from "../../../gateway/monitor/binary.js";
import { MonitorFeed } from "../../../gateway/monitor/feed.js";
import type { ActionState } from "../../../gateway/monitor/source.js";
import type { FeedLimits } from "../../../gateway/monitor/subscribers.js";
import type { Carrier } from "../../../schemas/api/operations.js";
import { MONITOR } from "../../../schemas/limits.js";
import {
  MONITOR_KEY_PROTOCOL,
  MONITOR_PROTOCOLS,
  type MonitorAlarm,
  MonitorMessage,
} from "../../../schemas/monitor.js";
import { CARRIER, NO_COUNTS, type Rig, startRig } from "../http/support.js";

const [JSON_PROTOCOL, BINARY_PROTOCOL] = MONITOR_PROTOCOLS;

/** An engine that a test moves by hand. The timer is as good as off: ticks come from the test. */
class Bench {
  actions: ActionState[] = [];
  carriers: Carrier[] = [CARRIER];
  alarms: MonitorAlarm[] = [];
  snapshots = 0;
  nowMs = 1_000_000;
  readonly feed: MonitorFeed;
  rig!: Rig;
  readonly sockets: { close(): void }[] = [];
  /** The server's side of each connection. */
  readonly clients: LiveClient[] = [];

  constructor(limits: Partial<FeedLimits> = {}) {
    const all = { ...MONITOR, intervalMs: 3_600_000, ...limits };
    const source = {
      snapshot: () => {
        this.snapshots++;
        return structuredClone({ actions: this.actions, carriers: this.carriers, alarms: this.alarms });
      },
    };
    this.feed = new MonitorFeed(source, all, () => this.nowMs);
    const join = this.feed.join.bind(this.feed);
    this.feed.join = (client, protocol, who) => {
      this.clients.push(client);
      join(client, protocol, who);
    };
  }

  async start(): Promise<this> {
    this.rig = await startRig(this.feed);
    return this;
  }

  tick(): void {
    this.nowMs += MONITOR.intervalMs;
    this.feed.tick();
  }

  async watch(protocols: string[] = [], headers?: Record<string, string>): Promise<Watcher> {
    const watcher = new Watcher(this.rig, protocols, headers);
    this.sockets.push(watcher);
    await watcher.opened;
    return watcher;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.close();
    await this.rig.close();
  }
}

class Watcher {
  readonly ws: WebSocket;
  readonly received: MonitorMessage[] = [];
  readonly opened: Promise<void>;
  readonly ended: Promise<number>;
  #wake: () => void = () => {};

  constructor(
    rig: Rig,
    protocols: string[],
    headers = { authorization: `Bearer ${rig.freshKey()}` } as Record<string, string>,
  ) {
    this.ws = new WebSocket(`ws://127.0.0.1:${rig.port}/v1/monitor`, { protocols, headers });
    this.ws.binaryType = "arraybuffer";
    this.opened = new Promise((resolve, reject) => {
      this.ws.onopen = () => resolve();
      this.ws.onerror = () => reject(new Error("refused"));
    });
    this.ended = new Promise((resolve) => {
      this.ws.onclose = (event) => resolve(event.code);
    });
    this.ws.onmessage = ({ data }) => {
      const message = typeof data === "string" ? JSON.parse(data) : decodeMessage(new Uint8Array(data));
      this.received.push(MonitorMessage.parse(message));
      this.#wake();
    };
  }

  /** The next message that was not asked for yet. */
  async next(): Promise<MonitorMessage> {
    while (this.received.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.received.shift()!;
  }

  close(): void {
    this.ws.close();
  }
}

function action(number: number, acknowledged = 0, recipients = 1_000): ActionState {
  const id = `0192f0c1-7d1e-7a44-8a9f-${String(number).padStart(12, "0")}`;
  const counts = { ...NO_COUNTS, pending: recipients - acknowledged, acknowledged };
  const said = { kind: "missingPerson", text: "Gezocht: rode jas", startedAt: "2026-11-30T12:10:05.000Z" } as const;
  const expected = { mode: "actual" as const, expectedAt: null, lateMs: null, nextAt: null };
  return { id, ...said, ...expected, status: "sending", reason: null, wave: "first", recipients, replies: 0, counts };
}

let bench: Bench;
afterEach(() => bench.stop());

describe("who gets in", () => {
  it("comes with a key in the header or in a subprotocol, and the key is not repeated", async () => {
    bench = await new Bench().start();
    const byHeader = await bench.watch();
    expect(byHeader.ws.protocol).toBe("");
    const keyProtocol = MONITOR_KEY_PROTOCOL + bench.rig.freshKey();
    const byProtocol = await bench.watch([keyProtocol, BINARY_PROTOCOL, JSON_PROTOCOL], {});
    expect(byProtocol.ws.protocol).toBe(BINARY_PROTOCOL);
  });

  it("is refused without a key, with a wrong one, and when it is full", async () => {
    bench = await new Bench({ clients: 1 }).start();
    await expect(bench.watch([], {})).rejects.toThrow("refused");
    await expect(bench.watch([`${MONITOR_KEY_PROTOCOL}spk_wrong`, JSON_PROTOCOL], {})).rejects.toThrow("refused");
    const first = await bench.watch();
    await expect(bench.watch()).rejects.toThrow("refused");
    first.close();
    await first.ended;
    await expect.poll(() => bench.feed.full("")).toBeUndefined();
    await bench.watch();
  });

  it("has a share of the places, and leaves the others to others", async () => {
    bench = await new Bench({ clients: 3, clientsOfKey: 2 }).start();
    const headers = { authorization: `Bearer ${bench.rig.freshKey()}` };
    await bench.watch([], headers);
    const second = await bench.watch([], headers);
    await expect(bench.watch([], headers)).rejects.toThrow("refused");
    await bench.watch();
    await expect(bench.watch()).rejects.toThrow("refused");
    second.close();
    await second.ended;
    await expect.poll(() => bench.feed.size).toBe(2);
    await bench.watch([], headers);
  });

  it("costs the engine nothing while nobody watches", async () => {
    bench = new Bench({ intervalMs: 1 });
    await bench.start();
    const watcher = await bench.watch();
    await watcher.next();
    await expect.poll(() => bench.snapshots).toBeGreaterThan(3);
    watcher.close();
    await watcher.ended;
    await expect.poll(() => bench.feed.size).toBe(0);
    const settled = bench.snapshots;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(bench.snapshots).toBe(settled);
  });
});

describe("what they get", () => {
  it("a snapshot, then only what changed, one sequence after the other", async () => {
    bench = await new Bench().start();
    bench.actions = [action(1), action(2)];
    const watcher = await bench.watch([JSON_PROTOCOL]);
    const snapshot = await watcher.next();
    expect(snapshot).toMatchObject({ type: "snapshot", gone: [] });
    expect(snapshot.actions.map(({ id }) => id)).toEqual([action(1).id, action(2).id]);
    expect(snapshot.actions[0]?.answeredPerSecond).toBeNull();
    bench.tick(); // The rates become known: everything changes once.
    const rates = await watcher.next();
    expect(rates).toMatchObject({ type: "changes", sequence: snapshot.sequence + 1 });
    bench.tick(); // Nothing changed, nothing is sent.
    bench.actions = [action(1, 50)];
    bench.tick();
    const changes = await watcher.next();
    expect(changes).toMatchObject({
      type: "changes",
      sequence: rates.sequence + 1,
      carriers: [],
      gone: [action(2).id],
    });
    expect(changes.actions).toHaveLength(1);
    expect(changes.actions[0]?.counts.acknowledged).toBe(50);
  });

  it("all alarms with every message, and a message when they are others", async () => {
    bench = await new Bench().start();
    const watcher = await bench.watch([JSON_PROTOCOL]);
    expect((await watcher.next()).alarms).toEqual([]);
    bench.tick();
    await watcher.next();
    const alarm = { code: "CODES_UNUSED", detail: "few were used" };
    bench.alarms = [alarm];
    bench.tick();
    expect(await watcher.next()).toMatchObject({ type: "changes", carriers: [], alarms: [alarm] });
    const later = await bench.watch([JSON_PROTOCOL]);
    bench.tick();
    expect((await later.next()).alarms).toEqual([alarm]);
    bench.alarms = [];
    bench.tick();
    expect((await watcher.next()).alarms).toEqual([]);
  });

  it("the same in both forms, fields of null and of zero included", async () => {
    bench = await new Bench().start();
    bench.actions = [{ ...action(1, 7, 4_000_000_000), status: "ending", wave: "ending", kind: "calamity" }];
    const quiet = { ...CARRIER, name: "stil ☎", lastError: null, latencyMs: { p50: 0, p99: 0 }, submitted: 2 ** 40 };
    bench.carriers = [CARRIER, quiet];
    const text = await bench.watch([JSON_PROTOCOL]);
    const binary = await bench.watch([BINARY_PROTOCOL]);
    await text.next();
    bench.tick();
    await text.next();
    const snapshot = await binary.next(); // Joined later: its snapshot comes with the tick.
    expect(snapshot.type).toBe("snapshot");
    bench.actions = [action(1, 900), action(3)];
    bench.tick();
    expect(await binary.next()).toEqual(await text.next());
    const late = await bench.watch([JSON_PROTOCOL]);
    bench.actions = [];
    bench.tick();
    expect(await binary.next()).toEqual(await text.next());
    expect((await late.next()).carriers).toEqual(snapshot.carriers);
  });

  it("rates that follow the counts, and the time that is left", async () => {
    bench = await new Bench().start();
    const watcher = await bench.watch();
    for (let step = 0; step <= 100; step++) {
      bench.actions = [action(1, step * 1_000, 1_000_000)];
      bench.carriers = [{ ...CARRIER, submitted: step * 1_000, acknowledged: step * 500 }];
      bench.tick();
    }
    let last = await watcher.next();
    while (last.actions[0]?.counts.acknowledged !== 100_000) last = await watcher.next();
    expect(last.actions[0]).toMatchObject({ answeredPerSecond: 10_000, secondsLeft: 90 });
    expect(last.carriers[0]).toMatchObject({ submittedPerSecond: 10_000, acknowledgedPerSecond: 5_000 });
    for (let step = 0; step < 100; step++) bench.tick();
    while (last.actions[0]?.answeredPerSecond !== 0) last = await watcher.next();
    expect(last.actions[0]).toMatchObject({ answeredPerSecond: 0, secondsLeft: null });
  });
});

/** Upgrades by hand on a plain socket and reads nothing at all, until a test lets it. */
async function deafClient({ rig, feed }: Bench): Promise<Socket> {
  const socket = connect({ port: rig.port, host: "127.0.0.1" });
  const head = ["GET /v1/monitor HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: websocket"];
  const key = `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`;
  const rest = [key, "Sec-WebSocket-Version: 13", `Authorization: Bearer ${rig.freshKey()}`, "", ""];
  const before = feed.size;
  socket.write([...head, ...rest].join("\r\n"));
  await expect.poll(() => feed.size, { timeout: 20_000 }).toBe(before + 1);
  socket.on("error", () => {});
  return socket;
}

describe("one who doesn't read", () => {
  /** 200 actions that all change: near 60 kB of JSON in every message. */
  function change(step: number): void {
    bench.actions = Array.from({ length: 200 }, (_, number) => action(number, step, 1_000_000));
    bench.tick();
  }

  it("slows nobody, holds little memory, and is dropped in the end", async () => {
    bench = await new Bench().start();
    const reader = await bench.watch([BINARY_PROTOCOL]);
    await reader.next();
    const deaf = await deafClient(bench);
    const ended = new Promise((resolve) => deaf.once("close", resolve));
    let last = 0;
    let dropped = 0;
    let waiting = 0;
    for (let step = 1; step <= 500; step++) {
      change(step);
      // The reader keeps up with every single message while the other one holds its own back.
      const message = await reader.next();
      expect(message.type).toBe("changes");
      expect(message.sequence).toBe(last === 0 ? message.sequence : last + 1);
      last = message.sequence;
      if (dropped === 0 && bench.feed.size === 1) dropped = step;
      if (dropped === 0) waiting = Math.max(waiting, bench.clients[1]!.bufferedBytes());
    }
    expect(dropped).toBeGreaterThan(MONITOR.unreadMs / MONITOR.intervalMs);
    expect(waiting).toBeGreaterThan(MONITOR.backlogBytes);
    expect(waiting).toBeLessThan(MONITOR.backlogBytes + 100_000);
    deaf.resume();
    await ended;
  });

  it("gets a fresh snapshot when it reads again", async () => {
    bench = await new Bench({ unreadMs: 3_600_000 * 24 }).start();
    const slow = await deafClient(bench);
    let waiting = 0;
    for (let step = 1; step <= 300; step++) {
      change(step);
      await new Promise((resolve) => setImmediate(resolve));
      waiting = Math.max(waiting, bench.clients[0]!.bufferedBytes());
    }
    // 300 messages are 19 MB; what waits on our side is the bound and the message that went over it.
    expect(waiting).toBeGreaterThan(MONITOR.backlogBytes);
    expect(waiting).toBeLessThan(MONITOR.backlogBytes + 100_000);
    const frames = new Frames(slow);
    slow.resume();
    // It first gets what was on its way, then, once all of that is read, a snapshot of the present.
    let snapshots = 0;
    let sequence = 0;
    await expect
      .poll(
        () => {
          bench.tick();
          for (const message of frames.take()) {
            if (message.type === "snapshot") snapshots++;
            else expect(message.sequence).toBe(sequence + 1);
            sequence = message.sequence;
          }
          return snapshots;
        },
        { timeout: 20_000, interval: 10 },
      )
      .toBe(2);
    slow.destroy();
  });
});

/** Takes text frames apart, behind the answer to the upgrade (RFC 6455, 5.2): a server's are not masked. */
class Frames {
  #bytes = Buffer.alloc(0);
  #upgraded = false;

  constructor(socket: Socket) {
    socket.on("data", (data) => {
      this.#bytes = Buffer.concat([this.#bytes, data]);
    });
  }

  take(): MonitorMessage[] {
    const messages: MonitorMessage[] = [];
    const headEnd = this.#bytes.indexOf("\r\n\r\n");
    if (!this.#upgraded && headEnd < 0) return messages;
    if (!this.#upgraded) this.#bytes = this.#bytes.subarray(headEnd + 4);
    this.#upgraded = true;
    for (;;) {
      const short = this.#bytes.length < 2 ? -1 : this.#bytes[1]! & 0x7f;
      const head = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (short < 0 || this.#bytes.length < head) return messages;
      const length =
        head === 2 ? short : head === 4 ? this.#bytes.readUInt16BE(2) : Number(this.#bytes.readBigUInt64BE(2));
      if (this.#bytes.length < head + length) return messages;
      const isText = (this.#bytes[0]! & 0x0f) === 1;
      if (isText) messages.push(JSON.parse(this.#bytes.subarray(head, head + length).toString()));
      this.#bytes = this.#bytes.subarray(head + length);
    }
  }
}
