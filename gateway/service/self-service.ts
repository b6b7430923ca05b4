/** Ties self-service to the service: codes by SMS and mail, its routes, and its sessions as a way to authenticate. */

import type { Logger } from "pino";
import type { Trail } from "../../engine/audit/trail.js";
import { MACHINE_CLOCK } from "../../engine/clock/clock.js";
import type { Opener } from "../../engine/dispatch/ledger/opening.js";
import type { LivePositions } from "../../engine/positions/live-positions.js";
import type { Proposals } from "../../engine/proposals/proposals.js";
import type { ParticipantColumns } from "../../engine/registry/columns/columns.js";
import type { LiveRegistry } from "../../engine/registry/live/live-registry.js";
import type { Places } from "../../engine/registry/record/profile/wishes.js";
import type { Converted } from "../../engine/self/codes/conversion.js";
import type { DestinationOptions } from "../../engine/self/codes/destinations.js";
import { openSelf, type SelfService } from "../../engine/self/open.js";
import type { OwnAskedParts } from "../../engine/self/own-asked.js";
import { LivePhonePositions } from "../../engine/self/phone-positions.js";
import { ok, type Problem, type Result } from "../../schemas/errors.js";
import { SELF } from "../../schemas/limits.js";
import type { MonitorAlarm } from "../../schemas/monitor.js";
import { MailChannel, type MailSettings } from "../channels/mail.js";
import { MailCodes } from "../channels/mail-codes.js";
import type { SessionVerifier } from "../http/request/keys.js";
import type { Route } from "../http/request/route.js";
import { selfRoutes } from "../http/routes/self-routes.js";
import type { Closing } from "./closing.js";

export interface SelfServiceOptions {
  readonly live: LiveRegistry;
  readonly participants: ParticipantColumns;
  readonly places: Places;
  readonly positions: LivePositions;
  readonly opener: Opener;
  readonly destinations: DestinationOptions;
  readonly proposals: Proposals;
  readonly askedKinds: OwnAskedParts["kinds"];
  readonly trail: Pick<Trail, "about">;
  readonly log: Logger;
  readonly onFatal: (problem: Problem) => void;
}

export interface RunningSelfService extends SelfService {
  readonly routes: readonly Route[];
  readonly sessions: SessionVerifier;
}

/** `mail` as it was opened before anything else was, so that a mistake in its settings is said at once. */
export function startSelf(
  mail: MailChannel | undefined,
  options: SelfServiceOptions,
  closing: Closing,
): RunningSelfService {
  const { positions, log, trail, ...parts } = options;
  const self = openSelf({
    ...parts,
    positions: new LivePhonePositions(positions),
    recordsAbout: (participant) => trail.about(participant),
    mail: new MailCodes(mail),
    ...MACHINE_CLOCK,
    onProblem: (problem) => log.error(problem, "a code was not sent"),
  });
  closing.add(() => self.close());
  return {
    ...self,
    routes: selfRoutes(self.service),
    sessions: { verify: (token) => self.service.use(token) },
  };
}

/** What whoever watches is told of codes: where they go to be counted, and not to be used. */
export function alarmsOf(converted: readonly Converted[]): MonitorAlarm[] {
  return converted
    .filter(({ isSuspicious }) => isSuspicious)
    .map(({ country }) => {
      const detail = `of the codes that went by SMS to new numbers of ${country} within the hour, less than ${SELF.conversionPercent} % were used`;
      return { code: "CODES_UNUSED", detail };
    });
}

/** Undefined without settings. CONFIGURATION_INVALID. */
export async function openMail(
  settings: MailSettings | undefined,
  log: Logger,
  closing: Closing,
): Promise<Result<MailChannel | undefined>> {
  if (settings === undefined) return ok(undefined);
  const mail = await MailChannel.open(settings, (problem) => log.error(problem, "a mail was not sent"));
  if (mail.ok) closing.add(() => mail.value.close());
  return mail;
}
