/** What is asked of an action after its first wave, and how that is shown. */
import { z } from "zod";
import { API, ROUNDS } from "../../limits.js";
import { ACTION_WAVE_KINDS } from "../../words.js";
import { confirmed, saying } from "../about-action.js";
import { AreaInput, Position } from "../area.js";
import { Actor } from "../audit.js";
import { DateTimeInput } from "../date-time.js";
import { SEQUENCE_MAX } from "./reply.js";
import { Reason } from "./text.js";

const reply = z
  .int()
  .min(1)
  .max(SEQUENCE_MAX)
  .optional()
  .meta({ description: "Sequence of the reply that it comes of, which is marked useful by it" });

export const UpdateRequest = z.strictObject({ ...saying, reply, confirmed }).meta({
  id: "UpdateRequest",
  description:
    "The corrected text, or the fields of which the action's kind makes one: to exactly those who were reached, or may have been, and in place of the old " +
    "text to those who were still to be sent to",
});
export type UpdateRequest = z.infer<typeof UpdateRequest>;

export const CorrectionRequest = z.strictObject({ ...saying, confirmed }).meta({
  id: "CorrectionRequest",
  description:
    "That it was not so, to exactly those who were reached, or may have been; nobody else gets it. Without a text what the action's kind says of a false alarm",
});
export type CorrectionRequest = z.infer<typeof CorrectionRequest>;

const meters = z.number().min(API.radiusMetersMin).max(API.radiusMetersMax);
const everySeconds = z.int().min(ROUNDS.ringSecondsMin).max(86_400);
const degrees = z.number().min(0).max(360);
const center = Position.optional().meta({ description: "The middle of the action's area when absent" });

const RingList = z
  .strictObject({
    center,
    radiiMeters: z.array(meters).min(1).max(ROUNDS.rings).meta({ description: "Each larger than the one before" }),
    everySeconds,
  })
  .refine(({ radiiMeters }) => radiiMeters.every((radius, at) => at === 0 || radius > radiiMeters[at - 1]!), {
    error: "Each radius is larger than the one before",
    path: ["radiiMeters"],
  })
  .meta({ id: "RingList", description: "Circles of these radii, the first at once and each next one so much later" });

const RingSteps = z
  .strictObject({ center, stepMeters: meters, everySeconds, maxRadiusMeters: meters })
  .meta({ id: "RingSteps", description: "Circles that grow by so much each time, up to the largest" });

export const Fleeing = z
  .strictObject({
    from: Position.meta({ description: "Where they were last" }),
    since: DateTimeInput.optional().meta({ description: "When; now when absent" }),
    metersPerSecond: z.number().min(0.1).max(100).meta({ description: "1.5 walking, 5 cycling, 30 on a motorway" }),
    everySeconds,
    sector: z
      .strictObject({ fromDegrees: degrees, toDegrees: degrees })
      .optional()
      .meta({ description: "Only in these directions: bearings from north, clockwise from one to the other" }),
    maxRadiusMeters: meters,
    until: DateTimeInput.optional().meta({ description: "The action's expiry when absent" }),
  })
  .meta({ id: "Fleeing", description: "The circle, or a part of it, in which somebody may be by now who flees" });

/** One of these, which says how. */
const WAYS = ["area", "rings", "fleeing", "enough"] as const;

export type Fleeing = z.infer<typeof Fleeing>;

export const WideningRequest = z
  .strictObject({
    area: AreaInput.optional().meta({ description: "Everybody in this area who was not asked yet" }),
    rings: z.union([RingList, RingSteps]).optional(),
    fleeing: Fleeing.optional(),
    enough: z
      .int()
      .min(1)
      .max(ROUNDS.enoughMax)
      .optional()
      .meta({ description: "The nearest to the middle of the action's area, until so many were asked in all" }),
    confirmed,
  })
  .refine((asked) => WAYS.filter((way) => asked[way] !== undefined).length === 1, {
    error: `Exactly one of ${WAYS.join(", ")}`,
  })
  .meta({ id: "WideningRequest" });
export type WideningRequest = z.infer<typeof WideningRequest>;

export const RoundShown = z
  .object({
    number: z.int(),
    kind: z.enum(ACTION_WAVE_KINDS),
    at: z.iso.datetime({ offset: true }),
    by: Actor,
    state: z.enum(["waits", "due", "follows", "done", "failed", "dropped"]).meta({
      description:
        "Waits for its next moment; due: its wave is being made; follows: who was on the way is still to get it; dropped: the action was stopped, ended or corrected before",
    }),
    text: z.string().nullable(),
    area: AreaInput.nullable().meta({
      description: "The area of a widening; of one in rings that of the next, or last",
    }),
    enough: z.int().nullable(),
    nextAt: z.iso.datetime({ offset: true }).nullable().meta({ description: "When the next ring is asked" }),
    reason: Reason.nullable().meta({ description: "Why it has failed" }),
  })
  .meta({ id: "Round", description: "What was asked of an action after its first wave, and how far it is" });
export type RoundShown = z.infer<typeof RoundShown>;
