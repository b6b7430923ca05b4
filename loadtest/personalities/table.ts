/**
 * The personalities of the carrier simulator: every way in which it can deviate from a carrier that does as SMPP says.
 *
 * `does` is what it does, `where` is where it is met. "By chance" is the share `deviationShare`; "now and then" is about once
 * in `deviationPeriodMs`. Those of the group `ids` and `limits` hold for the whole carrier, all others for each connection.
 */

const GROUPS = ["binds", "answers", "ids", "wire", "limits", "refusals", "receipts"] as const;
export type Group = (typeof GROUPS)[number];

type Row = readonly [group: Group, does: string, where: string];

export const PERSONALITIES = {
  "refuse-bind": ["binds", "refuses every bind with ESME_RINVPASWD", "a password that was changed or mistyped"],
  "mute-bind": [
    "binds",
    "takes the connection and never answers the bind",
    "a load balancer before an SMSC that is down",
  ],
  "late-bind": ["binds", "answers the bind after deviationTimeoutMs", "an SMSC that asks a slow directory who we are"],
  outbind: ["binds", "sends outbind before anything else", "SMSCs that page receivers; pointless to who has connected"],
  "one-bind": [
    "binds",
    "a second bind of a kind gets ESME_RALYBND",
    "accounts with one session; a dead one still counts",
  ],
  "old-version": [
    "binds",
    "says sc_interface_version 0x33, and refuses what has a TLV with ESME_RINVCMDLEN",
    "SMPP 3.3, which has no optional parameters",
  ],
  "no-version": ["binds", "leaves sc_interface_version out", "most SMPP 3.3 and many 3.4 makes"],
  unbinds: [
    "binds",
    "sends unbind now and then, and closes when it is answered",
    "maintenance, session limits by time",
  ],
  closes: ["binds", "drops the connection now and then, by FIN or by RST", "restarts, firewalls, load balancers"],
  "half-open": [
    "binds",
    "now and then stops reading and answering; TCP stays open",
    "a lost peer behind a NAT, a hung SMSC",
  ],
  "half-close": [
    "binds",
    "now and then ends its own side, and still takes submits",
    "a front that shuts down in order",
  ],
  enquires: [
    "binds",
    "asks enquire_link often; drops who is late to answer",
    "carriers with a liveness check of seconds",
  ],

  "out-of-order": ["answers", "answers submits in random order", "SMSCs with many threads, on every day"],
  late: ["answers", "answers up to deviationDelayMs late, in order", "a long way, a busy SMSC"],
  "late-after-timeout": [
    "answers",
    "answers some after deviationTimeoutMs, by chance",
    "an SMSC whose store is stuck for a while",
  ],
  joins: [
    "answers",
    "answers no part of a long message before it has all of them",
    "gateways that join the parts, and look at the whole",
  ],
  doubled: ["answers", "answers some twice, by chance", "a failover inside the SMSC"],
  "unknown-sequence": [
    "answers",
    "answers what was never asked, by chance",
    "answers of the session before, after a failover",
  ],
  nack: ["answers", "answers some with generic_nack and refuses them, by chance", "SMSCs that are out of resources"],
  "no-body": ["answers", "submit_sm_resp of status 0 without a body, by chance", "gateways that write a bare header"],
  "id-without-nul": ["answers", "message_id without its NUL", "gateways that took the field for an octet string"],
  "extra-tlvs": [
    "answers",
    "unknown TLVs behind every body",
    "vendors' own TLVs (0x1400 to 0x3fff), fields of SMPP 5.0",
  ],
  "unknown-command": [
    "answers",
    "PDUs with an unknown command_id, by chance",
    "vendors' own commands, SMPP 5.0 broadcasts",
  ],
  alerts: ["answers", "alert_notification, by chance", "SMSCs that tell when a handset is back"],
  silent: ["answers", "never answers some, by chance; takes half of those", "lost messages inside a cluster"],
  "slow-reader": ["answers", "reads once in deviationDelayMs", "an SMSC that pushes back by TCP"],

  "empty-id": ["ids", "an empty message_id, by chance; its receipt names one", "SMSCs that number a message later"],
  "long-id": ["ids", "ids of 64 characters, the longest that SMPP allows", "ids made of UUIDs and node names"],
  digits19: ["ids", "decimal ids of 19 digits, which no double holds", "snowflake ids, 63-bit counters"],
  "hex-response": [
    "ids",
    "hexadecimal in the response, decimal in the receipt",
    "the classic one; Kannel has msg-id-type for it",
  ],
  "hex-receipt": ["ids", "decimal in the response, hexadecimal in the receipt", "the same the other way round"],
  "other-case": [
    "ids",
    "ids in small letters in the receipt, capitals in the response",
    "ids that were kept as numbers or keys in between",
  ],
  "one-id": ["ids", "one id for all parts of a long message", "gateways that join the parts, and send them on as one"],
  "part-ids": [
    "ids",
    "the number of the part behind the id in answers; one receipt, without it, of a long message",
    "makes that join the parts before an application sees them; larvitsmpp",
  ],
  "leading-zeros": [
    "ids",
    "leading zeros in the receipt that the response had not",
    "ids padded to ten digits (appendix B)",
  ],

  "one-byte": ["wire", "writes a byte at a time", "TCP may cut anywhere; slow links do"],
  coalesced: ["wire", "collects what it writes for 50 ms", "Nagle, TLS records, proxies"],
  "large-pdus": [
    "wire",
    "answers and receipts of 16,385 to 65,535 bytes, by chance, by a TLV that nobody knows",
    "vendors' own TLVs; SMPP sets no limit, and some stacks read 16 kB",
  ],
  "bad-length": [
    "wire",
    "now and then a command_length of 0, 4, 8, 15, 67585 or 2^31",
    "a bug, a lost byte, a port that speaks HTTP",
  ],

  "throttle-sliding": ["limits", "throttleAbove holds in any second, not in each", "limiters with a sliding window"],
  "throttle-bucket": ["limits", "throttleAbove a second with a burst of as many", "token buckets"],
  "throttle-per-bind": ["limits", "the limit holds for each bind", "limits a session"],
  "throttle-per-account": ["limits", "the limit holds for each system_id", "limits a customer"],
  "queue-full": [
    "limits",
    "a queue that drains at throttleAbove; ESME_RMSGQFUL when full",
    "SMSCs that store before they forward",
  ],
  "throttle-exact": [
    "limits",
    "throttleAbove a second, and no two at once",
    "limiters that pace each message, without a burst",
  ],
  "any-code": [
    "limits",
    "answers deviationStatus where it would throttle",
    "SMSCs that say ESME_RSYSERR, ESME_RSUBMITFAIL or a code of their own when it is too much",
  ],
  serial: [
    "limits",
    "does one message after the other, serviceMs each, enquire_link in its turn; never throttles",
    "most small SMSCs, gateways with one connection behind them",
  ],
  "queue-places": ["limits", "serial, and throttles while queuePlaces wait", "the same with a bound"],
  uneven: [
    "limits",
    "serial, and up to ten times slower and back within deviationSwingMs each",
    "an SMSC that shares its machine, a radio link behind it",
  ],
  pauses: [
    "limits",
    "serial, and now and then does nothing for deviationPauseMs; enquire_link is answered",
    "a store that is compacted, a failover behind the front",
  ],
  congestion: ["limits", "congestion_state in every submit_sm_resp", "SMPP 5.0, 4.8.4.18"],

  "refuse-all": [
    "refusals",
    "refuses every submit with deviationStatus",
    "an account that is blocked or out of credit",
  ],
  "refuse-for-now": ["refusals", "ESME_RSYSERR, by chance, for any submit", "trouble inside that passes"],
  "refuse-some": [
    "refusals",
    "refuses a share of the numbers with deviationStatus",
    "numbers that are barred or have left, by whatever code",
  ],
  "vendor-codes": [
    "refusals",
    "refuses a share of the numbers with 0x400 to 0x4ff",
    "vendors' own codes (SMPP 3.4, 5.1.3)",
  ],

  "text-only": ["receipts", "receipts without TLVs", "SMPP 3.3 makes, appendix B alone"],
  "tlv-only": ["receipts", "receipts without a text", "makes that go by SMPP 5.0"],
  "tlv-without-nul": [
    "receipts",
    "receipted_message_id without its NUL",
    "makes that count the text alone in the length",
  ],
  "fields-missing": [
    "receipts",
    "receipt texts of id and stat, and some of the rest",
    "every make has its own appendix B",
  ],
  "fields-extra": [
    "receipts",
    "receipt texts with fields that nobody knows, dates with seconds",
    "prices, networks, error texts",
  ],
  "fields-reordered": ["receipts", "receipt texts in another order", "texts that are put together from a map"],
  "esm-class-0": ["receipts", "receipts with esm_class 0", "gateways that relay a receipt as a message"],
  "esm-class-44": [
    "receipts",
    "receipts with esm_class 0x44",
    "a feature bit beside the type, as Kannel's source notes",
  ],
  "before-response": [
    "receipts",
    "receipts before the submit_sm_resp",
    "clusters whose nodes answer and deliver apart",
  ],
  "on-another-bind": ["receipts", "receipts over another bind of the account", "any carrier with several binds"],
  twice: ["receipts", "every receipt twice", "repeats when an acknowledgement was lost"],
  "intermediate-first": [
    "receipts",
    "an intermediate state before the final one",
    "ENROUTE, ACCEPTD and buffered notices",
  ],
  disagreeing: [
    "receipts",
    "the text says UNDELIV where the TLV says delivered, or the reverse",
    "converters between versions",
  ],
  foreign: [
    "receipts",
    "receipts for ids that nobody has, by chance",
    "another customer's, another session's, another day's",
  ],
  "ucs2-receipts": ["receipts", "receipt texts in UCS-2, data_coding 8", "gateways that send everything in one coding"],
  "ucs2-little": [
    "receipts",
    "receipt texts in UCS-2 with the low byte first, alone, some behind a mark",
    "gateways on Windows; the order is nobody's word",
  ],
  "first-character": [
    "receipts",
    "receipt texts alone, behind a byte order mark, a NUL, a space or a line feed",
    "texts that were put together from pieces of files",
  ],
  "header-bit": [
    "receipts",
    "receipt texts alone, with the bit for a header and none",
    "receipts that copy the esm_class of the message",
  ],
  "packed-receipts": ["receipts", "receipt texts alone, in packed septets", "SMSCs that pass on what is on the air"],
  "vendor-words": [
    "receipts",
    "receipt texts alone, with other makes' words for the state",
    "DELIVERY_FAILED, NOCRED, BARRED, SYSERR and their families",
  ],
  "no-word": ["receipts", "receipt texts alone, with counts and no state", "makes whose stat is empty or left out"],
  "foreign-tlv": [
    "receipts",
    "an id in the TLV that nobody knows, ours in the text",
    "gateways that put their own id there",
  ],
  "one-receipt": [
    "receipts",
    "of a long message one receipt, for its last part",
    "most aggregators; Jasmin asks for no other",
  ],
  "failed-first": [
    "receipts",
    "a receipt of failure before the one of delivery",
    "centres that report an attempt, and try again",
  ],
  "data-sm": ["receipts", "receipts by data_sm", "makes that deliver over WAP paths; SMPP 3.4, 4.7"],
  "after-reconnect": [
    "receipts",
    "now and then stops answering, drops the connection, and sends the receipts on the next bind",
    "every disconnect under load",
  ],
} as const satisfies Record<string, Row>;

export type PersonalityName = keyof typeof PERSONALITIES;
export const PERSONALITY_NAMES = Object.keys(PERSONALITIES) as PersonalityName[];

/** Some of all, drawn for each connection by the seed; those that hold for the whole carrier once. */
export const MIXED = "mixed";
export const CHOICES = [...PERSONALITY_NAMES, MIXED] as const;
export type Choice = (typeof CHOICES)[number];

export function ofGroup(group: Group): PersonalityName[] {
  return PERSONALITY_NAMES.filter((name) => PERSONALITIES[name][0] === group);
}

/** The table as text, for --help. */
export function personalitiesText(): string {
  const width = Math.max(...PERSONALITY_NAMES.map((name) => name.length));
  const lines = GROUPS.flatMap((group) => [
    `  ${group}:`,
    ...ofGroup(group).map((name) => `    ${name.padEnd(width)}  ${PERSONALITIES[name][1]}`),
  ]);
  return ["Personalities:", ...lines, `  ${MIXED}: some of these, drawn by --seed for each connection`].join("\n");
}
