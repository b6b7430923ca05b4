/** What operations see of the service over the API: its health, its carriers, and receipts that belonged to no one. */
import { z } from "zod";
import { CARRIER_CONTROL, RECEIPTS } from "../limits.js";
import { CARRIER_TROUBLES, CARRIER_USES, CHANNELS } from "../words.js";
import { numberInQuery } from "./query.js";

export const Health = z.object({ status: z.literal("ok") }).meta({ id: "Health" });
export const Readiness = z
  .object({
    ready: z.literal(true),
    warnings: z
      .array(z.string())
      .meta({ description: "What somebody should look at, though it keeps nothing from working" }),
  })
  .meta({ id: "Readiness" });

export const CarrierError = z
  .object({
    cause: z.enum(CARRIER_TROUBLES).meta({
      description:
        "It refused what it was sent; it did not answer in time; its bind broke before it answered: whether it has the message is not known of the last two",
    }),
    code: z.int().meta({
      description:
        "Of commandStatus, as in SMPP 3.4, 5.1.3; 0 of the others, and of those that were too many to be told apart",
    }),
    times: z.int(),
  })
  .meta({ id: "CarrierError" });
export type CarrierError = z.infer<typeof CarrierError>;

/** In a path: a carrier's name, as its file may have it. */
export const CarrierName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/);

export const Carrier = z
  .object({
    name: z.string(),
    channel: z.enum(CHANNELS),
    state: z.enum([...CARRIER_USES, "drained"]).meta({
      description:
        "Running; or, by an operator's word: paused, nothing is sent to it; draining, it sends what it was given and is given nothing new; drained, that is done",
    }),
    control: z
      .object({
        since: z.iso.datetime({ offset: true }),
        by: z.string().meta({ description: "Name of the API key with which it was said" }),
        untilReload: z.boolean(),
        share: z
          .number()
          .nullable()
          .meta({ description: "In place of the share that its file says; null: as it says" }),
      })
      .nullable()
      .meta({ description: "What an operator says of it; null where it is used as the file of carriers says" }),
    share: z.number().meta({ description: "Its part of the traffic, in proportion to the others', as it counts now" }),
    binds: z.object({ configured: z.int(), bound: z.int() }),
    window: z.int(),
    inFlight: z.int(),
    queued: z.int(),
    ratePerSecond: z.number(),
    allowedPerSecond: z.number().meta({
      description:
        "What is allowed now, over the binds that are bound: the configured rate, or what was learnt of the carrier's",
    }),
    submitted: z.int(),
    acknowledged: z.int(),
    refused: z.int(),
    throttled: z.int(),
    receipts: z.int(),
    strayReceipts: z.int().meta({ description: "Final receipts that belonged to no one; see /v1/stray-receipts" }),
    receivingBinds: z.int().meta({ description: "Binds that are bound and can receive: transceivers and receivers" }),
    strayResponses: z.int().meta({ description: "Responses to nothing that was outstanding: late, or twice" }),
    undecidedReceipts: z
      .int()
      .meta({ description: "Receipts that say that the carrier does not know what became of the message" }),
    messageIds: z.string().meta({
      description: "How ids in receipts are written beside those in responses: as configured, and what was found out",
    }),
    receiptsPer: z.string().meta({
      description:
        "Whether a receipt is for a part of a long message or for all of it: as configured, and what was found out",
    }),
    disconnects: z.int(),
    protocolErrors: z.int(),
    latencyMs: z.object({ p50: z.number().nullable(), p99: z.number().nullable() }),
    errors: z
      .array(CarrierError)
      .meta({ description: "What went wrong since the process started, by cause, the most frequent first" }),
    lastError: z.object({ code: z.string(), detail: z.string() }).nullable(),
  })
  .meta({ id: "Carrier" });
export type Carrier = z.infer<typeof Carrier>;

export const CarrierChange = z
  .strictObject({
    state: z.enum(CARRIER_USES).optional().meta({
      description:
        "Paused: nothing more is sent to it; what it was given and has not sent goes to the others, or waits where no other serves the number. Draining: it sends what it was given. Both go for every action, also where life is in danger",
    }),
    share: z
      .number()
      .min(CARRIER_CONTROL.shareMin)
      .max(CARRIER_CONTROL.shareMax)
      .nullable()
      .optional()
      .meta({ description: "Its part of the traffic, in place of what its file says; null: as the file says" }),
    untilReload: z
      .boolean()
      .default(false)
      .meta({ description: "Undone when the file of carriers is read again; a restart alone undoes nothing" }),
  })
  .refine(({ state, share }) => state !== undefined || share !== undefined, {
    path: ["state"],
    message: "state or share",
  })
  .meta({ id: "CarrierChange", description: "What is not said stays as it is" });
export type CarrierChange = z.infer<typeof CarrierChange>;

export const ChangedCarrier = z
  .object({
    carrier: Carrier,
    warning: z
      .object({ code: z.string(), detail: z.string() })
      .nullable()
      .meta({ description: "What whoever did it should know: that no carrier of its channel takes anything now" }),
  })
  .meta({ id: "ChangedCarrier" });
export type ChangedCarrier = z.infer<typeof ChangedCarrier>;

export const CarrierList = z.object({ carriers: z.array(Carrier) }).meta({ id: "CarrierList" });

export const StrayReceipt = z
  .object({
    at: z.iso.datetime({ offset: true }),
    carrier: z.string(),
    messageId: z.string().meta({ description: "As the receipt has it" }),
    state: z.string().meta({ description: "SMPP 3.4, 5.2.28" }),
    error: z.int().meta({ description: "The carrier's own error number" }),
  })
  .meta({ id: "StrayReceipt", description: "A final receipt that belonged to no one" });
export type StrayReceipt = z.infer<typeof StrayReceipt>;

export const StrayReceiptList = z.object({ receipts: z.array(StrayReceipt) }).meta({ id: "StrayReceiptList" });

export const StrayQuery = z.strictObject({ limit: numberInQuery("Receipts to show", 1, RECEIPTS.straysShown) });
