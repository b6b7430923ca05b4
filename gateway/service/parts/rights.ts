/** Who may do what, and who did: API keys and the trail as they stand in the store. A part of service.ts. */
import type { Logger } from "pino";
import { Trail } from "../../../engine/audit/trail.js";
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import { Keys } from "../../../engine/rights/keys.js";
import type { Store } from "../../../engine/store/store.js";
import type { Problem } from "../../../schemas/errors.js";
import { ConsoleSessions } from "../../console/sessions.js";
import type { Closing } from "../closing.js";

export interface RightsOptions {
  /** Of SEINPOST_API_KEY. */
  readonly apiKey: string | undefined;
  readonly log: Logger;
  readonly onFatal: (problem: Problem) => void;
}

export interface Rights {
  readonly keys: Keys;
  readonly trail: Trail;
  readonly consoleSessions: ConsoleSessions;
}

export function openRights(store: Store, { apiKey, log, onFatal }: RightsOptions, closing: Closing): Rights {
  const trail = new Trail(store, Date.now, (audit) =>
    log.info({ audit }, "somebody did something that leaves a record"),
  );
  const keys = new Keys(store, MACHINE_CLOCK, trail);
  if (apiKey !== undefined) keys.give(apiKey, "SEINPOST_API_KEY");
  closing.add(async () => {
    const used = await keys.use.flush();
    if (!used.ok) onFatal(used.problem);
  });
  const consoleSessions = new ConsoleSessions(keys, () => MACHINE_CLOCK.steadyMs());
  return { keys, trail, consoleSessions };
}
