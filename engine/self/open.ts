/** Puts self-service together over the parts of a service. */
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { SELF } from "../../schemas/limits.js";
import type { Clock } from "../clock/clock.js";
import type { Opener } from "../dispatch/ledger/opening.js";
import type { Proposals } from "../proposals/proposals.js";
import type { ParticipantColumns } from "../registry/columns/columns.js";
import { readNumber } from "../registry/phone-number.js";
import type { Places } from "../registry/record/profile/wishes.js";
import type { CodeChannel } from "./code-channel.js";
import { type DestinationOptions, Destinations } from "./codes/destinations.js";
import { SmsCodes } from "./codes/sms-codes.js";
import { contactOf } from "./contact.js";
import { AskedOfOne, type OwnAskedParts } from "./own-asked.js";
import { ParticipantService } from "./participant-service.js";
import type { PhonePositions, RecordsAbout, SelfRegistry } from "./ports.js";

export interface SelfServiceParts extends Clock {
  readonly live: SelfRegistry & { readonly generation: number };
  readonly participants: ParticipantColumns;
  readonly places: Places;
  readonly positions: PhonePositions;
  readonly opener: Opener;
  readonly mail: CodeChannel;
  readonly destinations: DestinationOptions;
  /** Every kind of action, as it would be sent. */
  readonly askedKinds: OwnAskedParts["kinds"];
  readonly proposals: Proposals;
  readonly recordsAbout: RecordsAbout;
  /** Something of the registry could not be read; nothing in it is about a person. */
  onProblem(problem: Problem): void;
  /** The process must end. */
  onFatal(problem: Problem): void;
}

export interface SelfService {
  /**
   * One SMS to a number that somebody gives on the telephone, ahead of all that is not urgent, as a code goes; nothing of it is stored.
   * NUMBER_…, or CODE_NOT_SENT where no carrier takes it now.
   */
  sendSms(number: string, text: string, expiresInMs: number): Result<void>;
  readonly service: ParticipantService;
  /** To be called about once a second: sends codes that wait, and forgets what is over. */
  tidy(): Promise<void>;
  /** Sends no more codes. To be called while the ledger still runs. */
  close(): Promise<void>;
}

export function openSelf(parts: SelfServiceParts): SelfService {
  const { live, participants, opener, mail, places, positions, now, steadyMs, onProblem, onFatal } = parts;
  const destinations = new Destinations(parts.destinations);
  const numbers = new Float64Array(participants.numbers);
  const seats = { numbers, first: participants.count, count: SELF.codeWaves };
  const canSend = (): boolean => opener.dispatcher.carriers.of("sms").length > 0;
  const sms = new SmsCodes(opener, live.generation, seats, { now, canSend, onFatal });
  const channels = { number: sms, mail };
  const askedOfOne = new AskedOfOne({ people: participants, kinds: parts.askedKinds, served: ["sms"] });
  const { proposals, recordsAbout } = parts;
  const service = new ParticipantService({
    registry: live,
    askedOfOne,
    proposals,
    recordsAbout,
    destinations,
    places,
    positions,
    channels,
    now,
    steadyMs,
    onProblem,
  });
  const pace = setInterval(() => service.beat(), SELF.paceMs).unref();
  return {
    service,
    sendSms: (number, text, expiresInMs) => {
      const contact = contactOf({ number }, readNumber, (read) => destinations.check(read));
      if (!contact.ok) return contact;
      if (!sms.takes) return fail("CODE_NOT_SENT", "No SMS can be sent now");
      sms.send({ contact: contact.value, subject: "", text, expiresAtMs: now() + expiresInMs }, false);
      return ok(undefined);
    },
    tidy: async () => {
      await service.sweep();
      await sms.tidy();
    },
    close: () => {
      clearInterval(pace);
      return sms.close();
    },
  };
}
