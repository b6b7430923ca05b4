/**
 * Whom an exercise or a test is held to: of those whom a real action would ask, the ones of its test group. A group that is not there,
 * or not any more, is nobody, never everybody.
 */
import { assert, fail, ok, type Result } from "../../../schemas/errors.js";
import type { Mode } from "../../../schemas/words.js";
import { keptOf } from "../../selection/roster.js";
import type { Roster } from "../../selection/selector.js";

export interface TestGroups {
  /** Undefined where there is no such group. */
  members(name: string): ReadonlySet<number> | undefined;
}

/** Of what is held to a group, or to none. */
export interface Held {
  readonly mode: Mode;
  readonly testGroup?: string | null | undefined;
}

/** Undefined of a real action, which is held to none. TEST_GROUP_UNKNOWN. */
export function membersOf({ mode, testGroup }: Held, groups: TestGroups): Result<ReadonlySet<number> | undefined> {
  if (mode === "actual") return ok(undefined);
  const members = groups.members(testGroup ?? "");
  return members ? ok(members) : fail("TEST_GROUP_UNKNOWN", "nobody is asked but its members", "/testGroup");
}

/** In the same order. */
export async function heldTo(request: Held, roster: Roster, groups: TestGroups): Promise<Result<Roster>> {
  const members = membersOf(request, groups);
  if (!members.ok || members.value === undefined) return members.ok ? ok(roster) : members;
  assert(roster.textNumbers === undefined, "which text each gets is said of those who are asked");
  const group = members.value;
  return ok(await keptOf(roster, (person) => group.has(person)));
}
