/** The routes with which webhooks are made, tried, rotated and removed, and their dead letters replayed. A secret is in one answer alone. */
import type { MadeWebhook as Made, Webhooks } from "../../../engine/webhooks/webhooks.js";
import {
  DeliveryPage,
  DeliveryQuery,
  MadeWebhook,
  Replayed,
  ReplayRequest,
  Webhook,
  WebhookList,
  WebhookRequest,
} from "../../../schemas/webhooks/webhook.js";
import { respond, respondEmpty, respondLocated } from "../request/response.js";
import { type Route, route } from "../request/route.js";

const auth = { auth: "key", scopes: ["admin"] } as const;

export function webhookRoutes(webhooks: Webhooks): Route[] {
  return [...lookingRoutes(webhooks), ...makingRoutes(webhooks), ...usingRoutes(webhooks)];
}

function lookingRoutes(webhooks: Webhooks): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/webhooks",
      summary: "All webhooks, with how they do",
      ...auth,
      response: { status: 200, description: "In the order in which they were made", schema: WebhookList },
      handle: () => respond({ webhooks: webhooks.all().map((record) => webhooks.show(record)) }),
    }),
    route({
      method: "GET",
      path: "/v1/webhooks/{id}",
      summary: "One webhook",
      ...auth,
      response: { status: 200, description: "The webhook as it is now", schema: Webhook },
      handle: ({ id }) => {
        const record = webhooks.get(id);
        return record.ok ? respond(webhooks.show(record.value)) : record;
      },
    }),
    route({
      method: "GET",
      path: "/v1/webhooks/{id}/deliveries",
      summary:
        "What is still to be told to it, and what was given up; a page may be short, `next` says whether more follow",
      ...auth,
      query: DeliveryQuery,
      response: { status: 200, description: "A page, the oldest first", schema: DeliveryPage },
      handle: ({ id, query }) => {
        const page = webhooks.outbox.page(id, query);
        return page.ok ? respond(page.value) : page;
      },
    }),
  ];
}

function makingRoutes(webhooks: Webhooks): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/webhooks",
      grows: true,
      summary: "Have another system told of what happens; the secret that signs is in this answer and nowhere else",
      ...auth,
      body: WebhookRequest,
      response: { status: 201, description: "The webhook with its secret", schema: MadeWebhook, located: true },
      problems: ["TOO_MANY_WEBHOOKS", "STORE_WRITE_FAILED"],
      handle: async ({ body, caller }) => {
        const made = await webhooks.create(body, caller.by);
        return made.ok
          ? respondLocated(withSecret(webhooks, made.value), `/v1/webhooks/${made.value.record.id}`)
          : made;
      },
    }),
    route({
      method: "POST",
      path: "/v1/webhooks/{id}/rotate",
      summary: "Another secret for the same webhook; for a day the one of before signs beside it",
      ...auth,
      response: { status: 200, description: "The webhook with its new secret", schema: MadeWebhook },
      problems: ["STORE_WRITE_FAILED"],
      handle: async ({ id, caller }) => {
        const made = await webhooks.rotate(id, caller.by);
        return made.ok ? respond(withSecret(webhooks, made.value)) : made;
      },
    }),
    route({
      method: "DELETE",
      path: "/v1/webhooks/{id}",
      summary: "Remove a webhook, with all that waits for it",
      ...auth,
      response: { status: 204, description: "It is gone" },
      problems: ["STORE_WRITE_FAILED"],
      handle: async ({ id, caller }) => respondEmpty(await webhooks.remove(id, caller.by)),
    }),
  ];
}

function usingRoutes(webhooks: Webhooks): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/webhooks/{id}/ping",
      grows: true,
      summary: "Post an event that says nothing, to see whether it arrives",
      ...auth,
      response: {
        status: 202,
        description: "It is on its way; what comes of it shows in the webhook",
        schema: Webhook,
      },
      problems: ["STORE_WRITE_FAILED"],
      handle: async ({ id }) => {
        const pinged = await webhooks.ping(id);
        return pinged.ok ? respond(webhooks.show(pinged.value), 202) : pinged;
      },
    }),
    route({
      method: "POST",
      path: "/v1/webhooks/{id}/replay",
      summary: "Try dead letters again",
      ...auth,
      body: ReplayRequest,
      bodyMayLack: true,
      response: { status: 200, description: "How many", schema: Replayed },
      problems: ["STORE_WRITE_FAILED"],
      handle: async ({ id, body, caller }) => {
        const replayed = await webhooks.replay(id, body.deliveries, caller.by);
        if (!replayed.ok) return replayed;
        return respond({ replayed: replayed.value, dead: webhooks.outbox.line(id)?.dead.size ?? 0 });
      },
    }),
  ];
}

function withSecret(webhooks: Webhooks, { record, secret }: Made): MadeWebhook {
  return { ...webhooks.show(record), secret };
}
