/** What subscribers have been shown last, and how the present differs from it. */
import { isDeepStrictEqual } from "node:util";
import type { MonitorAction, MonitorCarrier } from "../../schemas/monitor.js";

export interface Changes {
  readonly actions: MonitorAction[];
  readonly carriers: MonitorCarrier[];
  readonly gone: string[];
}

export class Shown {
  #actions = new Map<string, MonitorAction>();
  #carriers = new Map<string, MonitorCarrier>();

  /** Takes over the present; undefined when nothing differs. Carriers don't go while the process lives. */
  update(actions: readonly MonitorAction[], carriers: readonly MonitorCarrier[]): Changes | undefined {
    const changes: Changes = {
      actions: actions.filter((action) => !isDeepStrictEqual(this.#actions.get(action.id), action)),
      carriers: carriers.filter((carrier) => !isDeepStrictEqual(this.#carriers.get(carrier.name), carrier)),
      gone: [],
    };
    const present = new Map(actions.map((action) => [action.id, action]));
    for (const id of this.#actions.keys()) if (!present.has(id)) changes.gone.push(id);
    this.#actions = present;
    this.#carriers = new Map(carriers.map((carrier) => [carrier.name, carrier]));
    return changes.actions.length + changes.carriers.length + changes.gone.length > 0 ? changes : undefined;
  }

  all(): { actions: MonitorAction[]; carriers: MonitorCarrier[] } {
    return { actions: [...this.#actions.values()], carriers: [...this.#carriers.values()] };
  }
}
