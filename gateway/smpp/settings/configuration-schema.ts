/**
 * What may stand in the file of carriers: every setting with its bounds and its default. Settings are documented where they
 * are declared, in schemas/carrier.ts; configuration.ts reads the file and the secrets beside it.
 */
import { z } from "zod";
import {
  CONCATENATIONS,
  DEFAULT_ALPHABETS,
  MESSAGE_ID_FORMS,
  NATIONAL_TABLES,
  RECEIPTS_ASKED,
  RECEIPTS_PER,
} from "../../../schemas/carrier.js";
import { SMPP } from "../../../schemas/limits.js";

export const ASCII = /^[\x20-\x7e]*$/;

const text = (longest: number) => z.string().max(longest).regex(ASCII, "only ASCII characters");
const milliseconds = (fallback: number) =>
  z.number().int().min(SMPP.timeoutMsMin).max(SMPP.timeoutMsMax).default(fallback);
const rate = z.number().positive().max(SMPP.ratePerSecondMax).default(SMPP.ratePerSecondMax);
const octet = z.number().int().min(0).max(255);
const priority = z.number().int().min(0).max(3);
const path = z.string().min(1);

const sender = z
  .string()
  .refine(
    (value) =>
      /^\+?\d+$/.test(value)
        ? value.replace("+", "").length <= SMPP.senderDigits
        : value.length > 0 && value.length <= SMPP.senderCharacters && ASCII.test(value),
    `digits, at most ${SMPP.senderDigits}, or ASCII characters, at most ${SMPP.senderCharacters}`,
  );

const certificates = z
  .strictObject({
    caFile: path.optional(),
    serverName: z.string().min(1).optional(),
    certificateFile: path.optional(),
    keyFile: path.optional(),
  })
  .refine((value) => (value.certificateFile === undefined) === (value.keyFile === undefined), {
    path: ["keyFile"],
    message: "certificateFile and keyFile go together",
  });

const Carrier = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "lower-case letters, digits and hyphens, at most 32"),
    host: z.string().min(1),
    port: z.number().int().min(1).max(65_535),
    /** true: with what Node.js trusts. */
    tls: z.union([z.boolean(), certificates]).default(false),
    systemId: text(SMPP.systemIdCharacters).min(1),
    password: text(SMPP.passwordCharacters).optional(),
    passwordFile: path.optional(),
    passwordEnv: z.string().min(1).optional(),
    systemType: text(SMPP.systemTypeCharacters).default(""),
    addressRange: z
      .strictObject({
        ton: octet.default(0),
        npi: octet.default(0),
        range: text(SMPP.addressRangeCharacters).default(""),
      })
      .prefault({}),
    interfaceVersion: z.enum(["3.4", "5.0"]).default("3.4"),
    bind: z.enum(["transceiver", "separate"]).default("transceiver"),
    binds: z.number().int().min(1).max(SMPP.binds).default(1),
    receivers: z.number().int().min(1).max(SMPP.binds).optional(),

    share: z.number().positive().default(1),
    routes: z
      .array(z.string().regex(/^[1-9]\d{0,14}$/, "the first digits of a number, without + or 00"))
      .max(SMPP.routes)
      .default([]),
    costPerSegment: z.number().min(0).optional(),

    window: z.number().int().min(1).max(SMPP.windowMax).default(SMPP.window),
    ratePerSecond: rate,
    bindRatePerSecond: rate,
    bindTimeoutMs: milliseconds(SMPP.bindTimeoutMs),
    responseTimeoutMs: milliseconds(SMPP.responseTimeoutMs),
    enquireLinkMs: milliseconds(SMPP.enquireLinkMs),
    enquireLinkTimeoutMs: milliseconds(SMPP.enquireLinkTimeoutMs),

    sender,
    senderTon: octet.optional(),
    senderNpi: octet.optional(),
    countryCode: z.int().min(1).max(999).default(31),
    numberPrefix: z.enum(["", "+", "00"]).default(""),
    destinationTon: octet.default(1),
    destinationNpi: octet.default(1),
    serviceType: text(SMPP.serviceTypeCharacters).default(""),
    priority: z.strictObject({ urgent: priority.default(3), normal: priority.default(0) }).prefault({}),
    validity: z.enum(["absolute", "relative", "none"]).default("absolute"),
    receipts: z.enum(RECEIPTS_ASKED).default("final"),
    intermediate: z.boolean().default(false),
    messageIds: z.enum(MESSAGE_ID_FORMS).default("auto"),
    receiptsPer: z.enum(RECEIPTS_PER).default("auto"),

    alphabet: z.enum(DEFAULT_ALPHABETS).default("gsm0338"),
    nationalTables: z.array(z.enum(NATIONAL_TABLES)).max(NATIONAL_TABLES.length).default([]),
    concatenation: z.enum(CONCATENATIONS).default("udh8"),
  })
  .refine(
    (value) => [value.password, value.passwordFile, value.passwordEnv].filter((way) => way !== undefined).length === 1,
    { path: ["password"], message: "exactly one of password, passwordFile and passwordEnv" },
  )
  .refine((value) => value.bind === "separate" || value.receivers === undefined, {
    path: ["receivers"],
    message: 'receivers are for bind "separate"; a transceiver receives by itself',
  })
  .refine(({ nationalTables, alphabet }) => nationalTables.length === 0 || alphabet === "gsm0338", {
    path: ["nationalTables"],
    message: 'national tables take the place of those of GSM 03.38, so they are for alphabet "gsm0338"',
  });

export type CarrierEntry = z.infer<typeof Carrier>;

export const CarriersFile = z.strictObject({
  /** ISO 4217, of every costPerSegment. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "three capitals, as EUR")
    .default("EUR"),
  carriers: z
    .array(Carrier)
    .min(1)
    .max(SMPP.carriers)
    .superRefine((carriers, context) => {
      carriers.forEach(({ name }, at) => {
        if (carriers.findIndex((other) => other.name === name) === at) return;
        context.addIssue({ code: "custom", path: [at, "name"], message: `"${name}" is used twice` });
      });
    }),
});
