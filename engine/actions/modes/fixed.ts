/** An exercise or a test never becomes real, nor the other way round: neither by an edit nor by a copy. */
import type { ActionRequest } from "../../../schemas/api/api.js";
import { fail, type Result } from "../../../schemas/errors.js";
import type { Mode } from "../../../schemas/words.js";

/** MODE_FIXED where the change would have it in another mode than it was. */
export function changedInMode(mode: Mode, changed: Result<ActionRequest>): Result<ActionRequest> {
  if (!changed.ok || changed.value.mode === mode) return changed;
  return fail("MODE_FIXED", `it is ${mode} for good; create another one instead`, "/mode");
}
