/** The shapes of self-service: how somebody joins, enters by a code, and sees what is stored of them. */
import { z } from "zod";
import { SELF } from "../limits.js";
import { APPROVED_ACTS, LANGUAGES, PROPOSAL_KINDS, PROPOSAL_STATES } from "../words.js";
import { Position } from "./area.js";
import { Actor, AuditRecord } from "./audit.js";
import { Location, MailAddress, ParticipantView, PhoneNumber, Postcode } from "./participant.js";

/** To whose numbers codes go by SMS where nothing is configured: the Netherlands, and its neighbours. */
export const CODE_COUNTRIES: readonly string[] = ["NL", "BE", "DE"];

const contact = {
  number: PhoneNumber.optional(),
  mail: MailAddress.optional(),
};
const oneContact = { error: "Either a number or a mail address", path: ["number"] };
const hasOneContact = ({ number, mail }: { number?: string | undefined; mail?: string | undefined }): boolean =>
  (number === undefined) !== (mail === undefined);

export const ContactInput = z
  .strictObject(contact)
  .refine(hasOneContact, oneContact)
  .meta({ id: "ContactInput", description: "A phone number or a mail address" });
export type ContactInput = z.infer<typeof ContactInput>;

export const JoinRequest = z
  .strictObject({
    ...contact,
    postcode: Postcode.optional(),
    position: Position.optional(),
    language: z.enum(LANGUAGES).default("nl"),
  })
  .refine(hasOneContact, oneContact)
  .refine(({ position, postcode }) => (position === undefined) !== (postcode === undefined), {
    error: "Either a position or a postcode",
    path: ["position"],
  })
  .meta({
    id: "JoinRequest",
    description: "All that it takes to join; everything else can be changed once the code has come back",
  });
export type JoinRequest = z.infer<typeof JoinRequest>;

const expiresAt = z.iso.datetime({ offset: true });

export const CodeSent = z
  .object({
    challenge: z.string().meta({ description: "To be sent back with the code" }),
    expiresAt,
  })
  .meta({
    id: "CodeSent",
    description: "The same whether or not somebody takes part under this contact; only who does gets a code",
  });
export type CodeSent = z.infer<typeof CodeSent>;

export const CodeAnswer = z
  .strictObject({
    challenge: z.string().max(SELF.challengeCharacters),
    code: z.string().regex(new RegExp(`^\\d{${SELF.codeDigits},${SELF.guessedDigits}}$`), {
      error: `${SELF.codeDigits} to ${SELF.guessedDigits} digits`,
    }),
  })
  .meta({ id: "CodeAnswer" });
export type CodeAnswer = z.infer<typeof CodeAnswer>;

export const SelfSession = z
  .object({
    token: z.string().meta({ description: "Authorization: Bearer …; shown this once" }),
    expiresAt: expiresAt.meta({ description: "When nothing is done until then; each request moves it on" }),
    participant: ParticipantView,
  })
  .meta({ id: "SelfSession" });
export type SelfSession = z.infer<typeof SelfSession>;

export const ApprovalRequest = z
  .strictObject({
    act: z.enum(APPROVED_ACTS).meta({
      description:
        "contact: another contact at once, or none; sessions: to end others than this; erase: to leave for good",
    }),
    by: z.enum(["number", "mail"]).optional().meta({
      description: "Where the code goes; the contact by which the session was opened when absent",
    }),
  })
  .meta({ id: "ApprovalRequest", description: "What a session alone may not do" });
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;

export const Approval = z
  .object({ act: z.enum(APPROVED_ACTS), until: expiresAt.meta({ description: "It may be done once until then" }) })
  .meta({ id: "Approval" });
export type Approval = z.infer<typeof Approval>;

export const SessionName = z.string().regex(/^[A-Za-z0-9_-]{16}$/);
export const SessionView = z
  .object({
    session: SessionName,
    isThis: z.boolean(),
    by: z.enum(["number", "mail"]).meta({ description: "By a code to which it was opened" }),
    openedAt: z.iso.datetime({ offset: true }),
    usedAt: z.iso.datetime({ offset: true }),
    expiresAt,
  })
  .meta({ id: "SessionView" });
export type SessionView = z.infer<typeof SessionView>;
export const SessionList = z.object({ sessions: z.array(SessionView) }).meta({ id: "SessionList" });

export const ProposalName = z.string().regex(/^[a-z0-9-]{1,64}$/);
export const OwnProposal = z
  .object({
    proposal: ProposalName,
    kind: z.enum(PROPOSAL_KINDS),
    from: z
      .string()
      .nullable()
      .meta({ description: "The municipality that proposes it; null: asked for with a session" }),
    state: z.enum(PROPOSAL_STATES),
    value: z.string().nullable().meta({ description: "The contact as it would be; null: none, or it is no contact" }),
    locations: z.array(Location).meta({ description: "Of a place" }),
    createdAt: z.iso.datetime({ offset: true }).nullable(),
    until: z.iso.datetime({ offset: true }).nullable().meta({
      description:
        "Open: when it lapses. Waiting: when it is done unless it is declined; null as long as nobody could be told",
    }),
  })
  .meta({
    id: "OwnProposal",
    description:
      "A change that waits for the participant. A contact is accepted by giving it (POST and PUT /v1/self/contacts), erasure by leaving",
  });
export type OwnProposal = z.infer<typeof OwnProposal>;
export const OwnProposalList = z.object({ proposals: z.array(OwnProposal) }).meta({ id: "OwnProposalList" });

export const ContactOutcome = z
  .object({
    participant: ParticipantView,
    waiting: OwnProposal.nullable().meta({
      description: "Null: it is done. Else it is done later, and the old contact is told",
    }),
  })
  .meta({ id: "ContactOutcome" });
export type ContactOutcome = z.infer<typeof ContactOutcome>;

export const PositionInput = z.strictObject({ position: Position }).meta({ id: "PositionInput" });
export type PositionInput = z.infer<typeof PositionInput>;

const OwnRecord = AuditRecord.pick({ at: true, deed: true, refused: true })
  .extend({ by: Actor.omit({ id: true }) })
  .meta({ id: "OwnRecord", description: "Who did what, when, of the records about the participant" });

export const SelfExport = z
  .object({
    exportedAt: z.iso.datetime({ offset: true }),
    participant: ParticipantView,
    sessions: z.array(SessionView),
    proposals: z.array(OwnProposal),
    records: z
      .array(OwnRecord)
      .meta({ description: "The newest first: who looked the participant up, or changed something" }),
    alsoStored: z.array(z.string()).meta({ description: "What is stored and can't be found by who somebody is" }),
  })
  .meta({ id: "SelfExport", description: "All that is stored of the participant" });
export type SelfExport = z.infer<typeof SelfExport>;
