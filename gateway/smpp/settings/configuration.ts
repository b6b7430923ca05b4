/**
 * The carriers, from one JSON file: `{"carriers": [{"name", "host", "port", "systemId", "passwordEnv", "sender", …}]}`.
 *
 * Every mistake is named with its place: line and column where it is not JSON, a JSON pointer otherwise. A password stands
 * in the file, in another file (`passwordFile`), or in an environment variable (`passwordEnv`), certificates and keys in files
 * of their own; their content is in no message.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseJson, pointer } from "../../../engine/files/json-text.js";
import type { CarrierConfiguration, TlsConfiguration } from "../../../schemas/carrier.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { SMPP } from "../../../schemas/limits.js";
import { ASCII, type CarrierEntry, CarriersFile } from "./configuration-schema.js";

type Environment = Readonly<Record<string, string | undefined>>;

const INTERFACE_VERSIONS = { "3.4": 0x34, "5.0": 0x50 } as const;

/** Reads the file at `path`; see readCarriers. */
export function readCarriersFile(path: string, environment: Environment): Result<CarrierConfiguration[]> {
  const json = readText(path);
  if (json === undefined) return fail("CONFIGURATION_INVALID", `${path} can't be read`, "SEINPOST_CARRIERS");
  return readCarriers(json, environment);
}

/** Reads the text of the file. `environment` is where passwordEnv looks. */
export function readCarriers(json: string, environment: Environment): Result<CarrierConfiguration[]> {
  const parsed = parseJson(json);
  if (!parsed.ok) return parsed;
  const checked = CarriersFile.safeParse(parsed.value);
  if (!checked.success) {
    const mistakes = checked.error.issues.map((issue) => `${pointer(issue.path)}: ${issue.message}`);
    return fail("CONFIGURATION_INVALID", mistakes.join("; "), pointer(checked.error.issues[0]?.path ?? []));
  }
  const carriers: CarrierConfiguration[] = [];
  for (const [at, entry] of checked.data.carriers.entries()) {
    const filledIn = fillIn(`/carriers/${at}`, entry, checked.data.currency, environment);
    if (!filledIn.ok) return filledIn;
    carriers.push(filledIn.value);
  }
  return ok(carriers);
}

function fillIn(
  place: string,
  entry: CarrierEntry,
  currency: string,
  environment: Environment,
): Result<CarrierConfiguration> {
  const { password, passwordFile, passwordEnv, tls, ...rest } = entry;
  const secret = readSecret(place, entry, environment);
  if (!secret.ok) return secret;
  const encryption = readTls(`${place}/tls`, tls);
  if (!encryption.ok) return encryption;
  return ok({
    ...rest,
    currency,
    password: secret.value,
    tls: encryption.value,
    interfaceVersion: INTERFACE_VERSIONS[rest.interfaceVersion],
    receivers: rest.bind === "separate" ? (rest.receivers ?? 1) : 0,
    costPerSegment: rest.costPerSegment ?? null,
    senderTon: rest.senderTon ?? null,
    senderNpi: rest.senderNpi ?? null,
  });
}

function readSecret(place: string, entry: CarrierEntry, environment: Environment): Result<string> {
  const { password, passwordFile, passwordEnv } = entry;
  if (password !== undefined) return ok(password);
  const field = passwordFile === undefined ? `${place}/passwordEnv` : `${place}/passwordFile`;
  const found =
    passwordFile === undefined ? environment[passwordEnv ?? ""] : readText(passwordFile)?.replace(/\r?\n$/, "");
  if (found === undefined) return fail("CONFIGURATION_INVALID", `${field}: there is nothing to read`, field);
  if (found === "") {
    const where = passwordEnv === undefined ? "the file" : passwordEnv;
    return fail("CONFIGURATION_INVALID", `${field}: ${where} is empty`, field);
  }
  if (found.length > SMPP.passwordCharacters || !ASCII.test(found)) {
    const rule = `ASCII, at most ${SMPP.passwordCharacters} characters`;
    return fail("CONFIGURATION_INVALID", `${field}: a password is ${rule}`, field);
  }
  return ok(found);
}

function readTls(place: string, tls: CarrierEntry["tls"]): Result<TlsConfiguration | null> {
  if (tls === false) return ok(null);
  if (tls === true) return ok({ ca: null, serverName: null, certificate: null, key: null });
  const isCertificate = (pem: string): unknown => new X509Certificate(pem);
  const ca = readPem(`${place}/caFile`, tls.caFile, isCertificate);
  if (!ca.ok) return ca;
  const certificate = readPem(`${place}/certificateFile`, tls.certificateFile, isCertificate);
  if (!certificate.ok) return certificate;
  const key = readPem(`${place}/keyFile`, tls.keyFile, createPrivateKey);
  if (!key.ok) return key;
  const isPair = certificate.value === null || key.value === null || arePair(certificate.value, key.value);
  if (!isPair) return fail("CONFIGURATION_INVALID", `${place}/keyFile: another certificate's key`, `${place}/keyFile`);
  return ok({
    ca: ca.value,
    serverName: tls.serverName ?? null,
    certificate: certificate.value,
    key: key.value,
  });
}

function arePair(certificate: string, key: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}

/** A file in PEM that `parse` takes; null where none is configured. */
function readPem(field: string, path: string | undefined, parse: (pem: string) => unknown): Result<string | null> {
  if (path === undefined) return ok(null);
  const pem = readText(path);
  if (pem === undefined) return fail("CONFIGURATION_INVALID", `${field}: there is nothing to read`, field);
  try {
    parse(pem);
  } catch {
    // What OpenSSL says of it does not help, and of a key not even that much may be shown.
    return fail("CONFIGURATION_INVALID", `${field}: not the PEM that belongs here`, field);
  }
  return ok(pem);
}

/** Undefined if it can't be read. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
