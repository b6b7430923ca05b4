/** The shapes of self-service: how somebody joins, enters by a code, and sees what is stored of them. */
import { z } from "zod";
import { SELF } from "../limits.js";
import { LANGUAGES } from "../words.js";
import { Position } from "./area.js";
import { MailAddress, ParticipantView, PhoneNumber, Postcode } from "./participant.js";

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

export const PositionInput = z.strictObject({ position: Position }).meta({ id: "PositionInput" });
export type PositionInput = z.infer<typeof PositionInput>;

export const SelfExport = z
  .object({
    exportedAt: z.iso.datetime({ offset: true }),
    participant: ParticipantView,
    alsoStored: z.array(z.string()).meta({ description: "What is stored and can't be found by who somebody is" }),
  })
  .meta({ id: "SelfExport", description: "All that is stored of the participant" });
export type SelfExport = z.infer<typeof SelfExport>;
