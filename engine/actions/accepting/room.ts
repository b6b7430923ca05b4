/**
 * Whether one more action can be accepted. What is accepted will be done, so what could only wait for others is refused
 * before, with nothing stored; urgent actions and extreme alarms still find room where the rest finds none.
 */
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import type { CarrierAccount } from "../../dispatch/plan/account.js";
import type { Space } from "../../store/space.js";
import type { FilledRequest } from "../kinds/filled.js";
import { type ActionRecord, doingOf, isUnderWay, precedenceOf } from "../record.js";

/** `actions`: all that may be under way; `isLater`: it is to start at a set time, and needs its place among the rest only then. DISK_FULL, NO_CARRIER, GENERATED_REGISTRY or BUSY. */
export function roomFor(
  request: Pick<FilledRequest, "mode" | "urgency" | "timeCritical">,
  space: Pick<Space, "problem">,
  carriers: readonly CarrierAccount[],
  actions: Iterable<ActionRecord>,
  isLater: boolean,
): Result<void> {
  const full = space.problem;
  if (full !== null) return { ok: false, problem: full };
  if (carriers.length === 0) return fail("NO_CARRIER", "configure a carrier first");
  // A carrier that is down comes back; one that may never be reached is none.
  if (carriers.every(({ port }) => port.lastProblem()?.code === "GENERATED_REGISTRY")) {
    return fail("GENERATED_REGISTRY", "no carrier is on loopback; import a registry of real participants to send");
  }
  let underWay = 0;
  let scheduled = 0;
  for (const action of actions) {
    // One that is held counts: its waves live, too.
    if (doingOf(action) === "scheduled") scheduled++;
    else if (isUnderWay(action)) underWay++;
  }
  if (isLater) {
    if (scheduled < DISPATCH.actionsScheduled) return ok(undefined);
    return fail("BUSY", `${scheduled} actions wait for their start; no other is accepted until there are fewer`);
  }
  if (underWay < DISPATCH.actionsUnderWay[precedenceOf(request)]) return ok(undefined);
  return fail("BUSY", `${underWay} actions are under way; none of this urgency is accepted until there are fewer`);
}
