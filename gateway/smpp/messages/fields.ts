/**
 * The fields of a submit_sm that a carrier's settings decide: who it is from, how long it is worth anything, and which
 * receipts are asked for.
 *
 * Source: SMPP 3.4, 5.2.5 and 5.2.6 (TON, NPI), 5.2.17 (registered_delivery), 7.1.1 (times).
 */
import type { CarrierConfiguration } from "../../../schemas/carrier.js";

const TON_UNKNOWN = 0;
const TON_INTERNATIONAL = 1;
const TON_NETWORK_SPECIFIC = 3;
const TON_ALPHANUMERIC = 5;
const NPI_UNKNOWN = 0;
const NPI_ISDN = 1;
/** Digits of a short code at most; no international number is as short. */
const SHORT_CODE_DIGITS = 8;
/** The longest time that a relative validity period says without counting months. */
const RELATIVE_MS_MAX = 30 * 24 * 3_600_000;

/** Success alone is SMPP 5.0's (4.7.21); in 3.4 the value is reserved. */
const RECEIPTS = { none: 0, final: 1, failure: 2, success: 3 } as const;
const INTERMEDIATE = 0x10;

/**
 * Type of number and numbering plan of a sender, where they aren't configured, are as carriers document them: a name 5/0, a
 * short code 3/0 (network specific), a number 1/1. A longer number that begins with 0 can't be international: it is 0/1,
 * digits as dialled (TS 23.040, 9.1.2.5).
 */
export function senderAddress({
  sender,
  senderTon,
  senderNpi,
}: Pick<CarrierConfiguration, "sender" | "senderTon" | "senderNpi">): { ton: number; npi: number; address: string } {
  const { ton, npi, address } = asItLooks(sender);
  return { ton: senderTon ?? ton, npi: senderNpi ?? npi, address };
}

function asItLooks(sender: string): { ton: number; npi: number; address: string } {
  const [, plus, digits] = /^(\+?)(\d+)$/.exec(sender) ?? [];
  if (digits === undefined) return { ton: TON_ALPHANUMERIC, npi: NPI_UNKNOWN, address: sender };
  if (plus === "+") return { ton: TON_INTERNATIONAL, npi: NPI_ISDN, address: digits };
  if (digits.length <= SHORT_CODE_DIGITS) return { ton: TON_NETWORK_SPECIFIC, npi: NPI_UNKNOWN, address: digits };
  return { ton: digits.startsWith("0") ? TON_UNKNOWN : TON_INTERNATIONAL, npi: NPI_ISDN, address: digits };
}

export function registeredDelivery({
  receipts,
  intermediate,
}: Pick<CarrierConfiguration, "receipts" | "intermediate">): number {
  return RECEIPTS[receipts] | (intermediate ? INTERMEDIATE : 0);
}

/** As 16 characters, or none. `nowMs` and `expiresAtMs` are Unix time. */
export function validityPeriod(form: CarrierConfiguration["validity"], expiresAtMs: number, nowMs: number): string {
  if (form === "none") return "";
  return form === "absolute" ? absoluteTime(expiresAtMs) : relativeTime(expiresAtMs - nowMs);
}

/** In UTC: YYMMDDhhmmss, tenths, quarters of an hour from UTC, sign. */
function absoluteTime(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  return `${iso.slice(2, 19).replace(/\D/g, "")}${iso[20]}00+`;
}

/** From when the SMSC takes it: YYMMDDhhmmss000R. At least a second, as all zeros could be read as the SMSC's default. */
function relativeTime(forMs: number): string {
  const seconds = Math.floor(Math.min(Math.max(forMs, 1_000), RELATIVE_MS_MAX) / 1_000);
  const days = Math.floor(seconds / 86_400);
  const fields = [0, 0, days, Math.floor(seconds / 3_600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  return `${fields.map((field) => String(field).padStart(2, "0")).join("")}000R`;
}
