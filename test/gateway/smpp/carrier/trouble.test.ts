/** A carrier's thread against servers that break, lie, or keep silent, over real sockets. */
import fc from "fast-check";
import smpp, { type PDU } from "smpp";
import { describe, expect, test } from "vitest";
import { isElsewhere, loopbackLookup, NotLoopback } from "../../../../gateway/smpp/settings/loopback.js";
import { numberOf, plainServer, Rig, Smsc } from "../harness.js";
import { endAfterEach, header, polite, reading, rigFor } from "../peer.js";

endAfterEach();

function released(rig: Rig): number {
  return rig.of("released").reduce((sum, event) => sum + event.three, 0);
}

describe("connections that end", () => {
  test("what was in flight is unknown, and the rest goes over the next connection", async () => {
    let answered = 0;
    const smsc = await Smsc.start((_pdu, session) => {
      if (answered++ < 50) return { message_id: `m${answered}` };
      if (answered === 60) session.destroy();
      return answered > 70 ? { message_id: `m${answered}` } : null;
    });
    const rig = rigFor(smsc, { window: 16 });
    rig.open(0, 1);
    rig.grant(0, 0, 200);
    await rig.until("200 events", () => rig.events.length >= 200);
    const unknown = rig.of("unknown");
    expect(unknown.length).toBeGreaterThan(0);
    expect(unknown.length).toBeLessThanOrEqual(32);
    expect(unknown.some((event) => event.three === 1)).toBe(true);
    const all = rig.events.map((event) => event.two).sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 200 }, (_, at) => at));
    expect(rig.gauge("disconnects")).toBe(1);
  });

  test("the carrier unbinds: its answers are still heard, it gets its unbind_resp, and we bind again", async () => {
    const seen: string[] = [];
    const waiting: PDU[] = [];
    const server = await reading((pdu, socket, connection) => {
      seen.push(`${connection}:${pdu.command}`);
      if (polite(pdu, socket) || pdu.command !== "submit_sm") return;
      if (connection > 0) socket.write(pdu.response({ message_id: "later" }).toBuffer());
      else if (waiting.push(pdu) === 4) {
        socket.write(new smpp.PDU("unbind", { sequence_number: 900 }).toBuffer());
        for (const one of waiting) socket.write(one.response({ message_id: "first" }).toBuffer());
      }
    });
    const rig = rigFor(server, { window: 4 });
    rig.open(0, 1);
    rig.grant(0, 0, 10);
    await rig.until("ten outcomes", () => rig.of("outcome").length === 10);
    expect(rig.of("unknown")).toEqual([]);
    expect(seen.filter((one) => one.startsWith("0:")).at(-1)).toBe("0:unbind_resp");
    expect(seen).toContain("1:bind_transceiver");
  });

  test("on close, what is in flight gets its answers, then the bind is ended properly", async () => {
    const held: (() => void)[] = [];
    let unbound = 0;
    const smsc = await Smsc.start((pdu, session) => {
      session.once("unbind", () => unbound++);
      held.push(() => session.send(pdu.response({ message_id: "m" })));
      return null;
    });
    const rig = new Rig(smsc.port, { window: 5 });
    rig.open(0, 1);
    rig.grant(0, 0, 20);
    await rig.until("a full window", () => held.length === 5);
    const closed = rig.carrier.close();
    await rig.until("the queue's release", () => rig.of("released").length > 0);
    for (const answer of held) answer();
    await closed;
    rig.read();
    await smsc.stop();
    expect([rig.of("outcome").length, unbound, rig.fatal.length]).toEqual([5, 5, 0]);
    expect(rig.of("released")).toMatchObject([{ segment: 3, two: 5, three: 15 }]);
  });
});

describe("silence", () => {
  test("an answer settles whom it is for, however late it comes, while the bind lives", async () => {
    const late: (() => void)[] = [];
    let asked = 0;
    const server = await reading((pdu, socket) => {
      if (pdu.command === "enquire_link") asked++;
      if (polite(pdu, socket) || pdu.command !== "submit_sm") return;
      late.push(() => socket.write(pdu.response({ message_id: "late" }).toBuffer()));
    });
    const rig = rigFor(server, { responseTimeoutMs: 200 });
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    rig.open(0, 1);
    rig.grant(0, 0, 5);
    await rig.until("enquiries after two deadlines", () => asked >= 4);
    expect([late.length, rig.events.length]).toEqual([5, 0]);
    for (const answer of late) answer();
    await rig.until("five outcomes", () => rig.of("outcome").length === 5);
    expect([rig.of("unknown").length, rig.gauge("strayResponses"), rig.gauge("disconnects")]).toEqual([0, 0, 0]);
  });

  test("a bind that answers enquire_link and no submission is given up after six deadlines, and the next begins with two", async () => {
    const got: number[] = [];
    const server = await reading((pdu, socket, connection) => {
      if (!polite(pdu, socket) && pdu.command === "submit_sm") got[connection] = (got[connection] ?? 0) + 1;
    });
    const rig = rigFor(server, { window: 16, responseTimeoutMs: 50 });
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    rig.open(0, 1);
    rig.grant(0, 0, 30);
    await rig.until("a second bind with submissions", () => got[1] !== undefined);
    await rig.until("their unknown", () => rig.of("unknown").length >= 16);
    expect(got).toEqual([16, 2]);
    expect(rig.of("unknown").every((event) => event.three === 2)).toBe(true);
  });

  test("nothing heard at all within the deadline, enquire_link included, is silence", async () => {
    const server = await reading((pdu, socket, connection) => {
      if (connection > 0 || pdu.command === "bind_transceiver") polite(pdu, socket);
    });
    const rig = rigFor(server, { responseTimeoutMs: 100, enquireLinkMs: 60_000, enquireLinkTimeoutMs: 60_000 });
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    rig.open(0, 1);
    rig.grant(0, 0, 5);
    await rig.until("five unknown", () => rig.of("unknown").length >= 5);
    expect(rig.of("unknown").every((event) => event.three === 2)).toBe(true);
  });

  test("one that others overtook is lost after three deadlines, and later ones of the same bind after one", async () => {
    const server = await reading((pdu, socket) => {
      const isLost = Number(pdu.destination_addr) % 10 === 5;
      if (polite(pdu, socket) || pdu.command !== "submit_sm" || isLost) return;
      socket.write(pdu.response({ message_id: "m" }).toBuffer());
    });
    const rig = rigFor(server, { responseTimeoutMs: 100 });
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    rig.open(0, 1);
    rig.grant(0, 0, 40);
    await rig.until("all events", () => rig.events.length === 40);
    expect([rig.of("unknown").length, rig.gauge("disconnects")]).toEqual([4, 0]);
    expect(rig.of("unknown").every((event) => event.three === 2)).toBe(true);
  });

  test("a carrier that is silent is asked, and left when it does not answer", async () => {
    const server = await reading((pdu, socket, connection) => {
      if (connection > 0 || pdu.command === "bind_transceiver") polite(pdu, socket);
    });
    const rig = rigFor(server, { enquireLinkMs: 50, enquireLinkTimeoutMs: 100 });
    await rig.until("a second bind", () => rig.gauge("disconnects") === 1 && rig.gauge("bound") === 1);
  });

  test("a bind that is never answered is given up", async () => {
    const server = await plainServer(() => {});
    const rig = rigFor(server, { bindTimeoutMs: 100 });
    await rig.until("a problem", () => rig.carrier.lastProblem() !== null);
    expect(rig.carrier.lastProblem()).toMatchObject({ code: "CARRIER_UNREACHABLE", field: "bind 1" });
  });

  test("no server at all", async () => {
    const gone = await plainServer(() => {});
    await gone.stop();
    const rig = rigFor({ port: gone.port, stop: async () => {} });
    await rig.until("a problem", () => rig.carrier.lastProblem() !== null);
    expect(rig.carrier.lastProblem()).toMatchObject({ code: "CARRIER_UNREACHABLE", detail: "ECONNREFUSED" });
  });
});

describe("odd PDUs", () => {
  test("unknown commands get a generic_nack, a byte at a time, and the next PDU still counts", async () => {
    const nacks: PDU[] = [];
    const server = await reading((pdu, socket) => {
      if (pdu.command === "generic_nack") nacks.push(pdu);
      if (polite(pdu, socket) || pdu.command !== "submit_sm") return;
      const bytes = Buffer.concat([
        header(0x0000_0999, 0, 77, 40).subarray(0, 40),
        header(0x8000_0999, 0, 78),
        header(0x0000_000b, 0, 79),
        pdu.response({ message_id: "after" }).toBuffer(),
      ]);
      for (const byte of bytes) socket.write(Buffer.of(byte));
    });
    const rig = rigFor(server);
    rig.open(0, 1);
    rig.grant(0, 0, 3);
    await rig.until("three outcomes", () => rig.of("outcome").length === 3);
    await rig.until("three nacks", () => nacks.length === 3);
    expect(rig.events.every((event) => event.id === "after")).toBe(true);
    expect(nacks.every((pdu) => pdu.sequence_number === 77 && pdu.command_status === 3)).toBe(true);
    expect([rig.gauge("disconnects"), rig.gauge("protocolErrors")]).toEqual([0, 6]);
  });

  test("a generic_nack of a submission is its outcome; answers to nothing are counted", async () => {
    const server = await reading((pdu, socket) => {
      if (polite(pdu, socket) || pdu.command !== "submit_sm") return;
      const answer = pdu.response({ message_id: "m" }).toBuffer();
      socket.write(header(0x8000_0000, 0, 0));
      if (pdu.destination_addr === numberOf(1)) socket.write(header(0x8000_0000, 2, pdu.sequence_number));
      else socket.write(Buffer.concat([answer, answer]));
    });
    const rig = rigFor(server);
    rig.open(0, 1);
    rig.grant(0, 0, 3);
    await rig.until("three outcomes", () => rig.of("outcome").length === 3);
    // One with each submission, of which the one that is refused is made twice, and two that come again.
    await rig.until("six strays", () => rig.gauge("strayResponses") === 6);
    expect(rig.events.sort((a, b) => a.two - b.two).map((event) => event.three)).toEqual([0, 2, 0]);
  });

  test.each([0, 4, 8, 15, 67_585, 2 ** 31])(
    "command_length %d closes the connection and binds again",
    async (length) => {
      const server = await reading((pdu, socket, connection) => {
        if (polite(pdu, socket) || pdu.command !== "submit_sm") return;
        if (connection === 0) socket.write(header(0x8000_0004, 0, pdu.sequence_number, length));
        else socket.write(pdu.response({ message_id: "m" }).toBuffer());
      });
      const rig = rigFor(server, { window: 1 });
      rig.open(0, 1);
      rig.grant(0, 0, 3);
      await rig.until("three events", () => rig.events.length === 3);
      expect(rig.of("unknown").length).toBe(1);
      expect(rig.of("outcome").length).toBe(2);
      expect(rig.gauge("protocolErrors")).toBe(1);
    },
  );

  test("whatever bytes come, the session binds again and goes on", async () => {
    const noise = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 300 }), { numRuns: 6, seed: 20_260_309 });
    const commands = [0x8000_0004, 5, 0x8000_0009, 6, 0x15, 0x8000_0000, 0x103];
    const server = await reading((pdu, socket, connection) => {
      if (pdu.command === "bind_transceiver" && connection < noise.length) {
        const body = noise[connection]!;
        const framed = Buffer.alloc(16 + body.length);
        framed.set(body, 16);
        for (const command of commands) {
          header(command, 0, pdu.sequence_number, framed.length).copy(framed, 0, 0, 16);
          socket.write(Buffer.from(framed));
        }
        socket.write(body);
        socket.write(Buffer.alloc(16));
      } else if (!polite(pdu, socket) && pdu.command === "submit_sm") {
        socket.write(pdu.response({ message_id: "m" }).toBuffer());
      }
    });
    const rig = rigFor(server);
    rig.open(0, 1);
    rig.grant(0, 0, 10);
    await rig.until("ten ends", () => rig.of("outcome").length + rig.of("unknown").length + released(rig) >= 10);
    await rig.until("a bind", () => rig.gauge("bound") === 1);
    expect(rig.fatal).toEqual([]);
  });

  test("answers without message_id, without NUL, with 64 and more characters, and out of order", async () => {
    const ids = ["", "x".repeat(64), "9223372036854775807", "y".repeat(90)];
    const waiting: PDU[] = [];
    const server = await reading((pdu, socket) => {
      if (polite(pdu, socket) || pdu.command !== "submit_sm") return;
      if (waiting.push(pdu) < 5) return;
      waiting.reverse().forEach((one, at) => {
        const id = Buffer.from(ids[at] ?? "");
        const nul = at % 2 === 0 ? Buffer.of(0) : Buffer.alloc(0);
        const length = at === 4 ? 16 : 16 + id.length + nul.length;
        const head = header(0x8000_0004, 0, one.sequence_number, length).subarray(0, 16);
        socket.write(Buffer.concat([head, ...(at === 4 ? [] : [id, nul])]));
      });
    });
    const rig = rigFor(server);
    rig.open(0, 1);
    rig.grant(0, 0, 5);
    await rig.until("five outcomes", () => rig.of("outcome").length === 5);
    expect(rig.events.map((event) => event.two)).toEqual([4, 3, 2, 1, 0]);
    expect(rig.events.map((event) => event.id)).toEqual([...ids.slice(0, 3), "y".repeat(64), ""]);
  });
});

describe("loopback", () => {
  test.each([
    ["127.0.0.1", false],
    ["127.1.2.3", false],
    ["::1", false],
    ["::ffff:127.0.0.1", false],
    ["192.0.2.1", true],
    ["0.0.0.0", true],
    ["128.0.0.1", true],
    ["2001:db8::1", true],
    ["::ffff:192.0.2.1", true],
    ["127.0.0.1.example.org", false],
  ])("%s is an address elsewhere: %s", (host, elsewhere) => {
    expect(isElsewhere(host)).toBe(elsewhere);
  });

  test("a name is judged by every address that it resolves to", async () => {
    const resolving = (...found: string[]) =>
      new Promise((answer) => {
        const lookup = loopbackLookup((_name, _options, done) =>
          done(
            null,
            found.map((address) => ({ address, family: 4 })),
          ),
        );
        lookup("carrier.example", { all: true }, answer);
      });
    expect(await resolving("127.0.0.1", "127.0.0.2")).toBeNull();
    expect(await resolving("127.0.0.1", "192.0.2.1")).toBeInstanceOf(NotLoopback);
    expect(await resolving("192.0.2.1")).toBeInstanceOf(NotLoopback);
  });

  test("a generated registry is not sent beyond loopback: such an address is not even dialled", async () => {
    const { networkInterfaces } = await import("node:os");
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === "IPv4" && !address.internal)?.address;
    if (outside === undefined) {
      console.log("skipped: this machine has no address but loopback");
      return;
    }
    const { createServer } = await import("node:net");
    let dialled = 0;
    const server = createServer((socket) => {
      dialled++;
      socket.destroy();
    });
    server.listen(0, outside);
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const rig = rigFor({ port, stop: async () => void server.close() }, { host: outside });
    await rig.until("a problem", () => rig.carrier.lastProblem() !== null);
    expect(rig.carrier.lastProblem()!.code).toBe("GENERATED_REGISTRY");
    expect(dialled).toBe(0);
  });
});

test("a thread that dies is reported", async () => {
  const server = await Smsc.start(() => null);
  const rig = new Rig(server.port);
  rig.grant(9, 0, 1);
  await rig.until("the report", () => rig.fatal.length === 1);
  expect(rig.fatal[0]).toContain("a wave is opened before it is granted");
  await server.stop();
});
