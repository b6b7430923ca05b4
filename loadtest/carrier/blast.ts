/**
 * How fast the carrier simulator is: `node dist/loadtest/carrier/blast.js [submits] [binds] [window] [receipts: 0 or 1]`.
 *
 * Writes prepared submit_sm with as little work of its own as possible, to a simulator in a process of its own, and prints
 * one line of JSON. The figure to look at is the simulator's processor time a submit: on a machine with few cores the two
 * processes and the kernel share them.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { COMMAND, readUint32, writeDigits, writeHeader, writeUint32 } from "./bind/wire.js";
import { startSimulator } from "./process.js";

const [submits = 2_000_000, binds = 1, window = 2_048, receipts = 0] = process.argv.slice(2).map(Number);
const TEXT = "Burgernet: kind (5) vermist bij het station, blauwe jas.";
const NUMBER_AT = 16 + 1 + 2 + 10 + 2;

function template(): Buffer {
  const body = Buffer.concat([
    Buffer.from("\0\x05\0Burgernet\0\x01\x0131600000000\0\0\0\0\0\0", "latin1"),
    Buffer.from([receipts, 0, 0, 0, TEXT.length]),
    Buffer.from(TEXT),
  ]);
  const pdu = Buffer.concat([Buffer.alloc(16), body]);
  writeHeader(pdu, 0, pdu.length, COMMAND.submitSm, 0, 0);
  return pdu;
}

/** One bind that keeps `window` submits unanswered until `count` are answered, and their receipts have come. */
class Blaster {
  readonly #socket: Socket;
  readonly #templates: Buffer;
  readonly #length: number;
  #rest = Buffer.alloc(0);
  #sent = 0;
  #acknowledged = 0;
  #received = 0;
  #finish: () => void = () => {};

  constructor(
    socket: Socket,
    readonly firstNumber: number,
    readonly count: number,
  ) {
    this.#socket = socket;
    const pdu = template();
    this.#length = pdu.length;
    this.#templates = Buffer.concat(Array<Buffer>(window).fill(pdu));
    socket.on("data", (chunk) => this.#take(chunk));
  }

  run(): Promise<void> {
    return new Promise((resolve) => {
      this.#finish = resolve;
      this.#fill();
    });
  }

  #fill(): void {
    const count = Math.min(window - (this.#sent - this.#acknowledged), this.count - this.#sent);
    // A few large writes instead of many small ones.
    if (count < window / 4 && this.#sent + count < this.count) return;
    if (count === 0) return;
    const bytes = Buffer.from(this.#templates.subarray(0, count * this.#length));
    for (let i = 0; i < count; i++) {
      writeUint32(bytes, i * this.#length + 12, ++this.#sent);
      writeDigits(bytes, i * this.#length + NUMBER_AT, this.firstNumber + this.#sent);
    }
    this.#socket.write(bytes);
  }

  #take(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const answers = Buffer.allocUnsafe((bytes.length / 100 + 1) * 17);
    let answered = 0;
    let at = 0;
    while (bytes.length - at >= 16) {
      const length = readUint32(bytes, at);
      if (bytes.length - at < length) break;
      if (readUint32(bytes, at + 4) === COMMAND.submitSmResp) this.#acknowledged++;
      else {
        writeHeader(answers, answered * 17, 17, COMMAND.deliverSmResp, 0, readUint32(bytes, at + 12));
        answers[answered++ * 17 + 16] = 0;
      }
      at += length;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
    this.#received += answered;
    if (answered > 0) this.#socket.write(answers.subarray(0, answered * 17));
    this.#fill();
    if (this.#acknowledged === this.count && this.#received === this.count * receipts) this.#finish();
  }
}

async function bind(port: number, index: number): Promise<Blaster> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const pdu = Buffer.concat([Buffer.alloc(16), Buffer.from("blast\0\0\0\x34\0\0\0", "latin1")]);
  writeHeader(pdu, 0, pdu.length, COMMAND.bindTransceiver, 0, 1);
  socket.write(pdu);
  await once(socket, "data");
  return new Blaster(socket, 31_600_000_000 + index * 10_000_000, Math.ceil(submits / binds));
}

const simulator = await startSimulator({ name: "blast" });
const blasters = await Promise.all(Array.from({ length: binds }, (_, i) => bind(simulator.smppPort, i)));
const cpuBeforeMs = (await simulator.counters()).cpuMs;
const startedAtMs = performance.now();
await Promise.all(blasters.map((blaster) => blaster.run()));
const tookMs = performance.now() - startedAtMs;
const { cpuMs, accepted, receiptsAcknowledged, rssMb } = await simulator.counters();
const perSecond = Math.round((accepted / tookMs) * 1_000);
const perSecondOfCpu = Math.round((accepted / (cpuMs - cpuBeforeMs)) * 1_000);
process.stdout.write(
  `${JSON.stringify({ accepted, receiptsAcknowledged, tookMs, perSecond, perSecondOfCpu, rssMb })}\n`,
);
await simulator.stop();
process.exit(0);
