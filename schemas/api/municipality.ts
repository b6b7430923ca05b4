/** The shapes of the API with which a municipality keeps the file of its participants. */
import { z } from "zod";
import { CHANNELS, DOMAINS, LANGUAGES, LOCATION_KINDS, NEEDS, PARTICIPANT_KINDS, PROPOSAL_STATES } from "../words.js";
import { countsBy, eachOf } from "./counts.js";
import { MailAddress, ParticipantChange, ParticipantView, PhoneNumber } from "./participant.js";

/** Digits of a participant number in a path; more than there can ever be. */
const NUMBER_DIGITS = 8;

/** In a path. */
export const ParticipantNumber = z
  .string()
  .regex(new RegExp(`^\\d{1,${NUMBER_DIGITS}}$`))
  .meta({ description: "Participant number" })
  .transform(Number);

/** In the body and not in the path, which logs and proxies keep. */
export const SearchRequest = z
  .union([z.strictObject({ number: PhoneNumber }), z.strictObject({ mail: MailAddress })], {
    error: "Either a number or a mail address",
  })
  .meta({ id: "ParticipantSearch", description: "An exact phone number or an exact mail address" });
export type SearchRequest = z.infer<typeof SearchRequest>;

/** By what somebody is reached; null takes it away. */
const reached = { number: PhoneNumber.nullable().optional(), mail: MailAddress.nullable().optional() };

/**
 * What a municipality may correct; of the locations it names those within it, which are replaced as a whole. To be reached
 * where the phone is, is the person's own to ask for.
 */
export const ParticipantCorrection = ParticipantChange.omit({ phone: true })
  .extend(reached)
  .meta({ id: "ParticipantCorrection" });
export type ParticipantCorrection = z.infer<typeof ParticipantCorrection>;

export const MunicipalityProposal = z
  .object({
    proposal: z.uuid(),
    participant: z.int(),
    kind: z.enum(["number", "mail", "erasure"]),
    state: z.enum(PROPOSAL_STATES).meta({
      description:
        "waiting: the new contact said yes, and the old one may object yet. Accepted to be erased, it is gone with the participant",
    }),
    value: z.string().nullable().meta({ description: "The contact as it would be; null: none, or it is decided" }),
    createdAt: z.iso.datetime({ offset: true }),
    until: z.iso.datetime({ offset: true }).nullable().meta({ description: "Of an open one: when it lapses" }),
  })
  .meta({
    id: "MunicipalityProposal",
    description:
      "What is the participant's to decide: of who has confirmed a contact by a code, or lives elsewhere as well",
  });
export type MunicipalityProposal = z.infer<typeof MunicipalityProposal>;
export const MunicipalityProposalList = z
  .object({ proposals: z.array(MunicipalityProposal) })
  .meta({ id: "MunicipalityProposalList" });

/** A participant as the municipality sees them, with what it has proposed. */
export const RegisteredParticipant = ParticipantView.extend({
  proposals: z.array(MunicipalityProposal).meta({ description: "Of this municipality, that are not decided" }),
}).meta({ id: "RegisteredParticipant" });
export type RegisteredParticipant = z.infer<typeof RegisteredParticipant>;

export const SearchResult = z
  .object({ participants: z.array(RegisteredParticipant) })
  .meta({ id: "ParticipantSearchResult" });

export const MergeRequest = z
  .strictObject({
    participant: z
      .int()
      .min(0)
      .max(10 ** NUMBER_DIGITS - 1)
      .meta({ description: "The double, which is erased" }),
  })
  .meta({ id: "MergeRequest" });

/** As the engine names them (engine/municipality/import/job.ts); a test holds them together. */
export const ImportQuery = z.strictObject({
  mode: z.enum(["allOrNothing", "bestEffort"]).default("allOrNothing"),
  dryRun: z.enum(["true", "false"]).default("false"),
});

const RowRefusal = z.object({ line: z.int(), code: z.string(), reason: z.string() });
const ImportReport = z.object({
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  fields: z.record(z.string(), z.int()).meta({ description: "Of those who are changed, how many in this field" }),
  proposed: z.int().meta({
    description: "Participants of whom the file has another number or mail address, which is theirs to decide",
  }),
  keptOff: z
    .int()
    .meta({ description: "Participants with a channel that the file has on, and that they switched off" }),
  refused: z.int().meta({ description: "Rows" }),
  refusedByCode: z.record(z.string(), z.int()),
  refusals: z.array(RowRefusal).meta({ description: "The first of them" }),
  file: z
    .object({
      charset: z.string(),
      separator: z.string(),
      lastLineEnded: z.boolean().meta({ description: "false: it may have been cut off" }),
      defaults: z
        .record(z.string(), z.string())
        .meta({ description: "Columns that it lacks, and what they are taken for of who is new" }),
    })
    .meta({ description: "How the file was read" }),
});

export const ImportView = z
  .object({
    id: z.uuid(),
    municipality: z.string().nullable(),
    mode: z.enum(["allOrNothing", "bestEffort"]),
    dryRun: z.boolean(),
    state: z.enum(["receiving", "planning", "applying", "done", "refused", "failed"]).meta({
      description: "refused: nothing was changed; failed: the problem says what became of it",
    }),
    startedAt: z.iso.datetime({ offset: true }),
    finishedAt: z.iso.datetime({ offset: true }).nullable(),
    rows: z.int(),
    bytes: z.int(),
    percent: z.int().nullable().meta({ description: "Of the state; null where the length of the body is not known" }),
    overtaken: z.int().meta({
      description: "Participants who changed or left while the import was being applied, so that it could not be",
    }),
    problem: z.object({ code: z.string(), detail: z.string(), field: z.string().optional() }).nullable(),
    report: ImportReport.nullable().meta({
      description: "What would be changed, or was; null until it is known",
    }),
  })
  .meta({ id: "Import" });
export type ImportView = z.infer<typeof ImportView>;
export const ImportList = z.object({ imports: z.array(ImportView) }).meta({ id: "ImportList" });

export const Statistics = z
  .object({
    countedAt: z.iso.datetime({ offset: true }),
    participants: z.int(),
    statuses: countsBy(["active", "paused", "unconfirmed"]),
    kinds: countsBy(PARTICIPANT_KINDS),
    languages: countsBy(LANGUAGES),
    needs: countsBy(NEEDS),
    withNumber: z.int(),
    withMail: z.int(),
    phones: z.int().meta({ description: "Who want to be reached where their phone is" }),
    switchedOff: countsBy(CHANNELS).meta({ description: "Who have switched the channel off as a whole" }),
    channels: eachOf(CHANNELS, countsBy(DOMAINS)).meta({
      description: "Who welcome the domain over the channel at any location here",
    }),
    locations: countsBy(LOCATION_KINDS).meta({ description: "Locations, not participants" }),
  })
  .meta({ id: "Statistics" });
export type Statistics = z.infer<typeof Statistics>;

export const GrowthQuery = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
});
export const Growth = z
  .object({
    total: z.int().meta({ description: "Participants now" }),
    days: z.array(
      z.object({
        day: z.iso.date(),
        joined: z.int(),
        left: z.int(),
        total: z.int().meta({ description: "Participants at the end of the day (UTC)" }),
      }),
    ),
  })
  .meta({ id: "Growth" });
export type Growth = z.infer<typeof Growth>;
