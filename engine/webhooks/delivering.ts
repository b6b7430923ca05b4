/**
 * Hands what is due to whoever posts it, some for each webhook at a time, so that one which hangs holds up its own few and no other.
 *
 * An answer of 2xx is a delivery. One that says that it comes too often, or not now (429, 503), is asked again when it says; another
 * answer is about this event alone. 410 is for good (Standard Webhooks): the event is a dead letter, and so is all that follows until
 * somebody removes the webhook.
 */

import type { Problem, Result } from "../../schemas/errors.js";
import { WEBHOOKS } from "../../schemas/limits.js";
import type { WebhookEvent } from "../../schemas/webhooks/webhook.js";
import type { DeliveryRecord } from "./delivery.js";
import type { Line, Waiting } from "./line.js";
import type { Outcome } from "./outbox.js";
import type { WebhookRecord } from "./webhook-record.js";
import type { Webhooks } from "./webhooks.js";

export interface Posted {
  readonly url: string;
  readonly id: string;
  readonly event: WebhookEvent;
  /** With each of which it is signed, the newest first. */
  readonly secrets: readonly string[];
}

export interface Answered {
  readonly status: number;
  /** What Retry-After says; undefined where it says nothing. */
  readonly retryAfterMs: number | undefined;
}

/** Who posts. WEBHOOK_UNREACHABLE, WEBHOOK_ADDRESS_REFUSED; settles within WEBHOOKS.answerMs. */
export interface Poster {
  /** Aborted, it settles at once as unreachable. */
  post(posted: Posted, signal: AbortSignal): Promise<Result<Answered>>;
}

export class Delivering {
  readonly #webhooks: Webhooks;
  readonly #poster: Poster;
  readonly #onFatal: (problem: Problem) => void;
  readonly #atWork = new Set<Promise<void>>();
  /** Where the next round begins, so that each has its turn when all places are taken. */
  #next = 0;
  #isClosed = false;
  /**
   * What is being posted, each with a controller of its own: what combines a signal with others (AbortSignal.any of Node 20) stays known
   * to it for as long as it lives, some 90 bytes a post.
   */
  readonly #posting = new Set<AbortController>();

  constructor(webhooks: Webhooks, poster: Poster, onFatal: (problem: Problem) => void) {
    this.#webhooks = webhooks;
    this.#poster = poster;
    this.#onFatal = onFatal;
    webhooks.outbox.onDue = () => this.work();
  }

  /** Begins with what is due; to be called now and then, too, for what has waited long enough. */
  work(): void {
    const all = this.#webhooks.all();
    for (let at = 0; at < all.length && !this.#isClosed; at++) {
      const webhook = all[(this.#next + at) % all.length]!;
      while (this.#atWork.size < WEBHOOKS.atOnce) {
        const taken = this.#webhooks.outbox.take(webhook.id);
        if (taken === undefined) break;
        const work = this.#deliver(webhook, taken.waiting, taken.record).finally(() => {
          this.#atWork.delete(work);
          this.work();
        });
        this.#atWork.add(work);
      }
    }
    this.#next = all.length === 0 ? 0 : (this.#next + 1) % all.length;
  }

  /** Nothing begins any more; what is at work is waited for, but not for long: what was given up then is posted again after the next start. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const timer = setTimeout(() => {
      for (const posting of this.#posting) posting.abort();
    }, WEBHOOKS.closeMs);
    await Promise.all(this.#atWork);
    clearTimeout(timer);
  }

  async #deliver(webhook: WebhookRecord, waiting: Waiting, record: DeliveryRecord): Promise<void> {
    const { outbox } = this.#webhooks;
    const secrets = this.#webhooks.secretsOf(webhook);
    const { url, id } = webhook;
    const posting = new AbortController();
    this.#posting.add(posting);
    const answer = await this.#poster.post({ url, id: record.id, event: record.event, secrets }, posting.signal);
    this.#posting.delete(posting);
    // Nobody knows whether it came: it stands as before, and is no failure of whoever was to answer.
    if (posting.signal.aborted && !answer.ok) return;
    const line = outbox.line(id);
    const outcome = line ? judged(answer, line, outbox.now()) : {};
    const settled = await outbox.settle(id, waiting, record, outcome);
    if (!settled.ok) this.#onFatal(settled.problem);
  }
}

function judged(answer: Result<Answered>, line: Line, nowMs: number): Outcome {
  if (!answer.ok) {
    line.silent(nowMs);
    return { error: answer.problem.code };
  }
  const { status, retryAfterMs } = answer.value;
  if (status >= 200 && status < 300) {
    line.answered(nowMs);
    return {};
  }
  const error = `HTTP ${status}`;
  if (retryAfterMs !== undefined) line.refused(nowMs + Math.min(retryAfterMs, WEBHOOKS.retryAfterMsMax));
  else if (status === 429 || status >= 500) line.silent(nowMs);
  else line.refused(nowMs);
  return { error, isFinal: status === 410 };
}
