/** The shapes of the API with which the trail of who did what is read. */
import { z } from "zod";
import { AUDIT } from "../limits.js";
import { CONFIRMABLE } from "../words.js";
import { nextPage, numberInQuery } from "./query.js";
import { KeyId } from "./rights.js";

/**
 * All that leaves a record, in words that never change their meaning. What can't be undone, and has no commit of its own, leaves
 * one before (…ing) and one after it: of the first alone nobody can tell whether it was done.
 */
export const DEEDS = [
  "action.created",
  "action.copied",
  "action.edited",
  "action.approved",
  "action.dispatched",
  "action.stopped",
  "action.resumed",
  "action.resent",
  "action.ended",
  "action.updated",
  "action.widened",
  "action.repeated",
  "action.corrected",
  "testGroup.changed",
  "testGroup.removed",
  "key.created",
  "key.rotated",
  "key.revoked",
  "session.opened",
  "session.ended",
  "reply.marked",
  "reply.forwarded",
  "webhook.created",
  "webhook.rotated",
  "webhook.replayed",
  "webhook.removed",
  "carrier.changed",
  "registry.generated",
  "registry.imported",
  "registry.exporting",
  "registry.exported",
  "places.imported",
  "backup.taking",
  "backup.taken",
  "backup.restored",
  "encryption.rotated",
  "import.begun",
  "import.received",
  "participant.sought",
  "participant.seen",
  "participant.added",
  "participant.changing",
  "participant.changed",
  "participant.merging",
  "participant.merged",
  "participant.erasing",
  "participant.erased",
  "proposal.made",
  "proposal.seen",
  "proposal.withdrawn",
  "evidence.opening",
  "evidence.opened",
  "media.changed",
  "media.removed",
] as const;
export type Deed = (typeof DEEDS)[number];

export const Actor = z
  .object({
    kind: z.enum(["key", "self", "local", "system"]).meta({
      description:
        "An API key, a participant about themselves, a command on the machine of the service, or the service itself",
    }),
    id: z.string().meta({ description: 'Of the API key; else ""' }),
    name: z.string().meta({ description: "Of the API key, as it was then" }),
  })
  .meta({ id: "Actor", description: "Who did something; never a person" });

export const AuditRecord = z
  .object({
    id: z.string(),
    at: z.iso.datetime({ offset: true }),
    by: Actor,
    deed: z.enum(DEEDS),
    on: z
      .record(z.string(), z.union([z.string(), z.array(z.string())]))
      .meta({ description: "Ids of what it was done to, by what they are of" }),
    confirmed: z
      .array(z.enum(CONFIRMABLE))
      .optional()
      .meta({ description: "Warnings in spite of which it was done; absent for none" }),
    refused: z.string().nullable().meta({ description: "The code, where it was asked for and refused" }),
  })
  .meta({ id: "AuditRecord", description: "Who did what, when, and to what; nothing personal" });
export type AuditRecord = z.infer<typeof AuditRecord>;

export const AuditPage = z
  .object({
    records: z.array(AuditRecord),
    next: nextPage,
  })
  .meta({ id: "AuditPage" });
export type AuditPage = z.infer<typeof AuditPage>;

export const AuditQuery = z.strictObject({
  after: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional()
    .meta({ description: "`next` of the page before" }),
  limit: numberInQuery(
    "Records in the page at most; fewer where few of those looked at are asked for",
    1,
    AUDIT.pageSize,
  ),
  deed: z.enum(DEEDS).optional().meta({ description: "Of this kind alone" }),
  key: KeyId.optional().meta({ description: "By this API key alone" }),
});
export type AuditQuery = z.infer<typeof AuditQuery>;
