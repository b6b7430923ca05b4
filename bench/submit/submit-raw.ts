/**
 * What the thread of a carrier can do alone: submissions a second, answers and events included, against a sink in a
 * process of its own that answers every submit_sm at once. Nothing is stored; events are read and dropped.
 *
 * `node dist/bench/submit/submit-raw.js [recipients] [binds]`
 */
import { fork } from "node:child_process";
import { createServer, type Socket } from "node:net";
import { startCarrier } from "../../gateway/smpp/carrier/carrier.js";
import { readCarriers } from "../../gateway/smpp/settings/configuration.js";
import { EVENT, GAUGE } from "../../schemas/link.js";

const RECIPIENTS = Number(process.argv[2] ?? 1_000_000);
const BINDS = Number(process.argv[3] ?? 2);
const GRANT = 256;
const EXPOSURE = 4_096;
const READ_BYTES = 65_536;

/** Answers bind_transceiver and submit_sm with a message_id of eight hexadecimal digits; whole PDUs are assumed to be valid. */
function answerAll(socket: Socket): void {
  let rest: Buffer = Buffer.alloc(0);
  let count = 0;
  socket.setNoDelay(true);
  socket.on("data", (data) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, data]) : data;
    const answers = Buffer.allocUnsafe((bytes.length / 40) * 25 + READ_BYTES);
    let at = 0;
    let used = 0;
    while (bytes.length - at >= 16 && bytes.length - at >= bytes.readUInt32BE(at)) {
      const command = bytes.readUInt32BE(at + 4);
      answers.writeUInt32BE(25, used);
      answers.writeUInt32BE((command | 0x8000_0000) >>> 0, used + 4);
      answers.writeUInt32BE(0, used + 8);
      answers.writeUInt32BE(bytes.readUInt32BE(at + 12), used + 12);
      for (let digit = 7, left = count; digit >= 0; digit--, left >>>= 4) answers[used + 16 + digit] = HEX[left & 15]!;
      answers[used + 24] = 0;
      used += 25;
      count++;
      at += bytes.readUInt32BE(at);
    }
    rest = bytes.subarray(at);
    socket.write(answers.subarray(0, used));
  });
  socket.on("error", () => socket.destroy());
}

const HEX = Buffer.from("0123456789abcdef");

function sink(): void {
  const server = createServer(answerAll).listen(0, "127.0.0.1", () => {
    const address = server.address();
    process.send?.(address !== null && typeof address === "object" ? address.port : 0);
  });
  process.on("disconnect", () => process.exit());
}

function run(port: number, end: () => void): void {
  const numbers = new SharedArrayBuffer(RECIPIENTS * 8);
  const roster = new SharedArrayBuffer(RECIPIENTS * 4);
  new Float64Array(numbers).forEach((_, at, all) => {
    all[at] = 31_600_000_000 + at;
  });
  new Uint32Array(roster).forEach((_, at, all) => {
    all[at] = at;
  });
  const entry = {
    name: "raw",
    host: "127.0.0.1",
    port,
    systemId: "raw",
    password: "raw",
    sender: "Burgernet",
    binds: BINDS,
  };
  const read = readCarriers(JSON.stringify({ carriers: [entry] }), {});
  if (!read.ok) throw new Error(read.problem.detail);
  const carrier = startCarrier(
    read.value[0]!,
    { numbers, loopbackOnly: true },
    { onFatal: (reason) => process.stderr.write(`${reason}\n`) },
  );
  const text = "Burgernet: jongen (5) vermist bij station Woerden, blauwe jas, rode laarsjes. Gezien? Bel 0800-0011.";
  const expiresAtMs = Date.now() + 3_600_000;
  const wave = { slot: 0, rank: 0, roster, texts: [text], textNumbers: undefined, expiresAtMs };
  carrier.openWave({ ...wave, urgent: true, reference: 0, toSwitchedOff: false });
  let granted = 0;
  let answered = 0;
  let started = 0;
  let cpu = process.cpuUsage();
  carrier.onWake(() => {
    if (carrier.gauges[GAUGE.bound] !== BINDS) return;
    if (started === 0) {
      started = performance.now();
      cpu = process.cpuUsage();
    }
    carrier.events.acceptWake();
    for (let at = carrier.events.next(); at >= 0; at = carrier.events.next()) {
      if ((carrier.events.words[at]! & 0xff) === EVENT.outcome) answered++;
    }
    carrier.events.release(carrier.events.position());
    while (granted < RECIPIENTS && granted - answered <= EXPOSURE - GRANT) {
      const count = Math.min(GRANT, RECIPIENTS - granted);
      const at = carrier.grants.reserve(4);
      carrier.grants.words.set([0, granted, count, 0], at);
      granted += count;
    }
    carrier.grants.publish();
    carrier.wake();
    if (answered < RECIPIENTS) return;
    const seconds = (performance.now() - started) / 1000;
    const used = process.cpuUsage(cpu);
    const perSecond = Math.round(RECIPIENTS / seconds);
    const cpuSeconds = ((used.user + used.system) / 1e6).toFixed(2);
    const counts = `${carrier.gauges[GAUGE.acknowledged]} acknowledged, ${carrier.gauges[GAUGE.refused]} refused`;
    process.stdout.write(
      `${perSecond} submit_sm/s over ${BINDS} binds, ${counts}; ${seconds.toFixed(2)} s, CPU of the engine's side ${cpuSeconds} s\n`,
    );
    void carrier.close().then(end);
  });
}

if (process.argv[2] === "sink") sink();
else {
  const child = fork(new URL(import.meta.url), ["sink"]);
  child.once("message", (port) => run(Number(port), () => child.connected && child.disconnect()));
}
