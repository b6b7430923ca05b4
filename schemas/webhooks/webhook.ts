/**
 * The shapes of the API with which webhooks are kept, and of what they are told: events after Standard Webhooks
 * (https://www.standardwebhooks.com), each signed, with an id that stays the same however often it is sent.
 */
import { z } from "zod";
import { nextPage, numberInQuery } from "../api/query.js";
import { WEBHOOKS } from "../limits.js";
import { ACTION_STATUSES, MODES } from "../words.js";

/** What a webhook can be told of; what is not real is a topic of its own, so that nobody gets it unasked. */
const WEBHOOK_TOPICS = ["action", "exercise", "test", "reply"] as const;
export type WebhookTopic = (typeof WEBHOOK_TOPICS)[number];

const at = z.iso.datetime({ offset: true });

const Url = z
  .string()
  .max(WEBHOOKS.urlCharacters)
  .refine((text) => isAddress(text), { error: "Must be https://… or http://…, without a user in it" })
  .meta({ description: "Where events are posted to; https, or http in a network that the service was told to trust" });

function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" && url.hash === "";
}

/** One line that can be read. */
const Name = z
  .string()
  .trim()
  .min(1)
  .max(WEBHOOKS.nameCharacters)
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u, { error: "One line, without control characters" })
  .meta({ description: "Which system it is, and no person" });

const Topics = z.array(z.enum(WEBHOOK_TOPICS)).min(1).max(WEBHOOK_TOPICS.length).meta({
  description:
    "action: those that are real; exercise, test: those that are not, whose events have other names; reply: what the desk forwards",
});

export const WebhookRequest = z.strictObject({ name: Name, url: Url, topics: Topics }).meta({ id: "WebhookRequest" });
export type WebhookRequest = z.infer<typeof WebhookRequest>;

export const Webhook = z
  .object({
    id: z.uuid(),
    name: z.string(),
    url: z.string(),
    topics: z.array(z.enum(WEBHOOK_TOPICS)),
    createdAt: at,
    status: z.enum(["answers", "failing"]).meta({ description: "failing: the last request to it came to nothing" }),
    pending: z.int().meta({ description: "Events that are still to be told" }),
    dead: z.int().meta({ description: "Events that were given up, and can be replayed" }),
    lastDeliveredAt: at.nullable().meta({ description: "Since the service started" }),
  })
  .meta({ id: "Webhook" });
export type Webhook = z.infer<typeof Webhook>;

export const MadeWebhook = Webhook.extend({
  secret: z.string().meta({ description: "whsec_…, with which its events are signed; shown this once" }),
}).meta({ id: "MadeWebhook" });
export type MadeWebhook = z.infer<typeof MadeWebhook>;

export const WebhookList = z.object({ webhooks: z.array(Webhook) }).meta({ id: "WebhookList" });

const DELIVERY_STATES = ["pending", "dead"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export const Delivery = z
  .object({
    id: z.string().meta({ description: "webhook-id of the request: the same each time it is sent" }),
    type: z.string(),
    subject: z.string().meta({ description: "Id of what it tells of" }),
    createdAt: at,
    state: z.enum(DELIVERY_STATES),
    attempts: z.int(),
    nextAt: at.nullable().meta({ description: "When it is tried again; null for one that was given up" }),
    lastError: z.string().nullable().meta({ description: "What came of the last attempt: a status, or a code" }),
  })
  .meta({ id: "Delivery" });
export type Delivery = z.infer<typeof Delivery>;

export const DeliveryPage = z.object({ deliveries: z.array(Delivery), next: nextPage }).meta({ id: "DeliveryPage" });
export type DeliveryPage = z.infer<typeof DeliveryPage>;

export const DeliveryQuery = z.strictObject({
  state: z.enum(DELIVERY_STATES).optional(),
  after: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .optional()
    .meta({ description: "`next` of the page before" }),
  limit: numberInQuery("Deliveries in the page at most", 1, WEBHOOKS.pageSize),
});

export type DeliveryQuery = z.infer<typeof DeliveryQuery>;

export const ReplayRequest = z
  .strictObject({
    deliveries: z
      .array(z.string().max(64))
      .min(1)
      .max(WEBHOOKS.pageSize)
      .optional()
      .meta({ description: "Ids of dead letters; absent: all" }),
  })
  .meta({ id: "ReplayRequest" });

export const Replayed = z
  .object({ replayed: z.int(), dead: z.int().meta({ description: "Those that are left" }) })
  .meta({ id: "Replayed" });

/** What is posted. */
export const WebhookEvent = z
  .object({
    type: z.string().meta({
      description:
        "action.sent, exercise.sent, test.sent …: whether it is real, and the status that it has now; webhook.ping",
    }),
    timestamp: at.meta({ description: "When it happened" }),
    data: z.object({
      id: z.uuid().meta({ description: "Of the action, or of the webhook that is tried" }),
      mode: z.enum(MODES).optional(),
      kind: z.string().optional(),
      urgency: z.string().optional(),
      status: z.enum(ACTION_STATUSES).optional(),
      reply: z.int().optional().meta({ description: "Sequence of the reply, for one that the desk forwards" }),
      media: z.array(z.string()).optional().meta({ description: "Ids of its photos and films" }),
      reason: z.string().nullable().optional().meta({ description: "Code of why it has failed or is held" }),
    }),
  })
  .meta({
    id: "WebhookEvent",
    description: "Ids and words, and nothing of a person: whoever may know more asks the API",
  });
export type WebhookEvent = z.infer<typeof WebhookEvent>;
