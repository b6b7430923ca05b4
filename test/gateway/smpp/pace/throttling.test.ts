/** A carrier's thread against servers with a limit, over real sockets; nothing here depends on how fast it goes. */
import type { PDU } from "smpp";
import { afterEach, expect, test } from "vitest";
import { numberOf, Rig, Smsc } from "../harness.js";

const ROK = 0;
const RMSGQFUL = 0x14;
const RTHROTTLED = 0x58;
const RINVDSTADR = 0x0b;

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

function rigFor(smsc: Smsc, settings: ConstructorParameters<typeof Rig>[1] = {}): Rig {
  const rig = new Rig(smsc.port, settings);
  ends.push(async () => {
    await rig.carrier.close();
    expect(rig.fatal).toEqual([]);
    await smsc.stop();
  });
  return rig;
}

/** Takes so many in each second from the first after the one before. */
function limited(perSecond: number): () => boolean {
  let fromMs = Number.NEGATIVE_INFINITY;
  let taken = 0;
  return () => {
    const nowMs = performance.now();
    if (nowMs - fromMs >= 1_000) {
      fromMs = nowMs;
      taken = 0;
    }
    return taken++ < perSecond;
  };
}

function answer(pdu: PDU, status: number, fields: Record<string, unknown> = {}): Record<string, unknown> {
  const { destination_addr } = pdu;
  return { command_status: status, ...(status === ROK && { message_id: String(destination_addr) }), ...fields };
}

function all(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

test.each([
  ["ESME_RTHROTTLED", RTHROTTLED],
  ["ESME_RMSGQFUL", RMSGQFUL],
])("what is throttled with %s goes again before what was not sent yet, and once each is taken", async (_, status) => {
  const may = limited(400);
  const taken: number[] = [];
  const first = new Set<string>();
  const smsc = await Smsc.start((pdu) => {
    const number = String(pdu.destination_addr);
    if (!may()) return answer(pdu, status);
    taken.push(Number(number) - Number(numberOf(0)));
    first.add(number);
    return answer(pdu, ROK);
  });
  const rig = rigFor(smsc, { window: 32 });
  rig.open(0, 1);
  rig.grant(0, 0, 1_200);
  await rig.until("1,200 outcomes", () => rig.of("outcome").length === 1_200);
  expect([rig.gauge("throttled"), first.size, taken.length]).toEqual([expect.any(Number), 1_200, 1_200]);
  expect(rig.gauge("throttled")).toBeGreaterThan(0);
  expect(rig.of("outcome").every((event) => event.three === ROK)).toBe(true);
  expect(taken.toSorted((a, b) => a - b)).toEqual(all(1_200));
  // Nobody is passed by more than what may be outstanding at a time.
  let furthest = 0;
  for (const position of taken) {
    expect(furthest - position).toBeLessThanOrEqual(32);
    furthest = Math.max(furthest, position);
  }
  // What is tried at the end may have doubled while nothing was throttled any more; what is known has not.
  expect(rig.gauge("learntPerSecond")).toBeGreaterThan(0);
  expect(rig.gauge("learntPerSecond")).toBeLessThan(2_000);
});

test("a carrier that refuses all numbers after it has throttled is not taken to throttle on", async () => {
  let throttled = 0;
  const smsc = await Smsc.start((pdu) => answer(pdu, throttled++ < 5 ? RTHROTTLED : RINVDSTADR));
  const rig = rigFor(smsc);
  rig.open(0, 1);
  rig.grant(0, 0, 50);
  await rig.until("50 refusals", () => rig.of("outcome").length === 50);
  expect([rig.gauge("throttled"), rig.gauge("refused"), rig.gauge("backingOff")]).toEqual([5, 50, 0]);
});

test("all parts of long messages go over one bind, throttled or not", async () => {
  const may = limited(200);
  const over = new Map<string, Set<number>>();
  const smsc = await Smsc.start((pdu, session) => {
    const number = String(pdu.destination_addr);
    const binds = over.get(number) ?? new Set();
    over.set(number, binds.add(smsc.sessions.indexOf(session)));
    return answer(pdu, may() ? ROK : RTHROTTLED);
  });
  const rig = rigFor(smsc, { binds: 2, window: 16 });
  rig.open(0, 1, "Burgernet ".repeat(60));
  rig.grant(0, 0, 150);
  await rig.until("four parts of each", () => rig.of("outcome").length === 600);
  expect(rig.gauge("throttled")).toBeGreaterThan(0);
  expect(over.size).toBe(150);
  for (const binds of over.values()) expect(binds.size).toBe(1);
});

test("after a disconnect it goes on at what it has learnt, not with all that it has", async () => {
  const may = limited(50);
  let held: PDU[] | null = null;
  const smsc = await Smsc.start((pdu) => {
    if (held === null) return answer(pdu, may() ? ROK : RTHROTTLED);
    held.push(pdu);
    return null;
  });
  const rig = rigFor(smsc, { window: 1_024, responseTimeoutMs: 60_000 });
  rig.open(0, 1);
  rig.grant(0, 0, 5_000);
  await rig.until("some outcomes", () => rig.of("outcome").length >= 120);
  held = [];
  smsc.sessions[0]!.destroy();
  await rig.until("a second bind", () => smsc.binds.length === 2);
  await rig.until("a submission over it", () => held!.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 200));
  // A bind that had learnt nothing would fill the window at once; this one has a few in 200 ms, or a hundred in two seconds.
  expect(held.length).toBeLessThan(512);
  expect(rig.gauge("inFlight")).toBeLessThan(512);
  rig.carrier.stopWave(0);
  for (const pdu of held) smsc.sessions[1]!.send(pdu.response({ message_id: "late" }));
});

test("congestion_state slows an SMPP 5.0 bind down; to another version it is one unknown TLV of many", async () => {
  for (const interfaceVersion of [0x50, 0x34]) {
    let full = false;
    const smsc = await Smsc.start((pdu) => answer(pdu, ROK, { congestion_state: full ? 100 : 85 }));
    const rig = rigFor(smsc, { interfaceVersion, window: 64 });
    rig.open(0, 1);
    rig.grant(0, 0, 1_000);
    await rig.until("1,000 outcomes", () => rig.of("outcome").length === 1_000);
    expect(rig.gauge("allowedPerSecond")).toBe(1_000_000);
    full = true;
    rig.grant(0, 1_000, 200);
    await rig.until("200 more", () => rig.of("outcome").length === 1_200);
    if (interfaceVersion === 0x50) expect(rig.gauge("allowedPerSecond")).toBeLessThan(1_000);
    else expect(rig.gauge("allowedPerSecond")).toBe(1_000_000);
    expect(rig.of("outcome").every((event) => event.id === numberOf(event.two))).toBe(true);
  }
});
