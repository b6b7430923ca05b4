/**
 * What goes wrong now and then on a bound connection: unbinds, breaks, silence, lengths that can't be.
 *
 * Each trouble comes at a moment between half and one and a half times deviationPeriodMs, again and again while the
 * connection lives.
 */
import { COMMAND, readUint32, writeHeader } from "../carrier/bind/wire.js";
import type { Deviations } from "./deviations.js";
import { pdu } from "./pdu.js";
import { SWALLOWED } from "./shape.js";
import type { PersonalityName } from "./table.js";

const BAD_LENGTHS = [0, 4, 8, 15, 67_585, 0x8000_0000];
/** How long a peer has for unbind_resp and enquire_link_resp. */
const ANSWER_MS = 1_000;
/** For how long answers are held before the connection is dropped with them. */
const HELD_MS = 50;

const TROUBLES: Partial<Record<PersonalityName, (deviations: Deviations) => void>> = {
  unbinds: (deviations) => {
    deviations.connection.write(pdu(COMMAND.unbind, 0, deviations.nextSequence()));
    deviations.after(ANSWER_MS, () => deviations.connection.destroy());
  },
  closes: (deviations) => {
    const { connection, random } = deviations;
    if (random.chance(0.5)) connection.destroy();
    else connection.reset();
  },
  "half-open": (deviations) => {
    deviations.fallMute();
    deviations.connection.shape = SWALLOWED;
    deviations.connection.stall(true);
  },
  "half-close": (deviations) => {
    deviations.fallMute();
    deviations.connection.halfClose(SWALLOWED);
  },
  enquires: (deviations) => {
    const { connection } = deviations;
    const before = deviations.enquiriesAnswered;
    connection.write(pdu(COMMAND.enquireLink, 0, deviations.nextSequence()));
    deviations.after(ANSWER_MS, () => {
      if (deviations.enquiriesAnswered === before) connection.destroy();
    });
  },
  "bad-length": (deviations) => {
    const bytes = Buffer.alloc(16);
    writeHeader(bytes, 0, deviations.random.pick(BAD_LENGTHS), COMMAND.enquireLink, 0, deviations.nextSequence());
    deviations.connection.write(bytes);
  },
  "after-reconnect": (deviations) => {
    deviations.holdAnswers();
    deviations.after(HELD_MS, () => deviations.connection.destroy());
  },
};

/** Begins with the troubles of who has bound. */
export function startTroubles(deviations: Deviations): void {
  for (const [name, strike] of Object.entries(TROUBLES) as [PersonalityName, (deviations: Deviations) => void][]) {
    if (deviations.is(name)) again(deviations, name, strike);
  }
}

function again(deviations: Deviations, name: PersonalityName, strike: (deviations: Deviations) => void): void {
  const { deviationPeriodMs } = deviations.simulator.settings;
  deviations.after(deviationPeriodMs * (0.5 + deviations.random.next()), () => {
    deviations.struck(name);
    strike(deviations);
    again(deviations, name, strike);
  });
}

/** The outbind with which a strange carrier greets (SMPP 3.4, 4.1.7). */
export function greet(deviations: Deviations): void {
  if (!deviations.is("outbind")) return;
  const body = Buffer.from(`${deviations.simulator.name.slice(0, 15)}\0secret\0`, "latin1");
  deviations.connection.write(pdu(COMMAND.outbind, 0, deviations.nextSequence(), body));
  deviations.connection.flush();
  deviations.struck("outbind");
}

/** The answer to our own unbind, or to an enquiry: true when it was one. */
export function heardAnswer(deviations: Deviations, bytes: Buffer, at: number): boolean {
  const command = readUint32(bytes, at + 4);
  if (command === COMMAND.enquireLinkResp) deviations.enquiriesAnswered++;
  else if (command === COMMAND.unbindResp) deviations.connection.end();
  else return false;
  return true;
}
