/** A carrier's thread against a server made with the package `smpp`, over real sockets. */

import smpp, { type PDU } from "smpp";
import { afterEach, describe, expect, test } from "vitest";
import { NOT_SENT, NOT_SENT_REASON } from "../../../../schemas/link.js";
import { numberOf, Rig, Smsc } from "../harness.js";

const THROTTLED = 0x58;
const QUEUE_FULL = 0x14;

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

type Settings = ConstructorParameters<typeof Rig>[1];

async function start(
  answer: Parameters<typeof Smsc.start>[0],
  settings: Settings = {},
  bindStatus?: Parameters<typeof Smsc.start>[1],
): Promise<{ smsc: Smsc; rig: Rig }> {
  const smsc = await Smsc.start(answer, bindStatus);
  const rig = new Rig(smsc.port, settings);
  ends.push(async () => {
    await rig.carrier.close();
    expect(rig.fatal).toEqual([]);
    await smsc.stop();
  });
  return { smsc, rig };
}

let count = 0;
const accept = () => ({ message_id: `m${count++}` });

function positions(from: number, until: number): number[] {
  return Array.from({ length: until - from }, (_, at) => from + at);
}

describe("submit", () => {
  test("binds, sends what was granted in order, and reports each message_id as it came", async () => {
    const { smsc, rig } = await start((pdu) => ({ message_id: `id-${pdu.destination_addr}` }));
    rig.open(3, 1, "Jongen vermist, blauwe jas");
    rig.grant(3, 0, 256);
    rig.grant(3, 256, 44);
    await rig.until("300 outcomes", () => rig.of("outcome").length === 300);
    expect(smsc.destinations()).toEqual(positions(0, 300).map(numberOf));
    expect(smsc.submits[0]).toMatchObject({ source_addr: "Burgernet", source_addr_ton: 5, registered_delivery: 1 });
    expect(smsc.submits[0]!.short_message).toEqual({ message: "Jongen vermist, blauwe jas" });
    expect(smsc.binds[0]).toMatchObject({ system_id: "seinpost", password: "secret", interface_version: 0x34 });
    for (const event of rig.events) {
      expect(event).toMatchObject({ kind: "outcome", one: 3, three: 0, segment: 0, id: `id-${numberOf(event.two)}` });
    }
    expect(rig.gauge("queued") + rig.gauge("inFlight")).toBe(0);
    expect([rig.gauge("submitted"), rig.gauge("acknowledged"), rig.gauge("bound")]).toEqual([300, 300, 1]);
    expect(rig.carrier.gauges.subarray(32).reduce((sum, bucket) => sum + bucket, 0)).toBe(300);
    expect(rig.carrier.lastProblem()).toBeNull();
  });

  test("a message of three parts goes over one bind, in one piece, with an outcome for each part", async () => {
    const { smsc, rig } = await start(accept, { binds: 2, window: 10 });
    await rig.until("two binds", () => rig.gauge("bound") === 2);
    rig.open(0, 1, "ë".repeat(150));
    rig.grant(0, 0, 100);
    await rig.until("300 outcomes", () => rig.of("outcome").length === 300);
    const seen = new Set(rig.events.map((event) => `${event.two}/${event.segment}`));
    expect(seen.size).toBe(300);
    const streams: string[][] = [[], []];
    smsc.destinations().forEach((to, at) => {
      streams[smsc.over[at]!]!.push(to);
    });
    for (const stream of streams) {
      expect(stream.length).toBeGreaterThan(0);
      for (let at = 0; at < stream.length; at += 3) expect(new Set(stream.slice(at, at + 3)).size).toBe(1);
    }
    for (const pdu of smsc.submits) expect(pdu.data_coding).toBe(8);
  });

  test("parts of a message larger than the window still go, over one bind", async () => {
    const { smsc, rig } = await start(accept, { window: 2 });
    rig.open(0, 1, "ë".repeat(150));
    rig.grant(0, 0, 10);
    await rig.until("30 outcomes", () => rig.of("outcome").length === 30);
    expect(smsc.destinations()).toEqual(
      positions(0, 10)
        .flatMap((at) => [at, at, at])
        .map(numberOf),
    );
  });

  test("other refusals are outcomes with their status, and a recipient without a number is refused here", async () => {
    const { smsc, rig } = await start((pdu) =>
      String(pdu.destination_addr).endsWith("3") ? { command_status: 11 } : accept(),
    );
    rig.numbers[5] = 0;
    rig.open(0, 1);
    rig.grant(0, 0, 10);
    await rig.until("ten outcomes", () => rig.of("outcome").length === 10);
    const statuses = rig.events.sort((a, b) => a.two - b.two).map((event) => event.three);
    expect(statuses).toEqual([0, 0, 0, 11, 0, NOT_SENT + NOT_SENT_REASON.noNumber, 0, 0, 0, 0]);
    expect(smsc.submits.length).toBe(9);
  });

  test("an urgent wave goes before what is queued of another, nearest first in each", async () => {
    const held: (() => void)[] = [];
    const { smsc, rig } = await start(
      (pdu, session) => {
        held.push(() => session.send(pdu.response(accept())));
        return null;
      },
      { window: 10 },
    );
    rig.open(0, 5);
    rig.grant(0, 100, 50);
    await rig.until("a full window", () => held.length === 10);
    rig.open(1, 1);
    rig.grant(1, 0, 20);
    rig.grant(0, 50, 10);
    await rig.until("the queue", () => rig.gauge("queued") === 70);
    const free = setInterval(() => held.splice(0).map((answer) => answer()), 5);
    await rig.until("80 outcomes", () => rig.of("outcome").length === 80);
    clearInterval(free);
    const expected = [...positions(100, 110), ...positions(0, 20), ...positions(50, 60), ...positions(110, 150)];
    expect(smsc.destinations()).toEqual(expected.map(numberOf));
  });

  test("the bind with most room is the next one", async () => {
    const { smsc, rig } = await start(() => null, { binds: 2, responseTimeoutMs: 500 });
    await rig.until("two binds", () => rig.gauge("bound") === 2);
    rig.open(0, 1);
    for (let position = 0; position < 10; position++) {
      rig.grant(0, position, 1);
      await rig.until("one more", () => smsc.submits.length === position + 1);
    }
    expect(smsc.over.filter((connection) => connection === 0).length).toBe(5);
  });

  test("a slot that is used again sends the new wave's text to the new wave's recipients", async () => {
    const { smsc, rig } = await start(accept);
    for (let round = 0; round < 50; round++) {
      rig.open(7, 1, `text ${round}`);
      rig.grant(7, round * 10, 10);
      await rig.until("ten outcomes", () => rig.of("outcome").length === (round + 1) * 10);
      rig.carrier.forgetWave(7);
    }
    smsc.submits.forEach((pdu, at) => {
      expect(pdu.short_message).toEqual({ message: `text ${Math.floor(at / 10)}` });
      expect(pdu.destination_addr).toBe(numberOf(at));
    });
  });

  test("the rate counts segments over all binds: what it allows at once goes, and no more", async () => {
    const { smsc, rig } = await start(accept, { binds: 2, ratePerSecond: 0.001 });
    await rig.until("two binds", () => rig.gauge("bound") === 2);
    rig.open(0, 1, "ë".repeat(100));
    rig.grant(0, 0, 100);
    await rig.until("two outcomes", () => rig.of("outcome").length === 2);
    rig.carrier.stopWave(0);
    await rig.until("the release of the rest", () => rig.of("released").length > 0);
    expect(rig.of("released")).toMatchObject([{ two: 1, three: 99 }]);
    expect(smsc.submits.length).toBe(2);
  });
});

describe("throttling", () => {
  test.each([THROTTLED, QUEUE_FULL])("status %d: no event, goes again in order, nobody twice", async (status) => {
    let taken = 0;
    const { smsc, rig } = await start(() => (taken++ % 60 < 55 ? accept() : { command_status: status }), {
      window: 20,
    });
    rig.open(0, 1);
    rig.grant(0, 0, 200);
    await rig.until("200 outcomes", () => rig.of("outcome").length === 200);
    expect(rig.events.every((event) => event.three === 0)).toBe(true);
    expect(rig.events.map((event) => event.two).sort((a, b) => a - b)).toEqual(positions(0, 200));
    // What went at one time lies within one window of the nearest that was still waiting.
    const waiting = new Set(positions(0, 200));
    let at = 0;
    for (const pdu of smsc.submits) {
      const position = positions(0, 200).find((place) => numberOf(place) === pdu.destination_addr)!;
      expect(position - Math.min(...waiting)).toBeLessThan(40);
      if (at++ % 60 < 55) waiting.delete(position);
    }
    expect(rig.gauge("throttled")).toBe(smsc.submits.length - 200);
  });

  test("throttled parts stay with their bind, and each part has one outcome", async () => {
    let taken = 0;
    const answer = () => (taken++ % 7 < 4 ? accept() : { command_status: THROTTLED });
    const { smsc, rig } = await start(answer, { binds: 2, window: 12 });
    await rig.until("two binds", () => rig.gauge("bound") === 2);
    rig.open(0, 1, "a".repeat(400));
    rig.grant(0, 0, 30);
    await rig.until("90 outcomes", () => rig.of("outcome").length === 90);
    expect(new Set(rig.events.map((event) => `${event.two}/${event.segment}`)).size).toBe(90);
    expect(rig.events.every((event) => event.three === 0)).toBe(true);
    const binds = new Map<string, Set<number>>();
    smsc.destinations().forEach((to, at) => {
      binds.set(to, (binds.get(to) ?? new Set()).add(smsc.over[at]!));
    });
    expect([...binds.values()].every((over) => over.size === 1)).toBe(true);
  });

  test("parts that wait for a bind that goes away go over another one", async () => {
    const { smsc, rig } = await start(
      (_pdu, session) => (smsc.sessions.indexOf(session) === 0 ? { command_status: THROTTLED } : accept()),
      { binds: 2, window: 12 },
      () => (smsc.binds.length > 2 ? 13 : 0),
    );
    await rig.until("two binds", () => rig.gauge("bound") === 2);
    rig.open(0, 1, "a".repeat(400));
    rig.grant(0, 0, 30);
    await rig.until("what the other bind takes", () => rig.of("outcome").length >= 60 && rig.gauge("inFlight") === 0);
    expect(rig.gauge("queued")).toBeGreaterThan(0);
    smsc.sessions[0]!.destroy();
    await rig.until("90 outcomes", () => rig.of("outcome").length + rig.of("unknown").length === 90);
    expect(new Set(rig.events.map((event) => `${event.two}/${event.segment}`)).size).toBe(90);
  });
});

describe("stop and expiry", () => {
  test("after stop, only what was in flight has gone out, and the rest is released", async () => {
    const { smsc, rig } = await start(() => null, { window: 32, responseTimeoutMs: 300 });
    rig.open(0, 1);
    rig.grant(0, 0, 256);
    await rig.until("a full window", () => smsc.submits.length === 32);
    rig.carrier.stopWave(0);
    await rig.until("all of them", () => rig.of("unknown").length === 32 && rig.gauge("queued") === 0);
    expect(rig.of("released")).toMatchObject([{ segment: 1, one: 0, two: 32, three: 224 }]);
    expect(rig.of("unknown").every((event) => event.three === 2)).toBe(true);
    expect(smsc.submits.length).toBe(32);
  });

  test("stopped in the middle: each recipient was sent to or released, none both, none neither", async () => {
    const { smsc, rig } = await start(accept, { window: 100, binds: 2 });
    rig.open(0, 1);
    for (let first = 0; first < 10_000; first += 250) rig.grant(0, first, 250);
    await rig.until("the middle", () => rig.of("outcome").length > 1_000);
    const submitted = rig.gauge("submitted");
    rig.carrier.stopWave(0);
    await rig.until("the end", () => rig.gauge("queued") === 0 && rig.gauge("inFlight") === 0);
    const released = rig.of("released").flatMap((event) => positions(event.two, event.two + event.three));
    const sent = rig.of("outcome").map((event) => event.two);
    expect([...released, ...sent].sort((a, b) => a - b)).toEqual(positions(0, 10_000));
    expect(smsc.submits.length).toBe(sent.length);
    expect(released.length).toBeGreaterThan(0);
    expect(Math.min(...released)).toBeGreaterThan(Math.max(...sent));
    expect(sent.length).toBeGreaterThanOrEqual(submitted);
  });

  test("what waits after throttling is released whole, and a lone part ends as throttled", async () => {
    let taken = 0;
    const { rig } = await start(() => (taken++ === 0 ? accept() : { command_status: THROTTLED }), { window: 3 });
    rig.open(0, 1, "a".repeat(400));
    rig.grant(0, 0, 2);
    await rig.until("throttled parts", () => rig.gauge("throttled") >= 2);
    rig.carrier.stopWave(0);
    await rig.until("the end", () => rig.of("released").length === 1 && rig.of("outcome").length === 3);
    expect(rig.of("released")).toMatchObject([{ two: 1, three: 1 }]);
    expect(rig.of("outcome").map((event) => event.three)).toEqual([0, THROTTLED, THROTTLED]);
  });

  test("nothing leaves after the expiry", async () => {
    const { smsc, rig } = await start(accept);
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    rig.open(0, 1, "te laat", Date.now() - 1);
    rig.grant(0, 0, 10);
    await rig.until("a release", () => rig.of("released").length === 1);
    expect(rig.events).toMatchObject([{ segment: 2, one: 0, two: 0, three: 10 }]);
    expect(smsc.submits.length).toBe(0);
  });

  test.each([
    ["throttled", THROTTLED],
    ["at a full queue", QUEUE_FULL],
  ])("what waits when it was %s is given back at the expiry, and nothing of it leaves any more", async (_, status) => {
    const { smsc, rig } = await start(({ short_message }) => {
      return (short_message as { message: string }).message === "op tijd" ? accept() : { command_status: status };
    });
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    const expiresAtMs = Date.now() + 500;
    rig.open(0, 1, "te laat", expiresAtMs);
    rig.grant(0, 0, 40);
    await rig.until("the end", () => rig.gauge("queued") === 0 && rig.gauge("inFlight") === 0 && rig.events.length > 0);
    const released = rig.of("released");
    expect(released.length).toBeGreaterThan(0);
    expect(released.every(({ segment }) => segment === 2)).toBe(true);
    const tried = smsc.submits.length;
    expect(tried).toBeGreaterThan(0);
    // The carrier is not to hold it for longer either: to the tenth of a second that the field has.
    for (const { validity_period } of smsc.submits) {
      expect((validity_period as Date).getTime()).toBe(Math.floor(expiresAtMs / 100) * 100);
    }
    rig.open(1, 1, "op tijd");
    rig.grant(1, 0, 10);
    await rig.until("what comes after it", () => rig.of("outcome").filter(({ one }) => one === 1).length === 10);
    expect(smsc.submits.length).toBe(tried + 10);
  });

  test("without a bind, grants come back, and go out once there is one", async () => {
    const { smsc, rig } = await start(accept, {}, () => 13);
    rig.open(0, 1);
    rig.grant(0, 0, 10);
    await rig.until("a release", () => rig.of("released").length === 1);
    expect(rig.events).toMatchObject([{ segment: 3, two: 0, three: 10 }]);
    expect(rig.carrier.lastProblem()).toMatchObject({ code: "CARRIER_REFUSED_BIND" });
    expect(rig.carrier.lastProblem()!.detail).toContain("0x0000000d");
    expect(rig.gauge("lastBindStatus")).toBe(13);
    expect(smsc.binds.length).toBeLessThanOrEqual(3);
  });
});

describe("receipts", () => {
  const receipt = (id: string, to: string): Record<string, unknown> => ({
    source_addr: to,
    source_addr_ton: 1,
    esm_class: 4,
    short_message: Buffer.from(`id:${id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:x`),
  });

  test("become events, and are answered once the ledger has released them, not before", async () => {
    const { smsc, rig } = await start(accept);
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    rig.releasing = false;
    const answers: PDU[] = [];
    for (let at = 0; at < 500; at++)
      smsc.sessions[0]!.deliver_sm(receipt(`r${at}`, numberOf(at)), (pdu) => answers.push(pdu));
    await rig.until("500 receipts", () => rig.of("receipt").length === 500);
    smsc.sessions[0]!.enquire_link((pdu) => answers.push(pdu));
    await rig.until("an enquire_link_resp", () => answers.length === 1);
    expect(answers[0]!.command).toBe("enquire_link_resp");
    rig.release();
    await rig.until("all answers", () => answers.length === 501);
    expect(answers.slice(1).every((pdu) => pdu.command === "deliver_sm_resp" && pdu.command_status === 0)).toBe(true);
    rig.events.forEach((event, at) => {
      expect(event).toMatchObject({ kind: "receipt", one: 2, id: `r${at}`, number: Number(numberOf(at)) });
    });
  });

  test("a ledger that does not release stops the reading, and nothing is lost", async () => {
    const { smsc, rig } = await start(accept);
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    rig.releasing = false;
    let answered = 0;
    const id = "i".repeat(60);
    for (let at = 0; at < 20_000; at++)
      smsc.sessions[0]!.deliver_sm(receipt(`${id}${at}`, numberOf(at)), () => answered++);
    await rig.until("a full ring", () => rig.of("receipt").length > 5_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const stopped = rig.of("receipt").length;
    expect(stopped).toBeLessThan(20_000);
    expect(answered).toBe(0);
    rig.releasing = true;
    rig.release();
    await rig.until("all receipts", () => rig.of("receipt").length === 20_000 && answered === 20_000);
  });

  test("by data_sm are answered by data_sm_resp, in the order in which they came among the others", async () => {
    const { smsc, rig } = await start(accept);
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    const answers: PDU[] = [];
    const session = smsc.sessions[0]!;
    const { short_message: message_payload, ...fields } = receipt("d1", numberOf(1));
    session.send(new smpp.PDU("data_sm", { ...fields, message_payload }), (pdu) => answers.push(pdu));
    session.deliver_sm(receipt("d2", numberOf(2)), (pdu) => answers.push(pdu));
    await rig.until("two answers", () => answers.length === 2);
    expect(answers.map((pdu) => pdu.command)).toEqual(["data_sm_resp", "deliver_sm_resp"]);
    expect(rig.events.map((event) => event.id)).toEqual(["d1", "d2"]);
    expect([rig.gauge("receipts"), rig.gauge("incoming"), rig.gauge("protocolErrors")]).toEqual([2, 0, 0]);
  });
});

describe("incoming messages", () => {
  const from = { source_addr: "0612345678", source_addr_ton: 2 };

  test("become events, and are answered once the ledger has released them, not before", async () => {
    const { smsc, rig } = await start(accept);
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    rig.releasing = false;
    const answers: PDU[] = [];
    const session = smsc.sessions[0]!;
    const udh = Buffer.from([5, 0, 3, 77, 2, 1]);
    session.deliver_sm({ ...from, short_message: { udh, message: "Hij loopt naar " } }, (pdu) => answers.push(pdu));
    session.deliver_sm({ ...from, data_coding: 8, short_message: "café 🚓" }, (pdu) => answers.push(pdu));
    session.deliver_sm({ ...from, message_payload: Buffer.alloc(4_096, 0x61) }, (pdu) => answers.push(pdu));
    await rig.until("three messages", () => rig.of("message").length === 3);
    session.enquire_link((pdu) => answers.push(pdu));
    await rig.until("an enquire_link_resp", () => answers.length === 1);
    rig.release();
    await rig.until("all answers", () => answers.length === 4);
    expect(answers.slice(1).every((pdu) => pdu.command === "deliver_sm_resp" && pdu.command_status === 0)).toBe(true);
    const whole = { kind: "message", segment: 0, one: 0, two: 0, three: 0, number: 31_612_345_678 };
    expect(rig.events).toMatchObject([
      { ...whole, one: 77, two: 1 | (2 << 8), text: "Hij loopt naar " },
      { ...whole, text: "café 🚓" },
      { ...whole, text: "a".repeat(4_096) },
    ]);
    expect([rig.gauge("incoming"), rig.gauge("receipts")]).toEqual([3, 0]);
  });

  test("what can't be read is refused for good, counted, and the bind goes on", async () => {
    const { smsc, rig } = await start(accept);
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    const answers: PDU[] = [];
    const session = smsc.sessions[0]!;
    session.send(new smpp.PDU("deliver_sm", { command_status: 1 }), (pdu) => answers.push(pdu));
    session.send(new smpp.PDU("data_sm", { command_status: 1 }), (pdu) => answers.push(pdu));
    session.deliver_sm({ ...from, short_message: Buffer.from("JA") }, (pdu) => answers.push(pdu));
    await rig.until("three answers", () => answers.length === 3);
    const refused = smpp.errors.ESME_RX_P_APPN;
    expect(answers.map((pdu) => [pdu.command, pdu.command_status])).toEqual([
      ["deliver_sm_resp", refused],
      ["data_sm_resp", refused],
      ["deliver_sm_resp", 0],
    ]);
    expect(rig.events).toMatchObject([{ kind: "message", number: 31_612_345_678, text: "JA" }]);
    expect([rig.gauge("protocolErrors"), rig.gauge("incoming"), rig.gauge("disconnects")]).toEqual([2, 1, 0]);
  });
});
