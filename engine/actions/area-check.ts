/**
 * Checks an area before anything is accepted, without holding the main thread: a small one at once, any other in a worker of the
 * pool, in the turn of what it is for.
 */
import type { AreaInput } from "../../schemas/area.js";
import { fail, type Result } from "../../schemas/errors.js";
import { API } from "../../schemas/limits.js";
import { checkArea } from "../geo/check.js";
import { type FlatArea, flatten, verticesOf } from "../geo/flat-area.js";
import type { Purpose } from "../selection/turns.js";
import { forToday, type KnownMunicipalities } from "./areas.js";

/** INVALID_AREA; BUSY when too many wait that are for counts; CANCELLED, and what becomes of a task: WORKER_DIED, NOT_READY. */
export type CheckArea = (area: AreaInput, purpose: Purpose) => Promise<Result<unknown>>;

/** The same request once its area was checked, for the municipality as it is today. */
export type Sound = <Asked extends { readonly area: AreaInput }>(
  asked: Asked,
  purpose: Purpose,
) => Promise<Result<Asked>>;

export function soundly(check: CheckArea, known: KnownMunicipalities): Sound {
  return async (asked, purpose) => {
    const checked = await check(asked.area, purpose);
    return checked.ok ? forToday(asked, known) : checked;
  };
}

/** `run` checks a flat area elsewhere. */
export function areaCheck(run: (flat: FlatArea, purpose: Purpose) => Promise<Result<unknown>>): CheckArea {
  /** Those that are optional: each holds an area of 700 kB. */
  let waiting = 0;
  return async (area, purpose) => {
    const isSmall =
      area.type === "Circle" || area.type === "Municipality" || verticesOf(area) <= API.areaVerticesAtOnce;
    if (isSmall) return checkArea(area);
    const counted = purpose.turn === "optional" ? 1 : 0;
    if (counted > 0 && waiting >= API.queuedCounts) return fail("BUSY", `${waiting} areas wait for their check`);
    waiting += counted;
    try {
      return await run(flatten(area), purpose);
    } finally {
      waiting -= counted;
    }
  };
}
