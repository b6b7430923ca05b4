/**
 * The shapes of the HTTP API: the one source of validation, TypeScript types and OpenAPI.
 */
import { z } from "zod";
import { API } from "../limits.js";
import {
  ACTION_KINDS,
  ACTION_STATUSES,
  ACTION_WAVE_KINDS,
  CONFIRMABLE,
  DOMAINS,
  LANGUAGES,
  RECIPIENT_STATES,
  UNKNOWN_POLICIES,
  URGENCIES,
} from "../words.js";
import {
  AskedGroups,
  aboutAction,
  confirmed,
  EXTREME_IS_ALARM,
  Fields,
  isAlarmIfExtreme,
  saying,
  Wording,
} from "./about-action.js";
import { RoundShown } from "./action/follow-up.js";
import { fitsItsMode, inMode, patchOf, shownMode, startsAt } from "./action/life.js";
import { OUTCOMES } from "./action/outcome.js";
import { Reason } from "./action/text.js";
import { AreaInput, AskedArea } from "./area.js";
import { ENOUGH_HAS_MIDDLE, enough, hasMiddle } from "./asking/enough.js";
import { ForecastError, WaveForecast } from "./asking/preview.js";
import { Actor } from "./audit.js";
import { DateTimeInput } from "./date-time.js";
import { nextPage, numberInQuery } from "./query.js";

export { Preview, TextAdvice, Warning } from "./asking/preview.js";
export { Reason };

/** Sent with every answer; raised with every change of the API (semantic versioning). */
export const API_VERSION = "1.9.0";
/** Where the service listens unless it is told otherwise, and where `seinpost watch` looks. */
export const DEFAULT_PORT = 8_080;

export const PreviewRequest = z
  .strictObject({
    area: AskedArea,
    ...aboutAction,
    ...saying,
    ...inMode,
    startAt: startsAt,
    expiresAt: DateTimeInput.optional(),
    enough,
  })
  .refine(isAlarmIfExtreme, EXTREME_IS_ALARM)
  .refine(hasMiddle, ENOUGH_HAS_MIDDLE)
  .superRefine(fitsItsMode)
  .meta({ id: "PreviewRequest" });
export type PreviewRequest = z.infer<typeof PreviewRequest>;

const allowNobody = z.boolean().default(false).meta({
  description:
    "Without it, an action whose selection finds nobody has failed, with the reason NOBODY_INSIDE, and is not sent",
});

export const DispatchRequest = z.strictObject({ allowNobody, confirmed }).meta({ id: "DispatchRequest" });
export type DispatchRequest = z.infer<typeof DispatchRequest>;

/** What an action is made of; each of it can be changed while it is a draft. */
const madeOf = {
  area: AskedArea,
  ...aboutAction,
  ...saying,
  expiresAt: DateTimeInput.optional(),
  startAt: startsAt,
  incidentAt: DateTimeInput.refine((text) => Date.parse(text) <= Date.now() + API.clocksApartMs, {
    error: "What has not happened yet is told when it has",
  })
    .optional()
    .meta({ description: "When it happened, for the results; told to nobody" }),
  ...inMode,
  onUnknown: z
    .enum(UNKNOWN_POLICIES)
    .optional()
    .meta({
      description:
        "Where a connection broke before the carrier answered: send again at once, so that some may get it twice, or hold for " +
        "a late receipt, so that some may not get it. By default resend if time-critical, else hold",
    }),
  enough,
  arrivals: z
    .boolean()
    .optional()
    .meta({
      description:
        "Ask whoever comes into the area as well until the action expires, by a phone that moves or a home that changes, or from then on welcomes it; " +
        "it is sending until then. As the kind (lateArrivals) when absent",
    }),
  allowNobody,
  confirmed,
};

export const ActionRequest = z
  .strictObject({
    ...madeOf,
    dispatch: z
      .boolean()
      .default(false)
      .meta({ description: "Approve it, then select and send at once, or at startAt" }),
  })
  .refine(isAlarmIfExtreme, EXTREME_IS_ALARM)
  .refine(hasMiddle, ENOUGH_HAS_MIDDLE)
  .superRefine(fitsItsMode)
  .meta({ id: "ActionRequest" });
export type ActionRequest = z.infer<typeof ActionRequest>;

export const ActionPatch = patchOf(madeOf).meta({ id: "ActionPatch" });
export type ActionPatch = z.infer<typeof ActionPatch>;

export const EndRequest = z
  .strictObject({
    ...saying,
    outcome: z.enum(OUTCOMES).default("success"),
    direct: z.boolean().optional().meta({ description: "What a participant told led to it directly, for the results" }),
    caughtInTheAct: z.boolean().optional().meta({ description: "Somebody was caught in the act, for the results" }),
    confirmed,
  })
  .refine(({ outcome, direct }) => !direct || outcome === "success" || outcome === "partialSuccess", {
    error: "What led to no success can't have led to it directly",
    path: ["direct"],
  })
  .meta({
    id: "EndRequest",
    description:
      "How it ended, told to exactly those reached: a text, or what the action's kind says of such an outcome, with these fields over those of the action",
  });
export type EndRequest = z.infer<typeof EndRequest>;

export const Counts = z
  .object({
    ...(Object.fromEntries(RECIPIENT_STATES.map((state) => [state, z.int()])) as Record<
      (typeof RECIPIENT_STATES)[number],
      z.ZodInt
    >),
    possibleDuplicates: z.int(),
  })
  .meta({
    id: "Counts",
    description:
      "Recipients by state. In the end delivered, failed, expired, stopped or unknown: once receipts are not awaited any more, who was acknowledged without one is unknown",
  });
export type Counts = z.infer<typeof Counts>;

export const Failure = z
  .object({
    cause: z.enum(["commandStatus", "messageState", "notSent"]).meta({
      description:
        "The carrier refused the message, or said in a receipt that it was not delivered; or we never sent it",
    }),
    code: z.int().meta({
      description:
        "As in SMPP 3.4: 5.1.3 for a command_status, 5.2.28 for a message_state. Not sent: 1 every carrier that serves the number has refused it, " +
        "2 the participant has switched SMS off or pauses, 3 there is no number",
    }),
    times: z.int(),
  })
  .meta({ id: "Failure" });
export type Failure = z.infer<typeof Failure>;

export const Wave = z
  .object({
    kind: z.enum(ACTION_WAVE_KINDS),
    round: z
      .int()
      .nullable()
      .meta({ description: "The number of the round that it is of; null of the first and the ending" }),
    text: z.string(),
    recipients: z.int(),
    segmentsPerMessage: z.int(),
    counts: Counts,
    withoutCarrier: z.int().meta({
      description:
        "Recipients who wait because no carrier serves their number now; they go when one does, until the expiry",
    }),
    failures: z.array(Failure).meta({ description: "Why messages failed, by how often" }),
    startedAt: z.iso.datetime({ offset: true }).nullable(),
    firstIntentAt: z.iso.datetime({ offset: true }).nullable(),
    acknowledgedAt: z.iso
      .datetime({ offset: true })
      .nullable()
      .meta({ description: "When the last recipient had a durable outcome" }),
    forecast: WaveForecast.nullable(),
    forecastError: ForecastError.nullable(),
  })
  .meta({ id: "Wave" });
export type Wave = z.infer<typeof Wave>;

/** What somebody does with an action. */
export const ACTS = [
  "created",
  "copied",
  "edited",
  "approved",
  "dispatched",
  "stopped",
  "resumed",
  "resent",
  "ended",
  "updated",
  "widened",
  "repeated",
  "corrected",
] as const;
export type Act = (typeof ACTS)[number];

export const Action = z
  .object({
    id: z.uuid(),
    version: z.int().meta({ description: "For If-Match; one more with everything that somebody does with the action" }),
    copyOf: z.uuid().nullable().meta({ description: "The action that it was made from" }),
    status: z.enum(ACTION_STATUSES),
    reason: Reason.nullable().meta({
      description: "Why it has failed or is held, or what its next step waits for; else null",
    }),
    ...shownMode,
    kind: z.string().meta({ description: "Id of a kind; GET /v1/kinds" }),
    like: z.enum(ACTION_KINDS).meta({ description: "What participants' wishes are held against" }),
    domain: z.enum(DOMAINS),
    urgency: z.enum(URGENCIES),
    timeCritical: z.boolean(),
    area: AreaInput,
    groups: AskedGroups.nullable(),
    arrivals: z.boolean().meta({ description: "Whether whoever comes into the area later is asked as well" }),
    enough: z
      .int()
      .nullable()
      .meta({ description: "How many the nearest were asked up to, where the area holds fewer" }),
    text: z.string().meta({ description: "What whoever is asked now gets: that of the last update, if there was one" }),
    simpleText: z.string().nullable().meta({ description: "The same for who needs simple language" }),
    spokenText: z.string().nullable().meta({ description: "The same for who needs a voice" }),
    texts: z
      .partialRecord(z.enum(LANGUAGES), Wording)
      .meta({ description: "By language, beside the text for everybody" }),
    fields: Fields.nullable().meta({
      description: "Of which its kind made the texts; null where they were written out",
    }),
    createdAt: z.iso.datetime({ offset: true }),
    startAt: z.iso
      .datetime({ offset: true })
      .nullable()
      .meta({ description: "When it is to start, where that is set" }),
    expiresAt: z.iso.datetime({ offset: true }),
    stoppedAt: z.iso.datetime({ offset: true }).nullable(),
    endedAt: z.iso.datetime({ offset: true }).nullable(),
    outcome: z.string().nullable(),
    direct: z.boolean().meta({ description: "What a participant told led to its outcome" }),
    caughtInTheAct: z.boolean(),
    incidentAt: z.iso.datetime({ offset: true }).nullable(),
    confirmed: z.array(z.enum(CONFIRMABLE)).meta({ description: "Warnings that operators confirmed" }),
    selectMs: z.number().nullable(),
    actors: z
      .object(
        Object.fromEntries(ACTS.map((act) => [act, Actor.nullable()])) as Record<Act, z.ZodNullable<typeof Actor>>,
      )
      .meta({
        description: "Who did what with it, the last time that it was done; null where nobody did, or it was not kept",
      }),
    replies: z.int().meta({ description: "Messages that came back from those who were asked" }),
    waves: z.array(Wave),
    rounds: z.array(RoundShown).meta({ description: "What was asked of it after its first wave, oldest first" }),
  })
  .meta({ id: "Action" });
export type Action = z.infer<typeof Action>;

export const ActionPage = z
  .object({
    actions: z.array(Action),
    next: nextPage,
  })
  .meta({ id: "ActionPage" });
export type ActionPage = z.infer<typeof ActionPage>;

export const ListQuery = z.strictObject({
  after: z.uuid().optional().meta({ description: "`next` of the page before" }),
  limit: numberInQuery("Actions in the page at most; fewer where their areas are large", 1, API.pageSize),
});
