/**
 * The shapes in which participants stand in the API, towards themselves and towards their municipality. Phone numbers and
 * mail addresses only ever travel in bodies, never in a path or a query, which logs and proxies keep.
 */
import { z } from "zod";
import { REGISTRY } from "../limits.js";
import {
  ACTION_KINDS,
  CHANNELS,
  DOMAINS,
  IN_DANGER,
  LANGUAGES,
  LOCATION_KINDS,
  NEEDS,
  PARTICIPANT_KINDS,
  TIME_ZONES,
} from "../words.js";
import { Position } from "./area.js";
import { DateTimeInput } from "./date-time.js";

/** Read by engine/registry/phone-number.ts, which says by a code of its own what is none. */
export const PhoneNumber = z
  .string()
  .max(REGISTRY.numberCharacters)
  .meta({
    description:
      "As people write it; without a country it is a Dutch one. It must exist in its country's numbering plan, and be a mobile " +
      "one where something is welcome by SMS",
    examples: ["+31612345678", "06 12345678"],
  });
/** A mail address as it is usual, which is stricter than RFC 5322. */
export const MAIL_PATTERN = z.regexes.email;
export const MailAddress = z.email().max(REGISTRY.mailCharacters).toLowerCase();
/**
 * What stands in one line: no control characters, no separators of lines, no halves of a surrogate pair. Nor does it begin
 * as a formula does: who opens an export in a spreadsheet shall read names, not run them.
 */
export const NAME_PATTERN = /^(?![=+\-@])[^\p{Cc}\p{Cs}\u2028\u2029]*$/u;
export const Postcode = z
  .string()
  .regex(/^[1-9]\d{3}( ?[A-Za-z]{2})?$/, { error: "A Dutch postcode: four digits, with or without two letters" })
  .meta({ examples: ["3441 AB", "3441"] });

/** The wishes of a location: what is welcome there, over which channel, when. */
const wishes = {
  channels: z
    .partialRecord(z.enum(CHANNELS), z.array(z.enum(DOMAINS)).max(DOMAINS.length))
    .meta({ description: "Domains that are welcome, by channel", examples: [{ sms: ["alarm", "trace"] }] }),
  except: z
    .partialRecord(z.enum(CHANNELS), z.array(z.enum(ACTION_KINDS)).max(ACTION_KINDS.length))
    .default({})
    .meta({ description: "Kinds of action that are not welcome, by channel" }),
  hours: z.string().max(REGISTRY.scheduleCharacters).default("always").meta({
    description:
      'Hours of the week: "always", "never", or rules like "mo-fr 08-18; sa+su 22:00-06:00"; hours that end before they begin go on into the next day',
  }),
  timeZone: z.enum(TIME_ZONES).default("Europe/Amsterdam"),
  inDanger: z
    .enum(IN_DANGER)
    .default("hours")
    .meta({
      description:
        "What an alarm of extreme urgency may do beyond this: come at any hour; come over every channel that is not switched off " +
        "as a whole; or nothing",
    }),
};

export const LocationInput = z
  .strictObject({
    kind: z.enum(LOCATION_KINDS).default("home"),
    position: Position.optional(),
    postcode: Postcode.nullish().meta({
      description:
        "In place of a position, which is then the middle of its area and follows it when other places are imported. Beside a " +
        "position it counts if the position is that middle, so that a location can be sent back as it was shown",
    }),
    ...wishes,
  })
  .refine(({ position, postcode }) => position !== undefined || typeof postcode === "string", {
    error: "Either a position or a postcode",
    path: ["position"],
  })
  .meta({ id: "LocationInput", description: "A place where somebody wants to be reached" });
export type LocationInput = z.infer<typeof LocationInput>;

export const PhoneInput = z
  .strictObject(wishes)
  .meta({ id: "PhoneInput", description: "What somebody wants to hear wherever the phone is" });
export type PhoneInput = z.infer<typeof PhoneInput>;

/** What may be changed of a participant; what is left out stays. `locations` and `phone` are replaced as a whole. */
export const ParticipantChange = z
  .strictObject({
    kind: z.enum(PARTICIPANT_KINDS),
    name: z
      .string()
      .trim()
      .max(REGISTRY.nameCharacters)
      .regex(NAME_PATTERN, {
        error: "A name has no line breaks or other control characters, and does not begin with = + - or @",
      })
      .nullable()
      .meta({ description: "Of a company or institution; a person has none" }),
    language: z.enum(LANGUAGES),
    needs: z.array(z.enum(NEEDS)).max(NEEDS.length),
    switchedOff: z
      .array(z.enum(CHANNELS))
      .max(CHANNELS.length)
      .meta({ description: "Channels that are off as a whole, whatever the locations say" }),
    paused: z
      .union([z.boolean(), z.strictObject({ until: DateTimeInput })])
      .meta({ description: "Nothing at all until then; true: until it is taken back" }),
    locations: z.array(LocationInput).max(REGISTRY.locationsPerParticipant),
    phone: PhoneInput.nullable().meta({
      description: "Null: not where the phone is; its position is forgotten at once",
    }),
  })
  .partial()
  .meta({ id: "ParticipantChange" });
export type ParticipantChange = z.infer<typeof ParticipantChange>;

export const Location = z
  .object({
    kind: z.enum(LOCATION_KINDS),
    position: Position,
    municipality: z.string().nullable(),
    postcode: z
      .string()
      .nullable()
      .meta({
        description:
          "The postcode that was given in place of a position, which is the middle of its area and follows it when other places are " +
          "imported; null where the position was given",
      }),
    channels: z.partialRecord(z.enum(CHANNELS), z.array(z.enum(DOMAINS))),
    except: z.partialRecord(z.enum(CHANNELS), z.array(z.enum(ACTION_KINDS))),
    hours: z.string(),
    timeZone: z.enum(TIME_ZONES),
    inDanger: z.enum(IN_DANGER),
  })
  .meta({ id: "Location" });

/** All that is stored of a participant. */
export const ParticipantView = z
  .object({
    participant: z.int().meta({ description: "Participant number" }),
    number: z.string().nullable(),
    mail: z.string().nullable(),
    status: z.enum(["active", "paused", "unconfirmed"]),
    pausedUntil: z.iso.datetime({ offset: true }).nullable(),
    joinedOn: z.iso.date().nullable(),
    kind: z.enum(PARTICIPANT_KINDS),
    name: z.string().nullable(),
    language: z.enum(LANGUAGES),
    needs: z.array(z.enum(NEEDS)),
    switchedOff: z.array(z.enum(CHANNELS)),
    locations: z.array(Location),
    phone: Location.omit({ kind: true, position: true, municipality: true, postcode: true })
      .extend({
        position: Position.nullable(),
        seenAt: z.iso.datetime({ offset: true }).nullable(),
      })
      .nullable(),
  })
  .meta({ id: "Participant" });
export type ParticipantView = z.infer<typeof ParticipantView>;
