/**
 * The carriers, from one JSON file: `{"carriers": [{"name", "host", "port", "systemId", "password", "sender", …}]}`.
 *
 * Every mistake is named with its place as a JSON pointer. A password stands in the file, in another file
 * (`passwordFile`), or in an environment variable (`passwordEnv`); its value is in no message.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";
import {
  type CarrierConfiguration,
  CONCATENATIONS,
  DEFAULT_ALPHABETS,
  MESSAGE_ID_FORMS,
  NATIONAL_TABLES,
  RECEIPTS_ASKED,
  type TlsConfiguration,
} from "../../schemas/carrier.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { SMPP } from "../../schemas/limits.js";

const ascii = /^[\x20-\x7e]*$/;
const text = (longest: number) => z.string().max(longest).regex(ascii, "only ASCII characters");
const milliseconds = (fallback: number) =>
  z.number().int().min(SMPP.timeoutMsMin).max(SMPP.timeoutMsMax).default(fallback);

const sender = z
  .string()
  .refine(
    (value) =>
      /^\+?\d+$/.test(value)
        ? value.replace("+", "").length <= SMPP.senderDigits
        : value.length > 0 && value.length <= SMPP.senderCharacters && ascii.test(value),
    `digits, at most ${SMPP.senderDigits}, or ASCII characters, at most ${SMPP.senderCharacters}`,
  );

const octet = z.number().int().min(0).max(255);
const priority = z.number().int().min(0).max(3);
const tls = z.union([
  z.literal(false),
  z.literal(true),
  z.strictObject({
    caFile: z.string().min(1).optional(),
    serverName: z.string().min(1).optional(),
    certificateFile: z.string().min(1).optional(),
    keyFile: z.string().min(1).optional(),
  }),
]);

const carrier = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "lower-case letters, digits and hyphens, at most 32"),
    host: z.string().min(1),
    port: z.number().int().min(1).max(65_535),
    systemId: text(SMPP.systemIdCharacters).min(1),
    password: text(SMPP.passwordCharacters).optional(),
    passwordFile: z.string().min(1).optional(),
    passwordEnv: z.string().min(1).optional(),
    tls: tls.default(false),
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
      .array(z.string().regex(/^[1-9]\d{0,14}$/, "the first digits of a number"))
      .max(SMPP.routes)
      .default([]),
    costPerSegment: z.number().min(0).optional(),
    sender,
    senderTon: octet.optional(),
    senderNpi: octet.optional(),
    numberPrefix: z.enum(["", "+", "00"]).default(""),
    destinationTon: octet.default(1),
    destinationNpi: octet.default(1),
    serviceType: text(SMPP.serviceTypeCharacters).default(""),
    priority: z.strictObject({ urgent: priority.default(3), normal: priority.default(0) }).prefault({}),
    validity: z.enum(["absolute", "relative", "none"]).default("absolute"),
    receipts: z.enum(RECEIPTS_ASKED).default("final"),
    intermediate: z.boolean().default(false),
    messageIds: z.enum(MESSAGE_ID_FORMS).default("auto"),
    alphabet: z.enum(DEFAULT_ALPHABETS).default("gsm0338"),
    nationalTables: z.array(z.enum(NATIONAL_TABLES)).default([]),
    concatenation: z.enum(CONCATENATIONS).default("udh8"),
    window: z.number().int().min(1).max(SMPP.windowMax).default(SMPP.window),
    ratePerSecond: z.number().positive().max(SMPP.ratePerSecondMax).default(SMPP.ratePerSecondMax),
    bindRatePerSecond: z.number().positive().max(SMPP.ratePerSecondMax).default(SMPP.ratePerSecondMax),
    bindTimeoutMs: milliseconds(SMPP.bindTimeoutMs),
    responseTimeoutMs: milliseconds(SMPP.responseTimeoutMs),
    enquireLinkMs: milliseconds(SMPP.enquireLinkMs),
    enquireLinkTimeoutMs: milliseconds(SMPP.enquireLinkTimeoutMs),
  })
  .refine(
    (value) => [value.password, value.passwordFile, value.passwordEnv].filter((way) => way !== undefined).length === 1,
    { path: ["password"], message: "exactly one of password, passwordFile and passwordEnv" },
  )
  .refine(({ nationalTables, alphabet }) => nationalTables.length === 0 || alphabet === "gsm0338", {
    path: ["nationalTables"],
    message: "national tables take the place of those of GSM 03.38, so alphabet must be gsm0338",
  });

const file = z.strictObject({
  /** ISO 4217, of every costPerSegment. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "three capitals, as EUR")
    .default("EUR"),
  carriers: z
    .array(carrier)
    .min(1)
    .max(SMPP.carriers)
    .superRefine((carriers, context) => {
      carriers.forEach(({ name }, at) => {
        if (carriers.findIndex((other) => other.name === name) === at) return;
        context.addIssue({ code: "custom", path: [at, "name"], message: `"${name}" is used twice` });
      });
    }),
});

/** Reads the text of the file. `environment` is where passwordEnv looks. */
export function readCarriers(
  json: string,
  environment: Readonly<Record<string, string | undefined>>,
): Result<CarrierConfiguration[]> {
  const parsed = parseJson(json);
  if (!parsed.ok) return parsed;
  const checked = file.safeParse(parsed.value);
  if (!checked.success) {
    const mistakes = checked.error.issues.map((issue) => `${pointer(issue.path)}: ${issue.message}`);
    return fail("CONFIGURATION_INVALID", mistakes.join("; "), pointer(checked.error.issues[0]?.path ?? []));
  }
  const carriers: CarrierConfiguration[] = [];
  for (const [at, { password, passwordFile, passwordEnv, tls, ...rest }] of checked.data.carriers.entries()) {
    const secret = readSecret(`/carriers/${at}`, environment, password, passwordFile, passwordEnv);
    if (!secret.ok) return secret;
    const encryption = readTls(`/carriers/${at}/tls`, tls);
    if (!encryption.ok) return encryption;
    carriers.push({
      ...rest,
      password: secret.value,
      tls: encryption.value,
      interfaceVersion: rest.interfaceVersion === "5.0" ? 0x50 : 0x34,
      receivers: rest.bind === "separate" ? (rest.receivers ?? 1) : 0,
      costPerSegment: rest.costPerSegment ?? null,
      currency: checked.data.currency,
      senderTon: rest.senderTon ?? null,
      senderNpi: rest.senderNpi ?? null,
    });
  }
  return ok(carriers);
}

function parseJson(json: string): Result<unknown> {
  try {
    return ok(JSON.parse(json));
  } catch (error) {
    // The message of a SyntaxError quotes the text around the mistake, in which a password may stand.
    const place = error instanceof SyntaxError ? /position \d+/.exec(error.message)?.[0] : undefined;
    return fail("CONFIGURATION_INVALID", `not valid JSON${place === undefined ? "" : ` at ${place}`}`);
  }
}

function readSecret(
  place: string,
  environment: Readonly<Record<string, string | undefined>>,
  password?: string,
  passwordFile?: string,
  passwordEnv?: string,
): Result<string> {
  if (password !== undefined) return ok(password);
  const field = passwordFile === undefined ? `${place}/passwordEnv` : `${place}/passwordFile`;
  const found = passwordFile === undefined ? environment[passwordEnv ?? ""] : readLine(passwordFile);
  if (found === undefined) return fail("CONFIGURATION_INVALID", `${field}: there is nothing to read`, field);
  if (found.length > SMPP.passwordCharacters || !ascii.test(found)) {
    const rule = `ASCII, at most ${SMPP.passwordCharacters} characters`;
    return fail("CONFIGURATION_INVALID", `${field}: a password is ${rule}`, field);
  }
  return ok(found);
}

function readTls(place: string, tls: z.infer<typeof carrier>["tls"]): Result<TlsConfiguration | null> {
  if (tls === false) return ok(null);
  if (tls === true) return ok({ ca: null, serverName: null, certificate: null, key: null });
  const read: Record<string, string | null> = { caFile: null, certificateFile: null, keyFile: null };
  for (const field of ["caFile", "certificateFile", "keyFile"] as const) {
    const path = tls[field];
    if (path === undefined) continue;
    const found = readLine(path);
    if (found === undefined)
      return fail("CONFIGURATION_INVALID", `${place}/${field}: can't be read`, `${place}/${field}`);
    read[field] = found;
  }
  const { caFile, certificateFile, keyFile } = read;
  return ok({ ca: caFile!, serverName: tls.serverName ?? null, certificate: certificateFile!, key: keyFile! });
}

/** The file without the line end that editors put there, undefined if it can't be read. */
function readLine(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

/** RFC 6901. */
function pointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
