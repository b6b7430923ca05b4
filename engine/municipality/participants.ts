/**
 * A municipality looks up and corrects its participants one at a time. Those of another one are answered exactly as those
 * that nobody is: NOT_FOUND, and whatever it gives for somebody is taken as if nobody had it. Of a participant it sees and
 * changes only the locations within it, and never where a phone is; who they are is theirs where they have confirmed a contact
 * or live elsewhere as well (ownership.ts), and then it proposes. What the person switched off stays off, and who pauses goes on
 * pausing.
 *
 * Promises that what is answered is durable, and that what is refused has changed nothing.
 */

import type {
  MunicipalityProposal,
  ParticipantCorrection,
  RegisteredParticipant,
  SearchRequest,
} from "../../schemas/api/municipality.js";
import { assert, fail, ok, type Result } from "../../schemas/errors.js";
import { REGISTRY } from "../../schemas/limits.js";
import { PARTICIPANT_STATUSES } from "../../schemas/words.js";
import { passOn } from "../registry/live/pass-on.js";
import { numberResult, readNumber, readSoughtNumber } from "../registry/phone-number.js";
import { asGiven } from "../registry/record/contact-marks.js";
import type { Participant } from "../registry/record/participant.js";
import { applyChange, newParticipant, toView, withFittingNumber } from "../registry/record/profile/profile.js";
import type { Places } from "../registry/record/profile/wishes.js";
import { merge } from "./merged.js";
import { given, holdersIn, isTheirOwn } from "./ownership.js";
import { isOwn, knows, type Positions, type Registry, type Scope } from "./ports.js";
import { type Proposing, wantedOf } from "./proposing.js";

const PAUSED = PARTICIPANT_STATUSES.indexOf("paused");

/** Nothing that is stored opens to them any more, or it is proposed to them that they leave. */
export type Erased = "erased" | MunicipalityProposal;

export interface MunicipalityParticipantsParts {
  readonly registry: Registry;
  readonly places: Places;
  readonly positions: Positions;
  readonly proposing: Proposing;
  readonly nowMs?: () => number;
}

export class MunicipalityParticipants {
  readonly #parts: MunicipalityParticipantsParts;
  readonly #registry: Registry;
  readonly #nowMs: () => number;

  constructor(parts: MunicipalityParticipantsParts) {
    this.#parts = parts;
    this.#registry = parts.registry;
    this.#nowMs = parts.nowMs ?? Date.now;
  }

  /** Everybody here with exactly this number or mail address. */
  search(scope: Scope, sought: SearchRequest): Result<RegisteredParticipant[]> {
    const number = "number" in sought ? numberResult(readSoughtNumber(sought.number), "/number") : ok(0);
    if (!number.ok) return number;
    const isNumber = "number" in sought;
    const reached = { number: number.value, mail: isNumber ? "" : sought.mail };
    const holders = holdersIn(this.#registry, scope, isNumber ? "number" : "mail", reached);
    if (!holders.ok) return holders;
    const views: RegisteredParticipant[] = [];
    for (const participant of holders.value.known) {
      const view = this.get(scope, participant);
      if (!view.ok) return view;
      views.push(view.value);
    }
    return ok(views);
  }

  get(scope: Scope, participant: number): Result<RegisteredParticipant> {
    const found = this.#known(scope, participant);
    return found.ok ? ok(this.#show(scope, participant, found.value)) : found;
  }

  /** Somebody new, who is active at once: the municipality vouches for them. */
  async add(scope: Scope, input: ParticipantCorrection): Promise<Result<RegisteredParticipant>> {
    if (input.locations === undefined) return fail("INVALID_FIELD", "a participant has a location", "/locations");
    const joining = this.#corrected(scope, newParticipant({ number: 0, mail: "" }, this.#nowMs()), input);
    if (!joining.ok) return joining;
    const taken = given(this.#registry, scope, joining.value, undefined, []);
    const added = taken.ok ? this.#registry.add(taken.value) : taken;
    return added.ok ? this.#durable(scope, added.value) : added;
  }

  /** PARTICIPANTS_OWN for a wish of a person whose it is; their contacts are proposed. */
  async change(
    scope: Scope,
    participant: number,
    input: ParticipantCorrection,
  ): Promise<Result<RegisteredParticipant>> {
    const known = this.#known(scope, participant);
    if (!known.ok) return known;
    const before = asGiven(known.value);
    const after = this.#corrected(scope, before, input);
    if (!after.ok) return after;
    const isTheirs = isTheirOwn(before, scope);
    const field = isTheirs ? OWN.find((each) => after.value[each] !== before[each]) : undefined;
    if (field !== undefined) return fail("PARTICIPANTS_OWN", "the participant decides this", `/${OWN_FIELDS[field]}`);
    const taken = given(this.#registry, scope, after.value, before, [participant]);
    if (!taken.ok) return taken;
    if (!isTheirs || scope === undefined) return this.#put(scope, participant, before, taken.value);
    const proposed = this.#parts.proposing.propose(scope, participant, wantedOf(before, after.value));
    if (!proposed.ok) return proposed;
    return this.#put(scope, participant, before, { ...before, locations: after.value.locations });
  }

  /** Settles when nothing in the data folder opens to who it was, or when it is proposed. */
  async erase(scope: Scope, participant: number): Promise<Result<Erased>> {
    const found = this.#known(scope, participant);
    if (!found.ok) return found;
    if (isTheirOwn(found.value, scope) && scope !== undefined) return this.#proposeErasure(scope, participant);
    const erased = this.#registry.erase(participant);
    if (!erased.ok) return erased;
    passOn(this.#registry, found.value);
    this.#parts.proposing.forget(participant);
    const forgotten = await this.#forgotten();
    return forgotten.ok ? ok("erased") : forgotten;
  }

  /** Takes over what the double has and the kept one has not, and erases the double; see merged.ts. */
  async merge(scope: Scope, participant: number, double: number): Promise<Result<RegisteredParticipant>> {
    if (participant === double) return fail("INVALID_FIELD", "a participant is no double of itself", "/participant");
    const kept = this.#known(scope, participant);
    if (!kept.ok) return kept;
    const other = this.#known(scope, double);
    if (!other.ok) return other;
    const merged = merge(
      this.#registry,
      scope,
      { participant, record: kept.value },
      { participant: double, record: other.value },
    );
    if (!merged.ok) return merged;
    this.#parts.proposing.forget(double);
    const view = this.get(scope, participant);
    const forgotten = await this.#forgotten();
    return forgotten.ok ? view : forgotten;
  }

  /** Settles when nothing opens any more to whom the registry has erased, nor to where their phones were. */
  async #forgotten(): Promise<Result<void>> {
    const { positions, proposing } = this.#parts;
    const decided = await proposing.settled();
    const [settled, purged] = await Promise.all([this.#registry.settled(), positions.purge()]);
    if (!decided.ok) return decided;
    return settled.ok ? purged : settled;
  }

  async #proposeErasure(scope: number, participant: number): Promise<Result<Erased>> {
    const { proposing } = this.#parts;
    const proposed = proposing.propose(scope, participant, [{ kind: "erasure", value: "" }]);
    if (!proposed.ok) return proposed;
    const settled = await proposing.settled();
    const made = proposing.openFor(scope, participant).find(({ kind }) => kind === "erasure");
    assert(made !== undefined, "what was proposed is there");
    return settled.ok ? ok(made) : settled;
  }

  async #put(
    scope: Scope,
    participant: number,
    before: Participant,
    after: Participant,
  ): Promise<Result<RegisteredParticipant>> {
    const changed = this.#registry.change(participant, () => after);
    if (!changed.ok) return changed;
    if (after.number !== before.number || after.mail !== before.mail) passOn(this.#registry, before);
    return this.#durable(scope, participant);
  }

  async #durable(scope: Scope, participant: number): Promise<Result<RegisteredParticipant>> {
    const view = this.get(scope, participant);
    const settled = await this.#registry.settled();
    const proposed = await this.#parts.proposing.settled();
    if (!settled.ok) return settled;
    return proposed.ok ? view : proposed;
  }

  /** Without what is not the municipality's to see. */
  #show(scope: Scope, participant: number, found: Participant): RegisteredParticipant {
    const locations = found.locations.filter((location) => isOwn(location, scope));
    const shown = scope === undefined ? found : asGiven(found);
    const view = toView(participant, { ...shown, locations }, undefined);
    return { ...view, proposals: this.#parts.proposing.openFor(scope, participant) };
  }

  #known(scope: Scope, participant: number): Result<Participant> {
    const found = this.#registry.get(participant);
    if (!found.ok) return found;
    return found.value !== undefined && knows(scope, found.value) ? ok(found.value) : NOBODY;
  }

  #corrected(scope: Scope, before: Participant, input: ParticipantCorrection): Result<Participant> {
    const { number, mail, ...change } = input;
    const reached = withReached(before, number, mail);
    if (!reached.ok) return reached;
    const { paused: _, ...others } = change;
    const asked = before.status === PAUSED ? others : change;
    const after = applyChange(reached.value, asked, this.#parts.places, this.#nowMs());
    if (!after.ok) return after;
    if (change.locations === undefined) return number ? withFittingNumber(after.value) : after;
    const { locations } = after.value;
    const stranger = locations.findIndex((location) => !isOwn(location, scope));
    if (stranger >= 0) {
      return fail("INVALID_FIELD", "not in this municipality", `/locations/${stranger}`);
    }
    if (locations.length === 0) return fail("INVALID_FIELD", "at least one; who leaves is erased", "/locations");
    const elsewhere = before.locations.filter((location) => !isOwn(location, scope));
    const all = [...elsewhere, ...locations];
    if (all.length > REGISTRY.locationsPerParticipant) {
      return fail("TOO_MANY_LOCATIONS", `at most ${REGISTRY.locationsPerParticipant}, also elsewhere`, "/locations");
    }
    return ok({ ...after.value, locations: all });
  }
}

/** What is a person's own beside the contacts, and its name in the API. */
const OWN = ["kind", "name", "language", "needs", "switchedOff", "status", "pausedUntil"] as const;
const OWN_FIELDS: Readonly<Record<(typeof OWN)[number], string>> = {
  ...{ kind: "kind", name: "name", language: "language", needs: "needs", switchedOff: "switchedOff" },
  ...{ status: "paused", pausedUntil: "paused" },
};
const NOBODY = fail("NOT_FOUND", "there is no such participant here", "participant");

function withReached(
  before: Participant,
  number: string | null | undefined,
  mail: string | null | undefined,
): Result<Participant> {
  const isGiven = typeof number === "string";
  const parsed = isGiven ? numberResult(readNumber(number), "/number") : ok(number === null ? 0 : before.number);
  if (!parsed.ok) return parsed;
  const after = { ...before, number: parsed.value, mail: mail === undefined ? before.mail : (mail ?? "") };
  const isReached = after.number !== 0 || after.mail !== "";
  return isReached ? ok(after) : fail("INVALID_FIELD", "a phone number or a mail address", "/number");
}
