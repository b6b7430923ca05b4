/**
 * What goes wrong now and then on a bound connection: unbinds, breaks, silence, lengths that can't be.
 *
 * Each trouble comes at a moment between half and one and a half times strangePeriodMs, again and again while the
 * connection lives.
 */
import { COMMAND, readUint32, writeHeader } from "../carrier/bind/wire.js";
import { pdu } from "./pdu.js";
import { SWALLOWED } from "./shape.js";
import type { Strange } from "./strange.js";
import type { PersonalityName } from "./table.js";

const BAD_LENGTHS = [0, 4, 8, 15, 67_585, 0x8000_0000];
/** How long a peer has for unbind_resp and enquire_link_resp. */
const ANSWER_MS = 1_000;
/** For how long answers are held before the connection is dropped with them. */
const HELD_MS = 50;

const TROUBLES: Partial<Record<PersonalityName, (strange: Strange) => void>> = {
  unbinds: (strange) => {
    strange.connection.write(pdu(COMMAND.unbind, 0, strange.nextSequence()));
    strange.after(ANSWER_MS, () => strange.connection.destroy());
  },
  closes: (strange) => {
    const { connection, random } = strange;
    if (random.chance(0.5)) connection.destroy();
    else connection.reset();
  },
  "half-open": (strange) => {
    strange.fallMute();
    strange.connection.shape = SWALLOWED;
    strange.connection.stall(true);
  },
  "half-close": (strange) => {
    strange.fallMute();
    strange.connection.halfClose(SWALLOWED);
  },
  enquires: (strange) => {
    const { connection } = strange;
    const before = strange.enquiriesAnswered;
    connection.write(pdu(COMMAND.enquireLink, 0, strange.nextSequence()));
    strange.after(ANSWER_MS, () => {
      if (strange.enquiriesAnswered === before) connection.destroy();
    });
  },
  "bad-length": (strange) => {
    const bytes = Buffer.alloc(16);
    writeHeader(bytes, 0, strange.random.pick(BAD_LENGTHS), COMMAND.enquireLink, 0, strange.nextSequence());
    strange.connection.write(bytes);
  },
  "after-reconnect": (strange) => {
    strange.holdAnswers();
    strange.after(HELD_MS, () => strange.connection.destroy());
  },
};

/** Begins with the troubles of who has bound. */
export function startTroubles(strange: Strange): void {
  for (const [name, strike] of Object.entries(TROUBLES) as [PersonalityName, (strange: Strange) => void][]) {
    if (strange.is(name)) again(strange, name, strike);
  }
}

function again(strange: Strange, name: PersonalityName, strike: (strange: Strange) => void): void {
  const { strangePeriodMs } = strange.simulator.settings;
  strange.after(strangePeriodMs * (0.5 + strange.random.next()), () => {
    strange.struck(name);
    strike(strange);
    again(strange, name, strike);
  });
}

/** The outbind with which a strange carrier greets (SMPP 3.4, 4.1.7). */
export function greet(strange: Strange): void {
  if (!strange.is("outbind")) return;
  const body = Buffer.from(`${strange.simulator.name.slice(0, 15)}\0secret\0`, "latin1");
  strange.connection.write(pdu(COMMAND.outbind, 0, strange.nextSequence(), body));
  strange.connection.flush();
  strange.struck("outbind");
}

/** The answer to our own unbind, or to an enquiry: true when it was one. */
export function heardAnswer(strange: Strange, bytes: Buffer, at: number): boolean {
  const command = readUint32(bytes, at + 4);
  if (command === COMMAND.enquireLinkResp) strange.enquiriesAnswered++;
  else if (command === COMMAND.unbindResp) strange.connection.end();
  else return false;
  return true;
}
