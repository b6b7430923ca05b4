/** What subscribers have been shown last, and how the present differs from it. */
import { isDeepStrictEqual } from "node:util";
import type { MonitorAction, MonitorAlarm, MonitorCarrier } from "../../schemas/monitor.js";

export interface Changes {
  readonly actions: MonitorAction[];
  readonly carriers: MonitorCarrier[];
  readonly gone: string[];
  readonly alarms: MonitorAlarm[];
}

export class Shown {
  #actions = new Map<string, MonitorAction>();
  #carriers = new Map<string, MonitorCarrier>();
  #alarms: readonly MonitorAlarm[] = [];

  /** Takes over the present; undefined when nothing differs. Carriers don't go while the process lives. */
  update(
    actions: readonly MonitorAction[],
    carriers: readonly MonitorCarrier[],
    alarms: readonly MonitorAlarm[],
  ): Changes | undefined {
    const changes: Changes = {
      actions: actions.filter((action) => !isDeepStrictEqual(this.#actions.get(action.id), action)),
      carriers: carriers.filter((carrier) => !isDeepStrictEqual(this.#carriers.get(carrier.name), carrier)),
      gone: [],
      alarms: [...alarms],
    };
    const present = new Map(actions.map((action) => [action.id, action]));
    for (const id of this.#actions.keys()) if (!present.has(id)) changes.gone.push(id);
    this.#actions = present;
    this.#carriers = new Map(carriers.map((carrier) => [carrier.name, carrier]));
    const alarmsDiffer = !isDeepStrictEqual(this.#alarms, alarms);
    this.#alarms = alarms;
    const differs = changes.actions.length + changes.carriers.length + changes.gone.length > 0;
    return differs || alarmsDiffer ? changes : undefined;
  }

  all(): Omit<Changes, "gone"> {
    return {
      actions: [...this.#actions.values()],
      carriers: [...this.#carriers.values()],
      alarms: [...this.#alarms],
    };
  }
}
