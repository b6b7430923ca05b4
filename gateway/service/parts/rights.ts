/** Who may do what: API keys as they stand in the store. A part of service.ts. */
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import { Keys } from "../../../engine/rights/keys.js";
import type { Store } from "../../../engine/store/store.js";
import type { Problem } from "../../../schemas/errors.js";
import type { Closing } from "../closing.js";

export function openKeys(store: Store, onFatal: (problem: Problem) => void, closing: Closing): Keys {
  const keys = new Keys(store, MACHINE_CLOCK);
  closing.add(async () => {
    const used = await keys.use.flush();
    if (!used.ok) onFatal(used.problem);
  });
  return keys;
}
