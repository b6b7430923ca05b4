/**
 * Makes the changes of a plan, piece after piece. Whoever joined, changed, moved away or left between plan and this is
 * looked at as they are now, so a file that was planned a second ago undoes nothing that a participant did since: somebody
 * who left is not added again. What can't be done any more for such a reason is counted.
 */
import { setTimeout } from "node:timers/promises";
import { type ErrorCode, fail, ok, type Result } from "../../../schemas/errors.js";
import { MUNICIPALITY, REGISTRY } from "../../../schemas/limits.js";
import { inSlices } from "../../clock/slices.js";
import { passOn } from "../../registry/live/pass-on.js";
import { asGiven } from "../../registry/record/contact-marks.js";
import { given } from "../ownership.js";
import { knows, type Registry } from "../ports.js";
import type { Proposing } from "../proposing.js";
import { correction, type FileSense } from "./corrected.js";
import { matched } from "./match.js";
import { NEWCOMER, type PlannedPerson, personsIn } from "./planned.js";

/** What became of one person; a problem is one that ends the import. */
type Applied = "done" | "overtaken" | "busy";

/** Of one piece, the number of persons whom something else came before. Ends with a problem that is not a person's own. */
export async function applyPiece(
  registry: Registry,
  proposing: Pick<Proposing, "propose" | "settled">,
  file: FileSense,
  piece: Buffer,
  stopped: () => boolean,
  onTurn?: (tookMs: number) => void,
): Promise<Result<number>> {
  let overtaken = 0;
  const left = [...personsIn(piece)].reverse();
  while (left.length > 0) {
    if (stopped()) return fail("NOT_READY", "the service stops; the import goes on when it starts");
    const result = await inSlices(some({ registry, proposing, file }, left), onTurn);
    if (!result.ok) return result;
    overtaken += result.value;
    // A registry without room at the moment makes some within that time.
    if (left.length > 0) await setTimeout(MUNICIPALITY.busyMs);
  }
  const proposed = await proposing.settled();
  const settled = await registry.settled();
  if (!proposed.ok) return proposed;
  return settled.ok ? ok(overtaken) : settled;
}

interface Applying {
  readonly registry: Registry;
  readonly proposing: Pick<Proposing, "propose">;
  readonly file: FileSense;
}

/** As many as the registry takes; those are gone from the end of `left`. */
function* some(applying: Applying, left: PlannedPerson[]): Generator<void, Result<number>> {
  let overtaken = 0;
  for (let person = left.at(-1); person !== undefined; person = left.at(-1)) {
    const applied = applyOne(applying, person);
    if (!applied.ok) return applied;
    if (applied.value === "busy") return ok(overtaken);
    if (applied.value === "overtaken") overtaken++;
    left.pop();
    yield;
  }
  return ok(overtaken);
}

function applyOne({ registry, proposing, file }: Applying, person: PlannedPerson): Result<Applied> {
  // Who was new may have joined since; after a crash, by this very import.
  const match = person.target === NEWCOMER ? matched(registry, file.scope, person) : known(registry, file, person);
  if (!match.ok) return match;
  if ("refused" in match.value) return ok("overtaken");
  const { participant } = match.value;
  const before = match.value.before === undefined ? undefined : asGiven(match.value.before);
  const { after, wanted } = correction(before, person, file);
  if (after.locations.length > REGISTRY.locationsPerParticipant) return ok("overtaken");
  const taken = given(registry, file.scope, after, before, before === undefined ? [] : [participant]);
  if (!taken.ok) return outcome(registry, taken);
  if (before === undefined) return outcome(registry, registry.add(taken.value));
  const changed = registry.change(participant, () => taken.value);
  if (!changed.ok) return outcome(registry, changed);
  if (after.number !== before.number || after.mail !== before.mail) passOn(registry, before);
  // Where there is no room for a proposal, the participant is as before.
  const proposed = file.scope === undefined ? ok(undefined) : proposing.propose(file.scope, participant, wanted);
  return ok(proposed.ok ? "done" : "overtaken");
}

function known(registry: Registry, file: FileSense, { target }: PlannedPerson): ReturnType<typeof matched> {
  const found = registry.get(target);
  if (!found.ok) return found;
  const before = found.value;
  if (before === undefined || !knows(file.scope, before)) return ok({ refused: "PARTICIPANT_UNKNOWN" });
  return ok({ participant: target, before });
}

function outcome(registry: Registry, result: Result<unknown>): Result<Applied> {
  if (result.ok) return ok("done");
  const { code } = result.problem;
  if (code === "BUSY") return ok("busy");
  // A start makes room for more participants, but not for more different terms.
  const isOvertaken = OVERTAKEN.includes(code) || (code === "REGISTRY_FULL" && registry.room > 0);
  return isOvertaken ? ok("overtaken") : result;
}

const OVERTAKEN: readonly ErrorCode[] = ["NUMBER_TAKEN", "MAIL_TAKEN", "NOT_FOUND"];
