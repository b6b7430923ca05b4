/** Whose people a request for the file of participants is about. */
import type { Scope } from "../../../../engine/municipality/ports.js";
import { assert } from "../../../../schemas/errors.js";
import type { Who } from "../../request/route.js";

/** The caller's municipality; undefined for who sees all. */
export function scopeOf({ municipalities }: Who): Scope {
  assert(
    municipalities === undefined || municipalities.length === 1,
    "a key for people is of one municipality, or of all",
  );
  return municipalities?.[0];
}
