/**
 * What an import would change: each person of the file is looked up in the registry and compared. The result is a report,
 * and those persons who change something, in the order of the registry's blocks, newcomers last: neighbours in a block are
 * then read and written together, here and when the plan is applied.
 *
 * A generator whose steps are one person each (slices.ts). The registry may change meanwhile; applying looks again.
 */
import { ok, type Result } from "../../../schemas/errors.js";
import { REGISTRY } from "../../../schemas/limits.js";
import { asGiven } from "../../registry/record/contact-marks.js";
import type { Participant } from "../../registry/record/participant.js";
import { unfitNumber } from "../../registry/record/profile/profile.js";
import type { ImportCode } from "../import/codes.js";
import type { Refusals } from "../import/refusals.js";
import type { Registry } from "../ports.js";
import type { Proposing } from "../proposing.js";
import { correction, differences, type Field, type FileSense } from "./corrected.js";
import { matched } from "./match.js";
import { NEWCOMER, Persons, type PlannedPerson } from "./planned.js";

/** In participants, not rows. */
export interface PlanCounts {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Of those who are changed, how many in this field. */
  readonly fields: Readonly<Partial<Record<Field, number>>>;
  /** Participants with a channel that the file has on and that stays off, because they switched it off. */
  readonly keptOff: number;
  /** Participants of whom the file has another contact, which is theirs to decide, and was not proposed yet. */
  readonly proposed: number;
}

export interface Plan {
  readonly counts: PlanCounts;
  /** Those whom applying has to do with; `target` is decided. */
  readonly changes: Persons;
}

export function* plan(
  registry: Registry,
  proposing: Pick<Proposing, "news">,
  file: FileSense,
  persons: Persons,
  refusals: Refusals,
  onPerson: (done: number) => void,
): Generator<void, Result<Plan>> {
  const targets = yield* targetsOf(registry, file, persons);
  if (!targets.ok) return targets;
  const order = yield* inOrderOfBlocks(persons.count, (index) => targets.value[index]!);
  const planner = new Planner(registry, proposing, file, refusals);
  for (let done = 0; done < order.length; done++) {
    const problem = planner.person(persons.at(order[done]!));
    if (problem !== undefined) return problem;
    onPerson(done + 1);
    yield;
  }
  return ok({ counts: planner.counts, changes: planner.changes });
}

class Planner {
  readonly changes = new Persons();
  readonly counts = {
    ...{ added: 0, changed: 0, unchanged: 0, fields: {} as Partial<Record<Field, number>> },
    ...{ keptOff: 0, proposed: 0 },
  };
  /** A bit for each participant whom an earlier person of the file is. */
  readonly #seen = new Uint8Array(REGISTRY.participants / 8);
  readonly #registry: Registry;
  readonly #proposing: Pick<Proposing, "news">;
  readonly #file: FileSense;
  readonly #refusals: Refusals;

  constructor(registry: Registry, proposing: Pick<Proposing, "news">, file: FileSense, refusals: Refusals) {
    this.#registry = registry;
    this.#proposing = proposing;
    this.#file = file;
    this.#refusals = refusals;
  }

  /** A problem of the store, if any. */
  person(row: PlannedPerson): Result<never> | undefined {
    const match = matched(this.#registry, this.#file.scope, row);
    if (!match.ok) return match;
    if ("refused" in match.value) return this.#refuse(row, match.value.refused);
    const { participant, before } = match.value;
    if (before === undefined) {
      if (row.number === 0 && row.mail === "") return this.#refuse(row, "IDENTITY_MISSING");
      if (row.locations.length === 0) return this.#refuse(row, "LOCATION_MISSING");
      if (this.counts.added >= this.#registry.room) return this.#refuse(row, "REGISTRY_FULL");
      this.counts.added++;
      this.changes.add({ ...row, target: NEWCOMER });
      return undefined;
    }
    if (this.#twice(participant)) return this.#refuse(row, "PARTICIPANT_TWICE");
    return this.#known(participant, asGiven(before), row);
  }

  #known(participant: number, before: Participant, row: PlannedPerson): undefined {
    const { after, wanted } = correction(before, row, this.#file);
    if (after.locations.length > REGISTRY.locationsPerParticipant) return this.#refuse(row, "TOO_MANY_LOCATIONS");
    const number = row.number || before.number;
    const unfit = number === before.number ? undefined : unfitNumber({ ...after, number });
    if (unfit !== undefined) return this.#refuse(row, unfit);
    if ((before.switchedOff & ~row.switchedOff) !== 0) this.counts.keptOff++;
    const fields = differences(before, after);
    const { scope } = this.#file;
    const isProposed = scope !== undefined && this.#proposing.news(scope, participant, wanted).length > 0;
    if (isProposed) this.counts.proposed++;
    this.counts[fields.length === 0 ? "unchanged" : "changed"]++;
    for (const field of fields) this.counts.fields[field] = (this.counts.fields[field] ?? 0) + 1;
    if (isProposed || fields.length > 0) this.changes.add({ ...row, target: participant });
    return undefined;
  }

  #refuse(row: PlannedPerson, code: ImportCode): undefined {
    this.#refusals.add(row.line, code, Math.max(1, row.locations.length));
  }

  #twice(participant: number): boolean {
    const bit = 1 << (participant & 7);
    const twice = (this.#seen[participant >>> 3]! & bit) !== 0;
    this.#seen[participant >>> 3]! |= bit;
    return twice;
  }
}

/** Steps that are too short to look at the clock after each. */
const SHORT_STEPS = 256;
const BLOCKS = REGISTRY.participants / REGISTRY.participantsPerBlock;

/**
 * Who in the registry each person is, or NEWCOMER, also for who is refused. Looked up in the order of whoever has the numbers, so
 * that a block is read once; what comes of it is independent of that order, in which those elsewhere have a part.
 */
function* targetsOf(registry: Registry, { scope }: FileSense, persons: Persons): Generator<void, Result<Uint32Array>> {
  const targets = new Uint32Array(persons.count).fill(NEWCOMER);
  const holderOf = (index: number): number => registry.byNumber(persons.numberAt(index))[0] ?? NEWCOMER;
  for (const index of yield* inOrderOfBlocks(persons.count, holderOf)) {
    const match = matched(registry, scope, persons.at(index));
    if (!match.ok) return match;
    if (!("refused" in match.value)) targets[index] = match.value.participant;
    yield;
  }
  return ok(targets);
}

/**
 * The persons by the block of a participant, those with NEWCOMER last; within a block as in the file. A counting sort, because
 * its passes can be cut anywhere.
 */
function* inOrderOfBlocks(count: number, participantOf: (index: number) => number): Generator<void, Uint32Array> {
  const blocks = new Uint32Array(count);
  const starts = new Uint32Array(BLOCKS + 2);
  for (let index = 0; index < count; index++) {
    const found = participantOf(index);
    blocks[index] = found === NEWCOMER ? BLOCKS : Math.floor(found / REGISTRY.participantsPerBlock);
    starts[blocks[index]! + 1]!++;
    if (index % SHORT_STEPS === 0) yield;
  }
  for (let block = 0; block <= BLOCKS; block++) starts[block + 1]! += starts[block]!;
  yield;
  const order = new Uint32Array(count);
  for (let index = 0; index < count; index++) {
    order[starts[blocks[index]!]!++] = index;
    if (index % (SHORT_STEPS * SHORT_STEPS) === 0) yield;
  }
  return order;
}
