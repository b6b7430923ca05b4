/**
 * What other systems are told of an action: that it has another status than what is stored, in the commit that stores it. What is not
 * real has a topic and names of its own, so that nobody who waits for what is real takes one for it.
 */

import { WEBHOOKS } from "../../schemas/limits.js";
import type { WebhookEvent, WebhookTopic } from "../../schemas/webhooks/webhook.js";
import type { ActionStatus } from "../../schemas/words.js";
import type { ActionStore } from "./action-store.js";
import type { ActionRecord } from "./record.js";

const TOPIC_OF = { actual: "action", exercise: "exercise", test: "test" } as const;

export class Told {
  /** Of actions that change, what was put last: a commit does not see what the same one has put before. */
  readonly #last = new Map<string, ActionStatus>();
  readonly #actions: Pick<ActionStore, "statusOf">;
  readonly #now: () => number;
  readonly #tell: (topic: WebhookTopic, event: WebhookEvent) => void;

  constructor(
    actions: Pick<ActionStore, "statusOf">,
    now: () => number,
    tell: (topic: WebhookTopic, event: WebhookEvent) => void,
  ) {
    this.#actions = actions;
    this.#now = now;
    this.#tell = tell;
  }

  /** To be called in the commit that puts the record. */
  put({ id, status, request: { mode, kind, urgency }, reason }: ActionRecord): void {
    const before = this.#last.get(id) ?? this.#actions.statusOf(id);
    if (status === before) return;
    this.#last.delete(id);
    this.#last.set(id, status);
    if (this.#last.size > WEBHOOKS.actionsRemembered) this.#last.delete(this.#last.keys().next().value!);
    const topic = TOPIC_OF[mode];
    const data = { id, mode, kind, urgency, status, reason: reason?.code ?? null };
    this.#tell(topic, { type: `${topic}.${status}`, timestamp: new Date(this.#now()).toISOString(), data });
  }
}
