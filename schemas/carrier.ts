/**
 * One carrier, as configured and with every default filled in: what gateway/smpp/settings/configuration.ts reads from the file of
 * carriers, and what each of the carrier's parts goes by. Carriers run SMSCs of many makes; each way in which they differ is
 * a setting here and nowhere else.
 */

/** How the parts of a long message are told to belong together (TS 23.040 9.2.3.24; SMPP 3.4, 5.3.2.22 to 24 and 32). */
export const CONCATENATIONS = ["udh8", "udh16", "sar", "payload"] as const;
export type Concatenation = (typeof CONCATENATIONS)[number];

/**
 * What the bytes of a short_message mean under data_coding 0, "SMSC default alphabet". `gsm0338packed`: septets as they are on the
 * air, eight in seven bytes.
 */
export const DEFAULT_ALPHABETS = ["gsm0338", "gsm0338packed", "latin1", "ascii", "utf8"] as const;
export type DefaultAlphabet = (typeof DEFAULT_ALPHABETS)[number];

/** National language tables (TS 23.038 6.2.1.2) that the carrier and its handsets may be sent. */
export const NATIONAL_TABLES = ["turkish", "spanish", "portuguese"] as const;
export type NationalTable = (typeof NATIONAL_TABLES)[number];

/** Which receipts are asked for (SMPP 3.4, 5.2.17). */
export const RECEIPTS_ASKED = ["final", "failure", "success", "none"] as const;
export type ReceiptsAsked = (typeof RECEIPTS_ASKED)[number];

/**
 * How a receipt's message_id is written beside that of the response. `auto`: found out from the receipts themselves. `same`:
 * byte for byte. `decimalReceipts`: hexadecimal in responses, decimal in receipts. `hexadecimalReceipts`: the other way
 * round. Leading zeros and case never count in the last two.
 */
export const MESSAGE_ID_FORMS = ["auto", "same", "decimalReceipts", "hexadecimalReceipts"] as const;
export type MessageIdForm = (typeof MESSAGE_ID_FORMS)[number];

/** Whether a receipt is for a part of a long message or for all of it. `auto`: found out from the receipts themselves. */
export const RECEIPTS_PER = ["auto", "part", "message"] as const;
export type ReceiptsPer = (typeof RECEIPTS_PER)[number];

export interface TlsConfiguration {
  /** PEM of the authorities to trust; null: those that Node.js trusts. */
  readonly ca: string | null;
  /** The name that the certificate must carry; null: the host. */
  readonly serverName: string | null;
  /** PEM of our own certificate and its key, where the carrier asks for one. */
  readonly certificate: string | null;
  readonly key: string | null;
}

export interface CarrierConfiguration {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** null: no TLS. */
  readonly tls: TlsConfiguration | null;
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  /** address_range of the bind with its type of number and numbering plan: for whom a receiver gets messages. */
  readonly addressRange: { readonly ton: number; readonly npi: number; readonly range: string };
  /** 0x34 or 0x50. */
  readonly interfaceVersion: number;
  /** separate: transmitters, and receivers apart from them. */
  readonly bind: "transceiver" | "separate";
  /** Transceivers, or transmitters. */
  readonly binds: number;
  /** Receivers; 0 with transceivers. */
  readonly receivers: number;

  /** Its part of the traffic, in proportion to the shares of the others. */
  readonly share: number;
  /**
   * First digits of the numbers that it serves; empty: all numbers. Of several carriers those with the longest prefix that
   * fits serve a number; the others that it fits, and those without prefixes, only while none of them can.
   */
  readonly routes: readonly string[];
  /** Price of one segment, and in which currency; null: not known. */
  readonly costPerSegment: number | null;
  readonly currency: string;

  /** Outstanding submit_sm of each bind. */
  readonly window: number;
  /** Segments a second over all binds, and of each bind. */
  readonly ratePerSecond: number;
  readonly bindRatePerSecond: number;
  readonly bindTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly enquireLinkMs: number;
  readonly enquireLinkTimeoutMs: number;

  /** Alphanumeric, up to eleven characters, or digits. */
  readonly sender: string;
  /** Type of number and numbering plan of the sender; null: as the sender looks. */
  readonly senderTon: number | null;
  readonly senderNpi: number | null;
  /** Country code that is added to national numbers in what the carrier delivers. */
  readonly countryCode: number;
  /** What stands before the digits of a destination: nothing, "+" or "00". */
  readonly numberPrefix: "" | "+" | "00";
  readonly destinationTon: number;
  readonly destinationNpi: number;
  readonly serviceType: string;
  /** priority_flag of time-critical waves and of the others, 0 to 3. */
  readonly priority: { readonly urgent: number; readonly normal: number };
  readonly validity: "absolute" | "relative" | "none";
  readonly receipts: ReceiptsAsked;
  /** Intermediate notifications beside them. */
  readonly intermediate: boolean;
  readonly messageIds: MessageIdForm;
  readonly receiptsPer: ReceiptsPer;

  readonly alphabet: DefaultAlphabet;
  readonly nationalTables: readonly NationalTable[];
  readonly concatenation: Concatenation;
}
