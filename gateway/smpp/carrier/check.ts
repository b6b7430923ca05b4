/**
 * `seinpost carrier check`: binds as the service would, with the very same sessions, asks each bind whether it is there, listens
 * for a moment, and unbinds. It submits nothing, and what the carrier delivers meanwhile is left with the carrier.
 *
 * What it finds is said in words that a person can act on.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { CarrierConfiguration } from "../../../schemas/carrier.js";
import type { ErrorCode } from "../../../schemas/errors.js";
import { SMPP } from "../../../schemas/limits.js";
import { NOTHING_KNOWN } from "../../../schemas/link.js";
import { afterReading } from "../bind/after-reading.js";
import type { BindRole } from "../bind/bind.js";
import { Session } from "../bind/session.js";
import type { SessionOwner } from "../bind/session-owner.js";
import * as protocol from "../pdu/protocol.js";

export interface Finding {
  readonly good: boolean;
  readonly words: string;
}

/** Checks every bind that is configured, one after the other, and keeps each until the last, as the service would. */
export async function checkCarrier(carrier: CarrierConfiguration, say: (finding: Finding) => void): Promise<boolean> {
  const checks: BindCheck[] = [];
  for (const [role, count] of [["bind", carrier.binds] as const, ["receiver", carrier.receivers] as const]) {
    for (let index = 0; index < count; index++) checks.push(new BindCheck(carrier, role, index, say));
  }
  let good = true;
  for (const check of checks) good = (await check.bind()) && good;
  await sleep(SMPP.checkListensMs);
  for (const check of checks) good = (await check.unbind()) && good;
  return good;
}

/** Names of failed system calls (errno.h) and of Node's resolver, in words. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there: is the port right, and does the carrier's firewall know our address?",
  ECONNRESET: "the carrier cut the connection: is TLS set as the carrier has it, and our address allowed?",
  EHOSTUNREACH: "there is no way to that address from here",
  ENETUNREACH: "there is no way to that network from here",
  ENOTFOUND: "the name is not known to the name servers",
  EAI_AGAIN: "the name servers do not answer",
  ETIMEDOUT: "nobody answers at that address: a firewall may be in between",
};

class BindCheck implements SessionOwner<Session> {
  readonly loopbackOnly = false;
  readonly known = NOTHING_KNOWN;
  readonly #session: Session;
  #ticker: NodeJS.Timeout | undefined;
  #deliveries = 0;
  #errors = 0;
  /** Why there is no bind, or no longer one. */
  #trouble: string | null = null;
  #saidTrouble = false;
  readonly #say: (finding: Finding) => void;

  constructor(
    readonly carrier: CarrierConfiguration,
    role: BindRole,
    index: number,
    say: (finding: Finding) => void,
  ) {
    this.#say = say;
    this.#session = new Session(role, index, this);
  }

  async bind(): Promise<boolean> {
    const session = this.#session;
    const startedMs = performance.now();
    const tick = (nowMs: number): void => {
      if (this.#trouble === null) session.tick(nowMs);
      this.progressed();
    };
    this.#ticker = setInterval(() => afterReading(tick), SMPP.tickMs);
    while (session.state !== "bound" && this.#trouble === null) await sleep(SMPP.tickMs);
    if (this.#trouble !== null) return this.#sayTrouble();
    const secured = session.transport.security ?? "without TLS";
    this.#finding(true, `bound in ${sinceMs(startedMs)} ms, ${secured}${this.#version()}`);
    const askedMs = performance.now();
    session.transport.send(protocol.ENQUIRE_LINK, protocol.ESME_ROK, session.window.allocate());
    let nowMs = askedMs;
    while (session.transport.heardMs < askedMs && this.#trouble === null && !this.#isLate(askedMs, nowMs)) {
      nowMs = await nextLook();
    }
    if (session.transport.heardMs >= askedMs)
      return this.#finding(true, `enquire_link answered in ${sinceMs(askedMs)} ms`);
    if (this.#trouble !== null) return this.#sayTrouble();
    return this.#finding(false, "enquire_link is not answered: the service would bind anew each time");
  }

  async unbind(): Promise<boolean> {
    const session = this.#session;
    if (session.state === "bound") {
      const askedMs = performance.now();
      session.stop();
      // The session ends by itself where no answer comes; left before that, its socket would keep the process.
      while (!session.closed && this.#trouble === null) await sleep(SMPP.tickMs);
      if (this.#isLate(askedMs, performance.now()))
        this.#finding(true, "unbind is not answered; the service ends the connection then");
    }
    clearInterval(this.#ticker);
    if (this.#deliveries > 0) {
      this.#finding(true, `${this.#deliveries} receipts or messages wait at the carrier; they were left there`);
    }
    if (this.#errors > 0) this.#finding(false, `${this.#errors} PDUs came that SMPP does not have in that place`);
    // A bind that was lost only later, while others were made or while it listened.
    if (this.#trouble !== null && !this.#saidTrouble) this.#sayTrouble();
    return this.#trouble === null && this.#errors === 0;
  }

  eventsFit(): boolean {
    return true;
  }

  answered(): void {
    // Nothing was submitted, so this answers nothing of ours.
    this.#errors++;
  }

  delivered(session: Session, bytes: Uint8Array, at: number): void {
    this.#deliveries++;
    const answer = protocol.RESPONSE_BIT + protocol.readUint32(bytes, at + 4);
    session.transport.send(answer, protocol.ESME_RX_T_APPN, protocol.readUint32(bytes, at + 12));
  }

  progressed(): void {
    this.#session.transport.outbox?.flush();
  }

  lost(): void {}
  bound(): void {}
  unbound(): void {}

  failed(_: Session, wasBound: boolean, __: number, code: ErrorCode, detail: string): void {
    const { host, port } = this.carrier;
    const unreachable = UNREACHABLE[detail];
    const words = unreachable === undefined ? detail : `${host}:${port}: ${unreachable} (${detail})`;
    this.#trouble ??= wasBound ? `the bind was lost: ${words}` : `${code}: ${words}`;
    this.#session.stop();
  }

  protocolError(): void {
    this.#errors++;
  }

  #sayTrouble(): boolean {
    this.#saidTrouble = true;
    return this.#finding(false, this.#trouble!);
  }

  #isLate(sinceMs: number, nowMs: number): boolean {
    return nowMs - sinceMs > this.carrier.enquireLinkTimeoutMs;
  }

  /** What the carrier says of its version, where that is not what was asked for. */
  #version(): string {
    const { peerVersion, hasTlvs } = this.#session.handshake;
    if (peerVersion === 0) return "; it names no version";
    const named = `${peerVersion >> 4}.${peerVersion & 15}`;
    if (peerVersion >= this.carrier.interfaceVersion) return `, SMPP ${named}`;
    const joined =
      hasTlvs || this.carrier.concatenation.startsWith("udh") ? "" : ", and long messages are joined by udh8";
    return `; it speaks SMPP ${named}, so nothing of later versions comes from it${joined}`;
  }

  #finding(good: boolean, words: string): boolean {
    this.#say({ good, words: `${this.#session.name}: ${words}` });
    return good;
  }
}

/** In a moment; gives when that was. */
async function nextLook(): Promise<number> {
  await sleep(1);
  return new Promise(afterReading);
}

function sinceMs(startedMs: number): number {
  return Math.round(performance.now() - startedMs);
}
