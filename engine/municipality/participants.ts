/**
 * A municipality looks up and corrects its participants one at a time. Those of another one are answered exactly as those
 * that nobody is: NOT_FOUND, or NUMBER_TAKEN where one number can't have two. Of a participant it sees and changes only the
 * locations within it, and never where a phone is. What the person switched off stays off, and who pauses goes on pausing.
 *
 * Promises that what is answered is durable, and that what is refused has changed nothing.
 */

import type { ParticipantCorrection, SearchRequest } from "../../schemas/api/municipality.js";
import type { ParticipantView } from "../../schemas/api/participant.js";
import { assert, fail, ok, type Result } from "../../schemas/errors.js";
import { REGISTRY } from "../../schemas/limits.js";
import { PARTICIPANT_STATUSES } from "../../schemas/words.js";
import { numberResult, readNumber, readSoughtNumber } from "../registry/phone-number.js";
import type { Participant } from "../registry/record/participant.js";
import { applyChange, newParticipant, toView, withFittingNumber } from "../registry/record/profile.js";
import type { Places } from "../registry/record/wishes.js";
import { merged } from "./merged.js";
import { isOwn, knows, type Positions, type Registry, type Scope } from "./ports.js";

const PAUSED = PARTICIPANT_STATUSES.indexOf("paused");

export class MunicipalityParticipants {
  readonly #registry: Registry;
  readonly #places: Places;
  readonly #positions: Positions;
  readonly #nowMs: () => number;

  constructor(registry: Registry, places: Places, positions: Positions, nowMs: () => number = Date.now) {
    this.#registry = registry;
    this.#places = places;
    this.#positions = positions;
    this.#nowMs = nowMs;
  }

  /** Everybody here with exactly this number or mail address. */
  search(scope: Scope, sought: SearchRequest): Result<ParticipantView[]> {
    const found = "number" in sought ? this.#withNumber(sought.number) : ok(this.#registry.byMail(sought.mail));
    if (!found.ok) return found;
    const views: ParticipantView[] = [];
    for (const participant of found.value) {
      const view = this.get(scope, participant);
      if (view.ok) views.push(view.value);
      else if (view.problem.code !== "NOT_FOUND") return view;
    }
    return ok(views);
  }

  #withNumber(text: string): Result<number[]> {
    const number = numberResult(readSoughtNumber(text), "/number");
    return number.ok ? ok(this.#registry.byNumber(number.value)) : number;
  }

  get(scope: Scope, participant: number): Result<ParticipantView> {
    const found = this.#known(scope, participant);
    return found.ok ? ok(viewFor(scope, participant, found.value)) : found;
  }

  /** Somebody new, who is active at once: the municipality vouches for them. */
  async add(scope: Scope, input: ParticipantCorrection): Promise<Result<ParticipantView>> {
    if (input.locations === undefined) return fail("INVALID_FIELD", "a participant has a location", "/locations");
    const joining = this.#corrected(scope, newParticipant({ number: 0, mail: "" }, this.#nowMs()), input);
    if (!joining.ok) return joining;
    const added = this.#registry.add(joining.value);
    return added.ok ? this.#durable(scope, added.value) : added;
  }

  async change(scope: Scope, participant: number, input: ParticipantCorrection): Promise<Result<ParticipantView>> {
    const before = this.#known(scope, participant);
    if (!before.ok) return before;
    const after = this.#corrected(scope, before.value, input);
    if (!after.ok) return after;
    const changed = this.#registry.change(participant, () => after.value);
    return changed.ok ? this.#durable(scope, participant) : changed;
  }

  /** Settles when nothing in the data folder opens to who it was. */
  async erase(scope: Scope, participant: number): Promise<Result<void>> {
    const found = this.#known(scope, participant);
    if (!found.ok) return found;
    const erased = this.#registry.erase(participant);
    return erased.ok ? this.#forgotten() : erased;
  }

  /** Settles when nothing opens any more to whom the registry has erased, nor to where their phones were. */
  async #forgotten(): Promise<Result<void>> {
    const [settled, purged] = await Promise.all([this.#registry.settled(), this.#positions.purge()]);
    return settled.ok ? purged : settled;
  }

  /** Takes over what the double has and the kept one has not, and erases the double. */
  async merge(scope: Scope, participant: number, double: number): Promise<Result<ParticipantView>> {
    if (participant === double) return fail("INVALID_FIELD", "a participant is no double of itself", "/participant");
    const kept = this.#known(scope, participant);
    if (!kept.ok) return kept;
    const other = this.#known(scope, double);
    if (!other.ok) return other;
    const after = merged(kept.value, other.value);
    if (after.locations.length > REGISTRY.locationsPerParticipant) {
      return fail("TOO_MANY_LOCATIONS", `together they have ${after.locations.length} locations`, "/participant");
    }
    const both = [participant, double];
    const isThird = (each: number) => !both.includes(each);
    if (this.#registry.byNumber(after.number).some(isThird)) return fail("NUMBER_TAKEN", "a third has the number");
    if (this.#registry.byMail(after.mail).some(isThird)) return fail("MAIL_TAKEN", "a third has the mail address");
    return this.#merge(scope, participant, double, after);
  }

  /**
   * First the kept one gets all but what is the double's until that is gone; so whatever is refused on the way, nothing is
   * lost, and the same request again does the rest. Nor does a crash leave neither of the two: one commit holds it all.
   */
  async #merge(
    scope: Scope,
    participant: number,
    double: number,
    after: Participant,
  ): Promise<Result<ParticipantView>> {
    const united = this.#registry.change(participant, ({ number, mail }) => ({ ...after, number, mail }), TOGETHER);
    if (!united.ok) return united;
    const erased = this.#registry.erase(double, TOGETHER);
    if (!erased.ok) return erased;
    const done = this.#registry.change(participant, () => after, TOGETHER);
    assert(done.ok, "nobody has the number or the address that the double had");
    const view = this.get(scope, participant);
    const forgotten = await this.#forgotten();
    return forgotten.ok ? view : forgotten;
  }

  async #durable(scope: Scope, participant: number): Promise<Result<ParticipantView>> {
    const view = this.get(scope, participant);
    const settled = await this.#registry.settled();
    return settled.ok ? view : settled;
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
    const after = applyChange(reached.value, asked, this.#places, this.#nowMs());
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

const TOGETHER = { urgent: true } as const;
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

/** Without what is not the municipality's to see. */
function viewFor(scope: Scope, participant: number, found: Participant): ParticipantView {
  const locations = found.locations.filter((location) => isOwn(location, scope));
  return toView(participant, { ...found, locations }, undefined);
}
