/** What operations see of the service over the API: its health, its carriers, and receipts that belonged to no one. */
import { z } from "zod";
import { RECEIPTS } from "../limits.js";
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

export const Carrier = z
  .object({
    name: z.string(),
    share: z.number(),
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
    lastError: z.object({ code: z.string(), detail: z.string() }).nullable(),
  })
  .meta({ id: "Carrier" });
export type Carrier = z.infer<typeof Carrier>;

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
