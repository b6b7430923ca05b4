/**
 * Makes the changes of a plan, piece after piece. Whoever joined, changed, moved away or left between plan and this is
 * looked at as they are now, so a file that was planned a second ago undoes nothing that a participant did since: somebody
 * who left is not added again. What can't be done any more for such a reason is counted.
 */
import { setTimeout } from "node:timers/promises";
import { type ErrorCode, fail, ok, type Result } from "../../../schemas/errors.js";
import { MUNICIPALITY, REGISTRY } from "../../../schemas/limits.js";
import { inSlices } from "../../clock/slices.js";
import type { Participant } from "../../registry/record/participant.js";
import { knows, type Registry } from "../ports.js";
import { corrected, type FileSense } from "./corrected.js";
import { matched } from "./match.js";
import { NEWCOMER, type PlannedPerson, personsIn } from "./planned.js";

/** What became of one person; a problem is one that ends the import. */
type Applied = "done" | "overtaken" | "busy";

/** Of one piece, the number of persons whom something else came before. Ends with a problem that is not a person's own. */
export async function applyPiece(
  registry: Registry,
  file: FileSense,
  piece: Buffer,
  stopped: () => boolean,
  onTurn?: (tookMs: number) => void,
): Promise<Result<number>> {
  let overtaken = 0;
  const left = [...personsIn(piece)].reverse();
  while (left.length > 0) {
    if (stopped()) return fail("NOT_READY", "the service stops; the import goes on when it starts");
    const result = await inSlices(some(registry, file, left), onTurn);
    if (!result.ok) return result;
    overtaken += result.value;
    // A registry without room at the moment makes some within that time.
    if (left.length > 0) await setTimeout(MUNICIPALITY.busyMs);
  }
  const settled = await registry.settled();
  return settled.ok ? ok(overtaken) : settled;
}

/** As many as the registry takes; those are gone from the end of `left`. */
function* some(registry: Registry, file: FileSense, left: PlannedPerson[]): Generator<void, Result<number>> {
  let overtaken = 0;
  for (let person = left.at(-1); person !== undefined; person = left.at(-1)) {
    const applied = applyOne(registry, file, person);
    if (!applied.ok) return applied;
    if (applied.value === "busy") return ok(overtaken);
    if (applied.value === "overtaken") overtaken++;
    left.pop();
    yield;
  }
  return ok(overtaken);
}

function applyOne(registry: Registry, file: FileSense, person: PlannedPerson): Result<Applied> {
  // Who was new may have joined since; after a crash, by this very import.
  const match = person.target === NEWCOMER ? matched(registry, file.scope, person) : known(registry, file, person);
  if (!match.ok) return match;
  if ("refused" in match.value) return ok("overtaken");
  const { participant, before } = match.value;
  if (before === undefined) return outcome(registry, registry.add(corrected(undefined, person, file)));
  const change = (now: Participant) => corrected(now, person, file);
  if (change(before).locations.length > REGISTRY.locationsPerParticipant) return ok("overtaken");
  return outcome(registry, registry.change(participant, change));
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
