/**
 * The messages of live monitoring, one source of types and of /asyncapi.json. `monitor.fbs` is the same for the binary
 * subprotocol; a test holds the two together.
 *
 * The first message on a connection is a `snapshot`, everything there is. A `changes` message holds, whole, the actions
 * and carriers that differ from the message before, the ids of actions that are gone, and all alarms; its sequence is one more. A
 * client that was too slow gets no changes for a while and then a new snapshot, from which it goes on.
 */
import { z } from "zod";
import { Counts, Reason } from "./api/api.js";
import { Carrier } from "./api/operations.js";
import { ACTION_KINDS, ACTION_STATUSES, ACTION_WAVE_KINDS, MODES } from "./words.js";

/** Subprotocols that carry data; without one of them the connection speaks the first. */
export const MONITOR_PROTOCOLS = ["seinpost.v1.json", "seinpost.v1.flatbuffers"] as const;
/** A browser can't set a header on a WebSocket, so it offers its API key as one more subprotocol, behind this prefix. */
export const MONITOR_KEY_PROTOCOL = "seinpost.key.";

export const MESSAGE_TYPES = ["snapshot", "changes"] as const;

const Rate = z.int().nullable();

export const MonitorAction = z
  .object({
    id: z.string(),
    mode: z.enum(MODES).meta({ description: "Anything but actual is an exercise or a test, and says so in its text" }),
    kind: z.enum(ACTION_KINDS).meta({ description: "What the action's kind is like" }),
    status: z.enum(ACTION_STATUSES),
    reason: Reason.nullable().meta({
      description: "Why it has failed or is held, or what its next step waits for; else null",
    }),
    text: z.string().meta({ description: "Of the wave that is shown" }),
    startedAt: z.iso.datetime().nullable().meta({ description: "When the wave that is shown began; null before that" }),
    expectedAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: "When that wave was to be done, as it was forecast when it began" }),
    lateMs: z.int().nullable().meta({
      description: "How much later it was; negative: earlier. Null until the last recipient has an outcome",
    }),
    nextAt: z.iso.datetime().nullable().meta({
      description:
        "When it goes on by itself: its start, where that is set, or the next ring; null where nothing waits for its moment",
    }),
    wave: z.enum(ACTION_WAVE_KINDS).meta({ description: "The wave that is on its way, or was last, or is to come" }),
    recipients: z.int(),
    replies: z.int().meta({ description: "Messages that came back from those who were asked" }),
    counts: Counts,
    answeredPerSecond: Rate.meta({ description: "Recipients for whom a carrier answered; null until it is measured" }),
    secondsLeft: z.int().nullable().meta({ description: "Estimate at this rate; null when nothing moves" }),
  })
  .meta({ id: "MonitorAction" });
export type MonitorAction = z.infer<typeof MonitorAction>;

/** What is told of a carrier when asked, and not ten times a second. */
export const UNWATCHED = {
  channel: true,
  control: true,
  errors: true,
  ratePerSecond: true,
  allowedPerSecond: true,
  strayReceipts: true,
  receivingBinds: true,
  strayResponses: true,
  undecidedReceipts: true,
  messageIds: true,
  receiptsPer: true,
} as const satisfies Partial<Record<keyof Carrier, true>>;

export const MonitorCarrier = Carrier.omit(UNWATCHED)
  .extend({
    submittedPerSecond: Rate,
    acknowledgedPerSecond: Rate,
    receiptsPerSecond: Rate,
  })
  .meta({ id: "MonitorCarrier", description: "A carrier's counters since the start, its gauges now, its rates" });
export type MonitorCarrier = z.infer<typeof MonitorCarrier>;

export const MonitorAlarm = z
  .object({ code: z.string(), detail: z.string() })
  .meta({ id: "MonitorAlarm", description: "What somebody should look into, as long as it is so; nothing personal" });
export type MonitorAlarm = z.infer<typeof MonitorAlarm>;

export const MonitorMessage = z
  .object({
    type: z.enum(MESSAGE_TYPES),
    sequence: z.int(),
    at: z.iso.datetime(),
    actions: z.array(MonitorAction),
    carriers: z.array(MonitorCarrier),
    gone: z.array(z.string()).meta({ description: "Actions that are no longer shown" }),
    alarms: z.array(MonitorAlarm).meta({ description: "All there are now, in every message" }),
  })
  .meta({ id: "MonitorMessage" });
export type MonitorMessage = z.infer<typeof MonitorMessage>;
