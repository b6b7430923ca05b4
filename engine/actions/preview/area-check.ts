/**
 * Checks an area before anything is accepted, without holding the main thread: a small one at once, any other in a worker of the
 * pool, in the turn of what it is for.
 */
import type { AreaInput } from "../../../schemas/api/area.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { API, DISPATCH } from "../../../schemas/limits.js";
import { checkArea } from "../../geo/check.js";
import { type FlatArea, flatten, type PolygonArea, verticesOf } from "../../geo/flat-area.js";
import type { Purpose, Turn } from "../../pool/turns.js";
import { forToday, type KnownMunicipalities } from "./areas.js";

/** INVALID_AREA; BUSY when too many wait; CANCELLED, and what becomes of a task: WORKER_DIED, NOT_READY. */
export type CheckArea = (area: AreaInput, purpose: Purpose) => Promise<Result<unknown>>;

/** The same request once its area was checked, for the municipality as it is today; or why it can't be taken. */
export type CheckRequest = <Asked extends { readonly area: AreaInput }>(
  asked: Asked,
  purpose: Purpose,
) => Promise<Result<Asked>>;

/** An area that was found good is not checked again: who claims for what a key may send looks at it before it is accepted. */
export function requestCheck(check: CheckArea, known: KnownMunicipalities): CheckRequest {
  const good = new WeakSet<AreaInput>();
  return async (asked, purpose) => {
    const { area } = asked;
    const checked = good.has(area) ? ok(undefined) : await check(area, purpose);
    if (!checked.ok) return checked;
    good.add(area);
    return forToday(asked, known);
  };
}

/**
 * `run` checks a flat area elsewhere. Each that waits holds an area of 400 kB, so those for counts are bounded, and those for actions,
 * whatever their urgency, at as many as may be under way: one more could not be accepted after its check.
 */
export function areaCheck(run: (flat: FlatArea, purpose: Purpose) => Promise<Result<unknown>>): CheckArea {
  const waiting = { counts: 0, actions: 0 };
  return async (area, purpose) => {
    if (!isLarge(area)) return checkArea(area);
    const [queue, most] = boundOf(purpose.turn);
    if (waiting[queue] >= most) return fail("BUSY", `${waiting[queue]} areas wait for their check`);
    waiting[queue]++;
    try {
      return await run(flatten(area), purpose);
    } finally {
      waiting[queue]--;
    }
  };
}

/** Too large for the main thread to check, and to be written with others in one turn. */
export function isLarge(area: AreaInput): area is PolygonArea {
  return area.type !== "Circle" && area.type !== "Municipality" && verticesOf(area) > API.areaVerticesAtOnce;
}

function boundOf(turn: Turn): ["counts" | "actions", number] {
  if (turn === "optional" || turn === "upkeep") return ["counts", API.queuedCounts];
  return ["actions", DISPATCH.actionsUnderWay[turn]];
}
