/**
 * What the live feed asks of the engine: plain counts, as they stand. Rates and time left are the feed's own work, from
 * one count to the next, so the engine keeps no clock for whoever may be watching.
 */

import type { Carrier } from "../../schemas/api/operations.js";
import type { MonitorAction, MonitorAlarm } from "../../schemas/monitor.js";

export type ActionState = Omit<MonitorAction, "answeredPerSecond" | "secondsLeft">;

export interface MonitorState {
  /** The actions to show: those that were accepted and are not done, those that ended a moment ago, and those that failed. */
  readonly actions: readonly ActionState[];
  readonly carriers: readonly Carrier[];
  readonly alarms: readonly MonitorAlarm[];
}

export interface MonitorSource {
  /**
   * Called ten times a second while someone watches, never otherwise; must be cheap. Gives new objects at each call: the
   * feed keeps them until the next, to see what differs.
   */
  snapshot(): MonitorState;
}
