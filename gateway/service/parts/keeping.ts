/** How long data is kept, tied to where it lies. A part of service.ts. */
import type { ActionStore } from "../../../engine/actions/action-store.js";
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import { type Periods, Retention } from "../../../engine/retention/retention.js";
import type { Store } from "../../../engine/store/store.js";
import { KEPT } from "../../../schemas/limits.js";
import type { Dispatch } from "./dispatch.js";
import type { Rights } from "./rights.js";

export function makeRetention(
  store: Store,
  records: ActionStore,
  { waves, replies, dispatcher }: Dispatch,
  rights: Rights,
  onPeopleGone: (actionId: string) => Promise<void>,
  periods: Periods = KEPT,
): Retention {
  const isLive = (waveId: number): boolean => dispatcher.waves.some(({ record }) => record.waveId === waveId);
  return new Retention(store, records, waves, replies, periods, MACHINE_CLOCK, isLive, rights, onPeopleGone);
}
