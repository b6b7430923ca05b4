/** Who else is told of what happens: webhooks as they stand in the store, and whoever posts to them. A part of service.ts. */
import type { ActionStore } from "../../../engine/actions/action-store.js";
import { Told } from "../../../engine/actions/told.js";
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import type { LiveRegistry } from "../../../engine/registry/live/live-registry.js";
import type { DataFolder } from "../../../engine/registry/open.js";
import { Delivering, type Poster } from "../../../engine/webhooks/delivering.js";
import { Webhooks } from "../../../engine/webhooks/webhooks.js";
import { ok, type Problem, type Result } from "../../../schemas/errors.js";
import type { MonitorAlarm } from "../../../schemas/monitor.js";
import type { HttpPoster } from "../../webhooks/poster.js";
import type { Networks } from "../../webhooks/public-address.js";
import type { Closing } from "../closing.js";
import type { Rights } from "./rights.js";

export interface RunningWebhooks {
  readonly webhooks: Webhooks;
  readonly delivering: Delivering;
}

interface Telling {
  readonly networks: Networks;
  /** The folder may be a past, of which nothing is told again. */
  readonly isDoubted: boolean;
  onFatal(problem: Problem): void;
}

export async function startWebhooks(
  { store, vault }: DataFolder,
  live: LiveRegistry,
  { trail }: Rights,
  records: ActionStore,
  { networks, isDoubted, onFatal }: Telling,
  closing: Closing,
): Promise<Result<RunningWebhooks>> {
  const parts = { store, vault, trail, clock: MACHINE_CLOCK, forgotten: () => live.settled() };
  const webhooks = await Webhooks.load(parts, isDoubted);
  if (!webhooks.ok) return webhooks;
  const told = new Told(records, Date.now, (topic, event) => webhooks.value.tell(topic, event));
  records.onPut.push((record) => told.put(record));
  const poster = posterOf(networks);
  const delivering = new Delivering(webhooks.value, poster, onFatal);
  closing.add(async () => {
    await delivering.close();
    await poster.close();
  });
  return ok({ webhooks: webhooks.value, delivering });
}

/** Loaded with the first event: its HTTP client is a twentieth of what a start works, and most services tell nobody. */
function posterOf(networks: Networks): Poster & Pick<HttpPoster, "close"> {
  let loaded: Promise<HttpPoster> | undefined;
  return {
    async post(posted, givenUp) {
      loaded ??= import("../../webhooks/poster.js").then((module) => new module.HttpPoster(networks));
      return (await loaded).post(posted, givenUp);
    },
    close: async () => (await loaded)?.close(),
  };
}

/** For the monitor: those that do not answer, and dead letters. */
export function alarmsOfWebhooks(webhooks: Webhooks): MonitorAlarm[] {
  const shown = webhooks.all().map((record) => webhooks.show(record));
  const alarms: MonitorAlarm[] = [];
  for (const { name, status, pending } of shown) {
    if (status === "failing")
      alarms.push({ code: "WEBHOOK_UNREACHABLE", detail: `${name} does not answer; ${pending} events wait for it` });
  }
  for (const { name, dead } of shown) {
    if (dead > 0)
      alarms.push({
        code: "WEBHOOK_REFUSED",
        detail: `${name}: ${dead} events were given up, and wait to be replayed`,
      });
  }
  return alarms;
}
