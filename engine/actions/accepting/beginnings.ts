/**
 * Whose turn it is to be made durable, of the actions that begin: few at a time, and of those with a large area one. An extreme alarm
 * begins at once, and until it is durable no other does: what is written and answered meanwhile is time that it waits.
 *
 * Also whom there is no room for is told so in its turn: who asks again at once is then no faster than what is done.
 */
import type { AreaInput } from "../../../schemas/api/area.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { inTurn } from "../../clock/slices.js";
import { isLarge } from "../preview/area-check.js";
import { FewAtATime } from "./few-at-a-time.js";

export class Beginnings {
  readonly #few = new FewAtATime(DISPATCH.actionsAtATime);
  readonly #large = new FewAtATime(DISPATCH.largeActionsAtATime);

  /** Settles as `begin` does, which is to settle when the action is durable, or refused. */
  run<T>(isAlarm: boolean, area: AreaInput, begin: () => Promise<T>): Promise<T> {
    if (isAlarm) return this.#few.ahead(begin);
    const soon = () => this.#few.run(begin);
    // In a turn of its own: the one before is answered in the one in which it ends, and that is as long.
    return isLarge(area) ? this.#large.run(() => inTurn(() => {}).then(soon)) : soon();
  }
}
