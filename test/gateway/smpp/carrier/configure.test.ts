/** Settings that change while a carrier's thread runs: what the change is not about stays, the rest is made anew in turn. */
import type { PDU } from "smpp";
import { describe, expect, test } from "vitest";
import type { CarrierConfiguration } from "../../../../schemas/carrier.js";
import { type Rig, Smsc } from "../harness.js";
import { endAfterEach, rigFor, type Settings } from "../peer.js";

endAfterEach();

const LAST_SLOT = 255;

let count = 0;
const accept = () => ({ message_id: `m${count++}` });

/** Sends the thread its settings with some of them changed. */
function change(rig: Rig, settings: Settings): void {
  rig.configuration = { ...rig.configuration, ...settings };
  rig.carrier.configure(rig.configuration);
}

/** Waits until the thread goes by them: it takes messages in order, and gives back what has expired at once. */
async function changed(rig: Rig, settings: Settings): Promise<void> {
  change(rig, settings);
  const before = rig.of("released").length;
  rig.open(LAST_SLOT, 0, "expired", 1);
  rig.grant(LAST_SLOT, 0, 1);
  await rig.until("the word that it has", () => rig.of("released").length > before);
}

/** How many connections of the server are bound, and the fewest that were after one of them ended. */
class Census {
  bound = 0;
  fewest = Number.POSITIVE_INFINITY;
  readonly kinds = new Map<string, number>();

  count(pdu: PDU, socket: { once(event: "close", listener: () => void): unknown }): void {
    this.bound++;
    this.kinds.set(pdu.command, (this.kinds.get(pdu.command) ?? 0) + 1);
    let ended = false;
    socket.once("close", () => {
      if (ended) return;
      ended = true;
      this.bound--;
      this.kinds.set(pdu.command, this.kinds.get(pdu.command)! - 1);
      this.fewest = Math.min(this.fewest, this.bound);
    });
  }

  of(kind: string): number {
    return this.kinds.get(kind) ?? 0;
  }
}

/** Refuses binds with `status`, or takes them a while later. */
async function counted(answer: Parameters<typeof Smsc.start>[0] = accept, status: (pdu: PDU) => number = () => 0) {
  const census = new Census();
  const smsc = await Smsc.start(answer, (pdu, session) => {
    const refused = status(pdu);
    if (refused !== 0) return refused;
    setTimeout(() => {
      census.count(pdu, session.socket);
      session.send(pdu.response());
    }, 30);
    return null;
  });
  return { smsc, census };
}

/** Keeps a wave going: grants one position after the other until `enough`, and returns how many. */
async function sendUntil(rig: Rig, slot: number, enough: () => boolean): Promise<number> {
  let position = 0;
  while (!enough()) {
    expect(position).toBeLessThan(10_000);
    rig.grant(slot, position++, 1);
    await rig.until("its outcome", () => rig.of("outcome").filter(({ one }) => one === slot).length === position);
  }
  return position;
}

describe("settings that no bind is made with", () => {
  test("apply at once and drop nothing: share, rate, routes, costs, timeouts, sender", async () => {
    const { smsc, census } = await counted();
    const rig = rigFor(smsc, { binds: 2, ratePerSecond: 0.001 });
    await rig.until("two binds", () => rig.gauge("bound") === 2);
    rig.open(0, 1);
    rig.grant(0, 0, 100);
    await rig.until("what the rate allows at once", () => rig.of("outcome").length === 2);
    change(rig, {
      ratePerSecond: 1_000_000,
      share: 3,
      routes: ["31"],
      costPerSegment: 0.05,
      messageIds: "same",
      enquireLinkMs: 2_000,
      sender: "Politie",
    });
    expect(rig.carrier.adviseText("Tot €5").encoding).toBe("gsm0338");
    change(rig, { alphabet: "latin1" });
    expect(rig.carrier.adviseText("Tot €5").encoding, "a text that it has advised before").toBe("ucs2");
    change(rig, { alphabet: "gsm0338" });
    const { share, ratePerSecond, routes, costPerSegment, messageIds, name } = rig.carrier;
    expect([share, ratePerSecond, routes, costPerSegment, messageIds, name]).toEqual([
      3,
      1_000_000,
      ["31"],
      0.05,
      "same",
      "test",
    ]);
    await rig.until("all outcomes", () => rig.of("outcome").length === 100);
    rig.open(1, 1);
    rig.grant(1, 0, 5);
    await rig.until("the next wave", () => rig.of("outcome").length === 105);
    const senders = smsc.submits.map((pdu) => pdu.source_addr);
    expect(new Set(senders.slice(0, 100))).toEqual(new Set(["Burgernet"]));
    expect(new Set(senders.slice(100))).toEqual(new Set(["Politie"]));
    expect([rig.gauge("disconnects"), smsc.binds.length, census.fewest]).toEqual([0, 2, Number.POSITIVE_INFINITY]);
  });

  test("the same settings again change nothing", async () => {
    const { smsc } = await counted();
    const rig = rigFor(smsc, { binds: 2 });
    await rig.until("two binds", () => rig.gauge("bound") === 2);
    change(rig, structuredClone(rig.configuration));
    rig.open(0, 1);
    rig.grant(0, 0, 10);
    await rig.until("ten outcomes", () => rig.of("outcome").length === 10);
    expect([smsc.binds.length, rig.gauge("bound")]).toEqual([2, 2]);
  });
});

describe("another number of binds", () => {
  test("adds what is missing, and takes away what is too many once it has its answers", async () => {
    const held: (() => void)[] = [];
    const { smsc, census } = await counted((pdu, session) => {
      held.push(() => session.send(pdu.response(accept())));
      return null;
    });
    const rig = rigFor(smsc, { binds: 1, window: 4 });
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    change(rig, { binds: 3 });
    await rig.until("three binds", () => rig.gauge("bound") === 3);
    expect(rig.carrier.binds).toBe(3);
    rig.open(0, 1);
    rig.grant(0, 0, 40);
    await rig.until("full windows", () => held.length === 12);
    await changed(rig, { binds: 1 });
    const free = setInterval(() => held.splice(0).map((answer) => answer()), 5);
    await rig.until("all outcomes", () => rig.of("outcome").length === 40);
    clearInterval(free);
    await rig.until("one bind", () => rig.gauge("bound") === 1 && census.bound === 1);
    expect([rig.of("unknown").length, rig.gauge("disconnects"), smsc.binds.length]).toEqual([0, 0, 3]);
    expect(new Set(smsc.over.slice(12))).toEqual(new Set([0]));
    expect([rig.carrier.lastProblem(), rig.gauge("window")]).toEqual([null, 4]);
  });

  test("back before it was gone: it stays, or comes again", async () => {
    const { smsc } = await counted(() => null);
    const rig = rigFor(smsc, { binds: 2, window: 2 });
    await rig.until("two binds", () => rig.gauge("bound") === 2);
    rig.open(0, 1);
    rig.grant(0, 0, 4);
    await rig.until("four in flight", () => smsc.submits.length === 4);
    change(rig, { binds: 1 });
    change(rig, { binds: 2 });
    smsc.submits.forEach((pdu, at) => {
      smsc.sessions[smsc.over[at]!]!.send(pdu.response({ message_id: "late" }));
    });
    await rig.until("their answers", () => rig.of("outcome").length === 4);
    await rig.until("two binds", () => rig.gauge("bound") === 2);
    change(rig, { binds: 1 });
    await rig.until("one", () => rig.gauge("bound") === 1);
    change(rig, { binds: 2 });
    await rig.until("two again", () => rig.gauge("bound") === 2);
    expect([smsc.binds.length, rig.gauge("disconnects")]).toEqual([3, 0]);
  });

  test("a problem of a bind that is no longer wanted is forgotten", async () => {
    const { smsc } = await counted(accept, () => (smsc.binds.length > 1 ? 0x05 : 0));
    const rig = rigFor(smsc, { binds: 1 });
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    change(rig, { binds: 2 });
    await rig.until("a problem", () => rig.carrier.lastProblem() !== null);
    change(rig, { binds: 1 });
    await rig.until("none", () => rig.carrier.lastProblem() === null);
    expect(rig.gauge("bound")).toBe(1);
  });
});

describe("settings that binds are made with", () => {
  test("each bind is drained, unbound and made anew, one at a time, while the others send", async () => {
    const { smsc, census } = await counted();
    const rig = rigFor(smsc, { binds: 3 });
    await rig.until("three binds", () => rig.gauge("bound") === 3);
    rig.open(0, 1);
    change(rig, { password: "other", window: 32 });
    await sendUntil(rig, 0, () => smsc.binds.length === 6 && rig.gauge("bound") === 3);
    expect(smsc.binds.map((pdu) => pdu.password)).toEqual([...Array(3).fill("secret"), ...Array(3).fill("other")]);
    expect(census.fewest).toBe(2);
    expect([rig.gauge("window"), rig.gauge("disconnects"), rig.of("unknown").length]).toEqual([96, 0, 0]);
    expect(rig.carrier.lastProblem()).toBeNull();
  });

  test("to another port: what is in flight gets its answers there, what is queued goes here", async () => {
    const held: (() => void)[] = [];
    const old = await Smsc.start((pdu, session) => {
      held.push(() => session.send(pdu.response(accept())));
      return null;
    });
    const { smsc } = await counted();
    const rig = rigFor(
      { port: old.port, stop: async () => void (await Promise.all([old.stop(), smsc.stop()])) },
      { window: 5 },
    );
    rig.open(0, 1);
    rig.grant(0, 0, 20);
    await rig.until("a full window", () => held.length === 5);
    await changed(rig, { port: smsc.port });
    for (const answer of held) answer();
    await rig.until("20 outcomes", () => rig.of("outcome").length === 20);
    expect([old.submits.length, smsc.submits.length, rig.of("unknown").length]).toEqual([5, 15, 0]);
  });

  test("from transceivers to transmitters and receivers, and back", async () => {
    const { smsc, census } = await counted();
    const rig = rigFor(smsc, { binds: 2 });
    await rig.until("two binds", () => rig.gauge("bound") === 2);
    change(rig, { bind: "separate", receivers: 2 });
    await rig.until("four", () => rig.gauge("bound") === 2 && rig.gauge("receiving") === 2 && census.bound === 4);
    expect([census.of("bind_transmitter"), census.of("bind_receiver")]).toEqual([2, 2]);
    change(rig, { bind: "transceiver", receivers: 0 });
    await rig.until("two", () => rig.gauge("bound") === 2 && rig.gauge("receiving") === 2 && census.bound === 2);
    expect(census.of("bind_transceiver")).toBe(2);
    expect([rig.gauge("disconnects"), rig.carrier.lastProblem()]).toEqual([0, null]);
    expect(census.fewest).toBeGreaterThan(0);
  });

  test("that are wrong: the last bind with the old ones goes on sending, and put right they all bind", async () => {
    const { smsc, census } = await counted(accept, (pdu) => (pdu.password === "wrong" ? 0x0e : 0));
    const rig = rigFor(smsc, { binds: 2 });
    await rig.until("two binds", () => rig.gauge("bound") === 2);
    change(rig, { password: "wrong" });
    await rig.until("the refusal", () => rig.carrier.lastProblem()?.code === "CARRIER_REFUSED_BIND");
    rig.open(0, 1);
    rig.grant(0, 0, 100);
    await rig.until("100 outcomes", () => rig.of("outcome").length === 100);
    expect(rig.carrier.lastProblem()!.detail).toContain("1 of 2 binds down; bind 1: the password is wrong");
    await rig.until("the end of the refused one's old connection", () => census.bound === 1);
    change(rig, { password: "right" });
    await rig.until("both", () => rig.gauge("bound") === 2 && smsc.binds.at(-1)!.password === "right");
    expect(census.fewest).toBe(1);
  });

  test("again and again, with a bind that is just connecting: the last ones count", async () => {
    const { smsc } = await counted();
    const rig = rigFor(smsc, { binds: 2 });
    for (let round = 0; round < 20; round++) change(rig, { systemType: `t${round}` });
    await rig.until("the last", () => {
      return rig.gauge("bound") === 2 && smsc.binds.slice(-2).every((pdu) => pdu.system_type === "t19");
    });
    rig.open(0, 1);
    rig.grant(0, 0, 10);
    await rig.until("ten outcomes", () => rig.of("outcome").length === 10);
    expect(rig.fatal).toEqual([]);
  });

  test("a close in the middle of it ends", async () => {
    const { smsc } = await counted();
    const rig = rigFor(smsc, { binds: 3 });
    await rig.until("three binds", () => rig.gauge("bound") === 3);
    change(rig, { systemType: "x", binds: 2 });
    await rig.until("the first", () => smsc.binds.length > 3);
  });
});

test("a carrier keeps its name", async () => {
  const { smsc } = await counted();
  const rig = rigFor(smsc);
  expect(() => change(rig, { name: "other" } satisfies Partial<CarrierConfiguration>)).toThrow("keeps its name");
});
