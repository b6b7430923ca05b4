/**
 * The peer of the benchmark `submit.rate`: a plain but competent client written with the package `smpp`, as its README
 * shows it, with a window of outstanding submits. It stores nothing and retries nothing.
 *
 * Runs in a process of its own, so that it shares no event loop with whoever measures.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { smpp } from "./smpp-package.js";

const TEXT = "Burgernet: kind (5) vermist bij het station, blauwe jas. Gezien? Bel 0800-0011";
const FIRST_NUMBER = 31_600_000_000;
const CHILD = "--peer-smpp";

export interface PeerCourse {
  /** Submits that are counted, and those before that are not: one at least. */
  readonly submits: number;
  readonly warmUp: number;
  /** How many are outstanding. */
  readonly window: number;
}

/** submit_sm acknowledged a second by the SMSC on loopback. */
export async function peerSubmitRate(port: number, { submits, warmUp, window }: PeerCourse): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), [CHILD, ...[port, submits, warmUp, window].map(String)]);
  const ended = once(child, "exit");
  const message = await Promise.race([once(child, "message"), ended.then(() => null)]);
  if (message === null) throw new Error("the peer ended without a figure");
  await ended;
  return Number(message[0]);
}

function submitAll(port: number, submits: number, warmUp: number, window: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const session = smpp.connect({ host: "127.0.0.1", port });
    let sent = 0;
    let acknowledged = 0;
    let startedAtMs = 0;
    const count = warmUp + submits;
    const submitNext = () => {
      const destination_addr = String(FIRST_NUMBER + sent++);
      session.submit_sm({ source_addr: "Burgernet", destination_addr, short_message: TEXT }, (answer) => {
        if (answer.command_status !== 0) reject(new Error(`a submit was answered ${answer.command_status}`));
        if (++acknowledged === warmUp) startedAtMs = performance.now();
        if (sent < count) submitNext();
        else if (acknowledged === count) {
          resolve((submits / (performance.now() - startedAtMs)) * 1_000);
          session.destroy();
        }
      });
    };
    session.on("error", reject);
    session.on("connect", () => {
      session.bind_transceiver({ system_id: "seinpost", password: "loopback" }, (answer) => {
        if (answer.command_status !== 0) reject(new Error(`the bind was answered ${answer.command_status}`));
        for (let i = 0; i < window && i < count; i++) submitNext();
      });
    });
  });
}

if (process.argv[2] === CHILD) {
  const [port, submits, warmUp, window] = process.argv.slice(3).map(Number);
  process.send!(await submitAll(port!, submits!, warmUp!, window!));
  process.disconnect();
}
