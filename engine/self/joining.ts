/** Who wants to join, as they will be stored once their code has come back: at home, and everything welcome there. */

import type { JoinRequest } from "../../schemas/api/self.js";
import { fail, type Result } from "../../schemas/errors.js";
import { DOMAINS } from "../../schemas/words.js";
import type { Participant } from "../registry/record/participant.js";
import { applyChange, newParticipant } from "../registry/record/profile/profile.js";
import type { Places } from "../registry/record/profile/wishes.js";
import { type Contact, withContact } from "./contact.js";

const HOME = "/locations/0";

/** POSTCODE_UNKNOWN, POSTCODES_MISSING, POSITION_AT_SEA. */
export function draftOf(request: JoinRequest, contact: Contact, places: Places, nowMs: number): Result<Participant> {
  const { language, position, postcode } = request;
  const blank = withContact(newParticipant({ number: 0, mail: "" }, nowMs), contact);
  const home = {
    kind: "home",
    ...(position ? { position } : { postcode }),
    channels: { [contact.kind === "number" ? "sms" : "email"]: [...DOMAINS] },
    except: {},
    hours: "always",
    timeZone: "Europe/Amsterdam",
    inDanger: "hours",
  } as const;
  const draft = applyChange(blank, { language, locations: [home] }, places, nowMs);
  if (draft.ok) return draft;
  const { code, detail, field = "" } = draft.problem;
  return fail(code, detail, field.startsWith(HOME) ? field.slice(HOME.length) : field);
}
