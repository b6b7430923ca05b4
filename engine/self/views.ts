/** Sessions and proposals as the API shows them to their participant. */
import { dateTime } from "../../schemas/api/date-time.js";
import type { OwnProposal, SessionView } from "../../schemas/api/self.js";
import { PROPOSALS } from "../../schemas/limits.js";
import { municipalityCode } from "../geo/municipality-code.js";
import type { Proposal } from "../proposals/proposal.js";
import { toView } from "../registry/record/profile/profile.js";
import type { ClaimedPlaces } from "./identity/claimed-places.js";
import type { ShownSession } from "./sessions.js";

const DAY_MS = 86_400_000;

/** `offsetMs`: from the steady clock to the wall's. */
export function sessionView(session: ShownSession, isThis: boolean, offsetMs: number): SessionView {
  return {
    session: session.name,
    isThis,
    by: session.contact.kind,
    openedAt: dateTime(session.openedAtMs + offsetMs),
    usedAt: dateTime(session.usedAtMs + offsetMs),
    expiresAt: dateTime(session.expiresAtMs + offsetMs),
  };
}

export function proposalView(proposal: Proposal): OwnProposal {
  const { id, kind, municipality, state, value, createdAtMs } = proposal;
  return {
    proposal: id,
    kind,
    from: municipality === 0 ? null : municipalityCode(municipality),
    state,
    value: value === "" ? null : kind === "number" ? `+${value}` : value,
    locations: [],
    createdAt: dateTime(createdAtMs),
    until: untilOf(proposal),
  };
}

function untilOf({ state, createdAtMs, noticedAtMs }: Proposal): string | null {
  if (state === "open") return dateTime(createdAtMs + PROPOSALS.openMs);
  return state === "waiting" && noticedAtMs > 0 ? dateTime(noticedAtMs + PROPOSALS.waitMs) : null;
}

/** As long as the municipality has them in its file. */
export function placeView({ claim, record }: ClaimedPlaces): OwnProposal {
  const { locations } = toView(claim, record, undefined);
  return {
    proposal: `place-${claim}`,
    kind: "place",
    from: locations[0]?.municipality ?? null,
    state: "open",
    value: null,
    locations,
    createdAt: record.joinedDay === 0 ? null : dateTime(record.joinedDay * DAY_MS),
    until: null,
  };
}
