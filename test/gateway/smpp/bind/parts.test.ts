/** The small parts: window, queue, rate, pauses, outbox, unanswered deliveries. */
import { connect, type Socket } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Window } from "../../../../gateway/smpp/bind/outstanding/window.js";
import { Queue } from "../../../../gateway/smpp/bind/queue.js";
import { Reconnect } from "../../../../gateway/smpp/bind/reconnect.js";
import { Liveness } from "../../../../gateway/smpp/bind/transport/liveness.js";
import { Outbox } from "../../../../gateway/smpp/bind/transport/outbox.js";
import { Unanswered } from "../../../../gateway/smpp/bind/transport/unanswered.js";
import { Rate } from "../../../../gateway/smpp/pace/pace.js";
import { SMPP } from "../../../../schemas/limits.js";
import { plainServer } from "../harness.js";

describe("window", () => {
  test("finds each outstanding submission, in any order, while numbers for other requests come in between", () => {
    const step = fc.tuple(fc.constantFrom("open", "close", "other"), fc.nat(1_000));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(step, { maxLength: 400 }), (size, steps) => {
        const window = new Window(size);
        const open: { sequence: number; position: number }[] = [];
        const used = new Set<number>();
        const fresh = (sequence: number) => {
          expect(used.has(sequence)).toBe(false);
          used.add(sequence);
        };
        for (const [what, value] of steps) {
          if (what === "other") fresh(window.allocate());
          else if (what === "open" && window.inFlight < size) {
            const sequence = window.open(3, value, 1, value);
            fresh(sequence);
            open.push({ sequence, position: value });
          } else if (what === "close" && open.length > 0) {
            const [{ sequence, position }] = open.splice(value % open.length, 1) as [(typeof open)[number]];
            const place = window.find(sequence);
            expect(window.positions[place]).toBe(position);
            window.close(place);
            expect(window.find(sequence)).toBe(-1);
          }
          expect(window.inFlight).toBe(open.length);
          for (const { sequence, position } of open) expect(window.positions[window.find(sequence)]).toBe(position);
        }
        for (const { position } of open) {
          const place = window.oldest;
          expect(window.positions[place]).toBe(position);
          window.close(place);
        }
        expect(window.oldest).toBe(-1);
      }),
    );
  });

  test("those are overtaken that were sent before one that was answered", () => {
    const window = new Window(8);
    const sequences = [0, 1, 2, 3, 4].map((position) => window.open(0, position, 0, position));
    const answer = (at: number) => {
      const place = window.find(sequences[at]!);
      window.order.answered(window.turns[place]!, 0);
      window.close(place);
    };
    expect(window.overtaken(8)).toBe(0);
    answer(0);
    expect(window.overtaken(8)).toBe(0);
    answer(3);
    expect([window.overtaken(8), window.positions[window.oldest]]).toEqual([1, 1]);
    answer(4);
    expect([window.overtaken(8), window.overtaken(1)]).toEqual([2, 1]);
  });
});

describe("queue", () => {
  test("gives what a sorted list gives", () => {
    const item = fc.record({
      rank: fc.integer({ min: -3, max: 3 }),
      slot: fc.nat(255),
      position: fc.nat(1_000),
      segment: fc.nat(9),
      take: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 300 }), (items) => {
        const queue = new Queue();
        let model: (typeof items)[number][] = [];
        for (const one of items) {
          queue.push(one.rank, one.slot, one.position, one.segment, 0);
          model.push(one);
          model.sort((a, b) => a.rank - b.rank || a.position - b.position || a.segment - b.segment || a.slot - b.slot);
          if (!one.take) continue;
          const first = model.shift()!;
          expect([queue.rank, queue.position, queue.segment, queue.slot]).toEqual([
            first.rank,
            first.position,
            first.segment,
            first.slot,
          ]);
          queue.take(1);
        }
        queue.filter((_rank, slot) => slot % 2 === 0);
        model = model.filter(({ slot }) => slot % 2 === 0);
        for (const { position, slot } of model) {
          expect([queue.position, queue.slot]).toEqual([position, slot]);
          queue.take(1);
        }
        expect(queue.length).toBe(0);
      }),
    );
  });

  test("puts the first of one slot forward, as far as whole messages reach, and keeps its order", () => {
    // Messages of one part, two and three in turn.
    const partsAt = (position: number): number => 1 + (position % 3);
    const segmentsIn = (first: number, count: number): number =>
      Array.from({ length: count }, (_, at) => partsAt(first + at)).reduce((sum, parts) => sum + parts, 0);
    const fitting = (first: number, most: number, segments: number): number => {
      let count = 0;
      while (count < most && segmentsIn(first, count + 1) <= segments) count++;
      return count;
    };
    const item = fc.record({
      slot: fc.nat(2),
      position: fc.nat(40),
      isWhole: fc.boolean(),
      count: fc.integer({ min: 1, max: 9 }),
    });
    const step = fc.record({ slot: fc.nat(2), segments: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 20 }), fc.array(step, { maxLength: 4 }), (items, steps) => {
        const queue = new Queue();
        const model: { rank: number; slot: number; position: number; cost: number }[] = [];
        for (const [segment, { slot, position, isWhole, count }] of items.entries()) {
          // Each item has places of its own, so that there is one order.
          const at = position * 1_000 + segment * 10;
          queue.push(1 + slot, slot, at, isWhole ? 0 : 1, isWhole ? count : 0);
          for (let one = 0; one < (isWhole ? count : 1); one++)
            model.push({ rank: 1 + slot, slot, position: at + one, cost: isWhole ? partsAt(at + one) : 1 });
        }
        const sort = () => model.sort((a, b) => a.rank - b.rank || a.position - b.position || a.slot - b.slot);
        for (const { slot, segments } of steps) {
          let left = segments;
          for (const one of sort().filter((each) => each.slot === slot && each.rank > 0)) {
            if (one.cost > left) break;
            left -= one.cost;
            one.rank = 0;
          }
          expect(queue.moveForward({ slot, fitting, segmentsIn }, 0, segments)).toBe(segments - left);
        }
        for (const { rank, slot, position } of sort()) {
          expect([queue.rank, queue.slot, queue.position]).toEqual([rank, slot, position]);
          queue.take(1);
        }
        expect(queue.length).toBe(0);
      }),
    );
  });

  test("a range that is taken in pieces lets nearer items of its wave go in between", () => {
    const queue = new Queue();
    queue.push(1, 0, 100, 0, 50);
    queue.take(10);
    queue.push(1, 0, 105, 0, 1);
    expect([queue.position, queue.count]).toEqual([105, 1]);
    queue.take(1);
    expect([queue.position, queue.count]).toEqual([110, 40]);
    queue.push(0, 1, 500, 0, 1);
    expect(queue.slot).toBe(1);
  });
});

describe("rate", () => {
  test("no second has more than the rate, and nearly all of it is used", () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 50_000 }), fc.integer({ min: 1, max: 10 }), (perSecond, segments) => {
        const rate = new Rate(perSecond, 0);
        const sent: [number, number][] = [];
        for (let nowMs = 0; nowMs <= 4_000; nowMs += SMPP.tickMs) {
          const count = rate.messages(segments, nowMs) * segments;
          rate.spend(count);
          sent.push([nowMs, count]);
        }
        const between = (from: number, to: number) =>
          sent.reduce((sum, [at, count]) => (at >= from && at < to ? sum + count : sum), 0);
        for (let from = 0; from <= 3_000; from += 170) {
          expect(between(from, from + 1_000)).toBeLessThanOrEqual(perSecond + 1 + segments);
        }
        expect(between(0, 4_000)).toBeGreaterThanOrEqual(perSecond * 4 * 0.95 - segments - 2);
      }),
      { numRuns: 60 },
    );
  });
});

describe("pauses", () => {
  test("pauses before connecting grow to their limit and no further; after a refusal they are never short", () => {
    const reconnect = new Reconnect();
    const pauses = Array.from({ length: 12 }, () => reconnect.pauseMs("CARRIER_UNREACHABLE", 0, () => 1));
    expect(pauses[0]).toBe(SMPP.reconnectFirstMs);
    expect(pauses.at(-1)).toBe(SMPP.reconnectLastMs);
    const refused = Array.from({ length: 12 }, () => reconnect.pauseMs("CARRIER_REFUSED_BIND", 0, () => 0));
    expect(refused[0]).toBe(SMPP.refusedFirstMs / 2);
    expect(refused.at(-1)).toBe(SMPP.refusedLastMs / 2);
    reconnect.worked();
    const next = (nowMs: number) => reconnect.pauseMs("CARRIER_UNREACHABLE", nowMs, () => 1);
    expect(next(0)).toBe(SMPP.reconnectFirstMs);
    // A bind that is there for a moment and does nothing changes nothing; one that stayed is one that worked.
    for (const staysMs of [0, SMPP.reconnectLastMs - 1]) {
      reconnect.bound(0);
      expect(next(staysMs)).toBeGreaterThan(SMPP.reconnectFirstMs);
    }
    reconnect.bound(0);
    expect(next(SMPP.reconnectLastMs)).toBe(SMPP.reconnectFirstMs);
  });

  test("silence is asked about once, and has a deadline", () => {
    const liveness = new Liveness();
    const check = (nowMs: number) => liveness.check(nowMs, 100, 50);
    liveness.heard(0);
    expect([check(99), check(100), check(149)]).toEqual(["fine", "ask", "fine"]);
    liveness.heard(149);
    expect([check(150), check(249), check(299)]).toEqual(["fine", "ask", "dead"]);
  });
});

/** An outbox on a real connection to a server that does not read, with a word each time that the socket took a buffer. */
async function outboxTo(onFreed: () => void): Promise<{ outbox: Outbox; end: () => Promise<void>; read: () => void }> {
  let far: Socket | undefined;
  const server = await plainServer((socket) => {
    far = socket.pause();
  });
  const near = connect(server.port, "127.0.0.1");
  await new Promise((resolve) => near.on("connect", resolve));
  const end = async () => {
    near.destroy();
    await server.stop();
  };
  return { outbox: new Outbox(near, onFreed), end, read: () => far?.resume() };
}

describe("outbox", () => {
  test("what is unsent is bounded, and answers find room when submissions find none", async () => {
    let freed = 0;
    const { outbox, end, read } = await outboxTo(() => freed++);
    let submissions = 0;
    for (; outbox.roomForSubmissions(1_000) === 1_000; submissions++) outbox.wrote(outbox.at + 1_000);
    expect(submissions * 1_000).toBeLessThanOrEqual(SMPP.socketBytes);
    outbox.flush();
    expect(outbox.roomForSubmissions(1)).toBe(0);
    expect(outbox.reserveAnswers(SMPP.bufferBytes)).toBe(true);
    outbox.wrote(SMPP.bufferBytes);
    expect(outbox.reserveAnswers(16)).toBe(false);
    read();
    while (freed < 4) await new Promise((resolve) => setImmediate(resolve));
    expect(outbox.roomForSubmissions(1_000)).toBe(1_000);
    await end();
  });
});

describe("unanswered deliveries", () => {
  test("are answered when the ring is released up to their event, in order, across the wrap of its positions", async () => {
    const { outbox, end } = await outboxTo(() => {});
    const unanswered = new Unanswered();
    const answered = () => {
      const sequences: number[] = [];
      for (let at = 0; at < outbox.at; at += 17) sequences.push(outbox.bytes.readUInt32BE(at + 12));
      return sequences;
    };
    unanswered.push(0x8000_0005, 7);
    unanswered.answer(0, outbox);
    expect(answered()).toEqual([]);
    unanswered.published(0x7fff_fff0);
    unanswered.push(0x8000_0103, 8);
    unanswered.published(-0x7fff_fff0);
    unanswered.answer(0x7fff_ffef, outbox);
    expect(answered()).toEqual([]);
    unanswered.answer(0x7fff_fff0, outbox);
    expect(answered()).toEqual([7]);
    unanswered.answer(-0x7fff_fff0, outbox);
    expect(answered()).toEqual([7, 8]);
    expect(outbox.bytes.subarray(0, 17).toString("hex")).toBe("0000001180000005000000000000000700");
    expect(unanswered.length).toBe(0);
    await end();
  });
});
