/** How long data is kept, tied to where it lies. A part of service.ts. */
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import type { History } from "../../../engine/history/history.js";
import { removeOldPages } from "../../../engine/pages/keeping.js";
import { type Periods, Retention } from "../../../engine/retention/retention.js";
import type { Store } from "../../../engine/store/store.js";
import { KEPT } from "../../../schemas/limits.js";
import type { Acting } from "./actions.js";
import type { Dispatch } from "./dispatch.js";
import type { Pages } from "./pages.js";
import type { Rights } from "./rights.js";
import type { RunningWebhooks } from "./webhooks.js";

interface KeepingParts
  extends Rights,
    Pick<Acting, "records" | "lifecycle" | "results">,
    Pick<Dispatch, "waves" | "replies" | "dispatcher" | "marks" | "reacted">,
    Pick<RunningWebhooks, "webhooks">,
    Pages {
  readonly store: Store;
  readonly history: History;
}

export function makeRetention(parts: KeepingParts, periods: Periods = KEPT): Retention {
  const { store, records, waves, replies, dispatcher, lifecycle, keys, trail, webhooks, results, history } = parts;
  const isLive = (waveId: number): boolean => dispatcher.waves.some(({ record }) => record.waveId === waveId);
  const hooks = {
    rights: { keys, trail, outbox: webhooks.outbox, results },
    onPeopleGone: async (actionId: string) => {
      // Where it fails the process ends, and the pass over what is too old takes it.
      await parts.reacted.forget(actionId);
      await lifecycle.apply(actionId, { type: "archived" });
    },
    history,
    removeOldPages: (beforeMs: number) => removeOldPages(parts, beforeMs),
  };
  return new Retention(store, records, waves, replies, periods, MACHINE_CLOCK, isLive, hooks);
}
