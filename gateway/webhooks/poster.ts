/**
 * Posts events as Standard Webhooks has it: id, time and signature in headers, JSON in the body.
 *
 * Redirects are not followed: where they lead nobody has approved. Of the answer its status counts, and Retry-After; what it says may
 * hold anything, and stands in no log.
 */
import { Webhook } from "standardwebhooks";
import { Agent, request } from "undici";
import type { Answered, Posted, Poster } from "../../engine/webhooks/delivering.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { WEBHOOKS } from "../../schemas/limits.js";
import { AddressRefused, connectorTo } from "./connecting.js";
import type { Networks } from "./public-address.js";

export class HttpPoster implements Poster {
  readonly #agent: Agent;

  constructor(networks: Networks, servers?: readonly string[]) {
    this.#agent = new Agent({
      connect: connectorTo(networks, servers),
      connections: WEBHOOKS.atOnceEach,
      maxResponseSize: WEBHOOKS.answerBytes,
    });
  }

  async post({ url, id, event, secrets }: Posted, givenUp: AbortSignal): Promise<Result<Answered>> {
    const body = JSON.stringify(event);
    const now = new Date();
    const signal = AbortSignal.any([givenUp, AbortSignal.timeout(WEBHOOKS.answerMs)]);
    try {
      const answer = await request(url, {
        method: "POST",
        dispatcher: this.#agent,
        headers: {
          "content-type": "application/json",
          "user-agent": "Seinpost",
          "webhook-id": id,
          "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
          "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(" "),
        },
        body,
        signal,
      });
      await answer.body.dump({ limit: WEBHOOKS.answerBytes, signal }).catch(() => {});
      return ok({ status: answer.statusCode, retryAfterMs: retryAfterMs(answer.headers["retry-after"]) });
    } catch (error) {
      if (isRefused(error)) return fail("WEBHOOK_ADDRESS_REFUSED", "its name leads into a network that is not trusted");
      return fail("WEBHOOK_UNREACHABLE", (error as NodeJS.ErrnoException).code ?? "no answer");
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

/** undici hands on what a connector failed with, itself or as a cause. */
function isRefused(error: unknown): boolean {
  return error instanceof AddressRefused || (error instanceof Error && error.cause instanceof AddressRefused);
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfterMs(header: string | string[] | undefined): number | undefined {
  if (typeof header !== "string") return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
