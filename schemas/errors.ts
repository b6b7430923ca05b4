/**
 * The error catalogue. An error from outside is a value, a `Problem`, with a stable code from this list; only a
 * programmer's mistake throws. `status` is the HTTP status under which the API shows it, `retry` says whether the same
 * request can succeed later.
 */

export const ERRORS = {
  BAD_REQUEST: { status: 400, retry: false, title: "The request is not HTTP as its standard has it" },
  EXPECTATION_FAILED: { status: 417, retry: false, title: "The expectation can't be met" },
  HEAD_TOO_LARGE: { status: 431, retry: false, title: "The head of the request is over the limit" },
  HTTP_VERSION_UNSUPPORTED: { status: 505, retry: false, title: "This version of HTTP is not spoken here" },
  BAD_JSON: { status: 400, retry: false, title: "The body is not valid JSON" },
  INVALID_FIELD: { status: 422, retry: false, title: "A field is missing or has a value that can't be" },
  INVALID_AREA: { status: 422, retry: false, title: "The area is not a valid one" },
  NOBODY_INSIDE: { status: 409, retry: false, title: "Nobody would get the message" },
  MUNICIPALITY_UNKNOWN: { status: 422, retry: false, title: "There is no municipality of this code" },
  KIND_UNKNOWN: { status: 422, retry: false, title: "There is no kind of this id" },
  MAIL_ONLY: { status: 422, retry: false, title: "This suits mail, and no message by SMS" },
  CONTACT_UNVERIFIED: {
    status: 409,
    retry: false,
    title: "The text has a number or a link that is not known as the organisation's",
  },
  TEXT_REPEATED: { status: 409, retry: false, title: "The same people got the same text a short time ago" },
  INVALID_TEXT: { status: 422, retry: false, title: "The text can't be sent" },
  BODY_TOO_LARGE: { status: 413, retry: false, title: "The body is over the limit" },
  BODY_TOO_SLOW: { status: 408, retry: true, title: "The request did not come in time" },
  UNAUTHENTICATED: { status: 401, retry: false, title: "An API key is required" },
  NOT_FOUND: { status: 404, retry: false, title: "There is no such thing" },
  METHOD_NOT_ALLOWED: { status: 405, retry: false, title: "This method is not for this path" },
  BAD_ENCODING: { status: 400, retry: false, title: "The body is not what its Content-Encoding says" },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retry: false,
    title: "The body is of a type or coding that is not taken here",
  },
  IDEMPOTENCY_KEY_REQUIRED: { status: 400, retry: false, title: "An Idempotency-Key header is required" },
  IDEMPOTENCY_KEY_REUSED: { status: 409, retry: false, title: "This Idempotency-Key came with another body" },
  IDEMPOTENCY_KEY_IN_USE: { status: 409, retry: true, title: "A request with this Idempotency-Key is being handled" },
  WRONG_STATE: { status: 409, retry: false, title: "It is not in a state for this" },
  MODE_FIXED: { status: 409, retry: false, title: "An exercise or a test never becomes real, nor the other way round" },
  TEST_GROUP_UNKNOWN: { status: 422, retry: false, title: "There is no test group of this name" },
  TOO_MANY_TEST_GROUPS: { status: 409, retry: false, title: "More test groups than there may be" },
  TEXT_MISLEADS: {
    status: 422,
    retry: false,
    title: "The text of a real action begins as that of an exercise or a test",
  },
  VERSION_REQUIRED: { status: 428, retry: false, title: "If-Match has to say which version is to be changed" },
  VERSION_CHANGED: { status: 412, retry: false, title: "It was changed since that version" },
  LIFE_TOO_SHORT: { status: 422, retry: false, title: "Its time would be over before anybody could have it" },
  START_MISSED: { status: 409, retry: false, title: "The service was down, or held up, when it was to start" },
  FOLDER_COPIED: {
    status: 409,
    retry: false,
    title: "The data folder was restored or copied: what it says is under way may be over",
  },
  REGISTRY_REPLACED: { status: 409, retry: false, title: "The registry was replaced since people were selected" },
  CLOCK_STEPPED: { status: 409, retry: false, title: "The clock stood still, or was set to another time" },
  LEDGER_CLOSED: { status: 409, retry: false, title: "What is known of each recipient was put to rest" },
  DISK_FULL: { status: 503, retry: true, title: "The disk of the data folder is full" },
  BUSY: { status: 503, retry: true, title: "Too much is waiting; try again" },
  EXPIRED: { status: 409, retry: false, title: "Its time was over before it could be done" },
  TOO_MANY_MESSAGES: { status: 422, retry: false, title: "More messages than one action can have" },
  TOO_MANY_ROUNDS: { status: 409, retry: false, title: "The action was followed up as often as one can be" },
  CANCELLED: { status: 503, retry: true, title: "Nobody waited for the answer any more" },
  NOT_READY: { status: 503, retry: true, title: "The service is starting or stopping" },
  NO_CARRIER: { status: 503, retry: true, title: "No carrier is configured" },
  NO_ROUTE: { status: 503, retry: true, title: "No carrier serves the number now" },
  UPGRADE_REQUIRED: { status: 426, retry: false, title: "This path speaks WebSocket" },
  PREVIEWS_EXCEEDED: {
    status: 429,
    retry: true,
    title: "The key has had so many previews that more of them would tell of single persons",
  },
  TOO_MANY_REQUESTS: { status: 429, retry: true, title: "Too many requests" },
  WORKER_DIED: { status: 503, retry: true, title: "A selection worker stopped more often than it may" },
  INTERNAL: { status: 500, retry: false, title: "An assumption of the program did not hold" },
  STORE_CORRUPT: { status: 500, retry: false, title: "A stored value fails its checksum" },
  STORE_UNUSABLE: { status: 500, retry: false, title: "The data folder can't be opened" },
  FOLDER_IN_USE: { status: 503, retry: true, title: "Another process has the data folder" },
  ADDRESS_UNAVAILABLE: { status: 503, retry: true, title: "The address to listen on is in use, or not there" },
  STORE_WRITE_FAILED: { status: 503, retry: true, title: "The store did not commit" },
  PROCESS_FAILED: { status: 503, retry: true, title: "A process that this one has started ended before it was done" },
  REGISTRY_MISSING: { status: 503, retry: false, title: "There is no registry in the data folder" },
  REGISTRY_EXISTS: { status: 409, retry: false, title: "The data folder has a registry already" },
  REGISTRY_FULL: { status: 503, retry: true, title: "The registry has no room left; a restart makes room" },
  NUMBER_INVALID: { status: 422, retry: false, title: "It is not a phone number" },
  NUMBER_ROUNDED: { status: 422, retry: false, title: "A spreadsheet has made a sum of the phone number" },
  NUMBER_UNCLEAR: { status: 422, retry: false, title: "The phone number could be that of two countries" },
  NUMBER_IMPOSSIBLE: { status: 422, retry: false, title: "No country has this phone number" },
  NUMBER_NOT_PERSONAL: { status: 422, retry: false, title: "Nobody can have this phone number as theirs" },
  NUMBER_OF_ORGANISATION: { status: 422, retry: false, title: "A person can't have a company's phone number" },
  NUMBER_NOT_MOBILE: { status: 422, retry: false, title: "SMS needs a mobile phone number" },
  NUMBER_ABROAD: { status: 422, retry: false, title: "No codes go to phone numbers of this country" },
  NUMBER_TAKEN: { status: 409, retry: false, title: "Another participant has this phone number" },
  MAIL_TAKEN: { status: 409, retry: false, title: "Another participant has this mail address" },
  TOO_MANY_LOCATIONS: { status: 409, retry: false, title: "A participant can't have that many locations" },
  POSTCODE_UNKNOWN: { status: 422, retry: false, title: "No such postcode is known" },
  POSTCODES_MISSING: { status: 503, retry: false, title: "No postcodes were imported" },
  POSITION_AT_SEA: {
    status: 422,
    retry: false,
    title: "The position lies in no municipality and no neighbouring country",
  },
  NOT_OPTED_IN: { status: 409, retry: false, title: "The participant did not ask to be reached where the phone is" },
  CSRF_REFUSED: { status: 403, retry: false, title: "A session acts only on what the console's own pages ask" },
  FORBIDDEN: { status: 403, retry: false, title: "The key is not for this" },
  AREA_FORBIDDEN: { status: 403, retry: false, title: "The area is not the key's" },
  BUDGET_EXCEEDED: { status: 429, retry: true, title: "The key has not that much left today" },
  PRICE_UNKNOWN: { status: 409, retry: false, title: "What it costs is not known, and the key may cost so much only" },
  TOO_MANY_KEYS: { status: 409, retry: false, title: "More API keys than there may be" },
  TOO_MANY_WEBHOOKS: { status: 409, retry: false, title: "More webhooks than there may be" },
  WEBHOOK_ADDRESS_REFUSED: { status: 422, retry: false, title: "Nothing is posted to an address of this network" },
  WEBHOOK_UNREACHABLE: { status: 502, retry: true, title: "The webhook did not answer" },
  WEBHOOK_REFUSED: { status: 502, retry: true, title: "The webhook did not take the event" },
  CODE_WRONG: { status: 401, retry: false, title: "The code is wrong, used, or too old" },
  CODE_REQUIRED: { status: 403, retry: false, title: "This takes a fresh code; ask for one and send it back first" },
  CONTACT_WAITS: {
    status: 409,
    retry: true,
    title: "The contact counts after a while, unless its owner before objects",
  },
  PARTICIPANTS_OWN: { status: 409, retry: false, title: "It is the participant's own to change" },
  CODE_NOT_SENT: { status: 503, retry: true, title: "The code can't be sent now" },
  SESSION_ENDED: { status: 401, retry: false, title: "A session is required; enter by a code" },
  MEDIA_TYPE: { status: 415, retry: false, title: "By its content the file is none that is taken" },
  MEDIA_DAMAGED: { status: 422, retry: false, title: "The file is damaged, or not what it seems" },
  MEDIA_TOO_LARGE: { status: 413, retry: false, title: "The photo or film takes more than one may" },
  MEDIA_NO_DECODER: { status: 415, retry: false, title: "No program that reads films is installed here" },
  TOO_MANY_MEDIA: { status: 409, retry: false, title: "More files than there may be" },
  NO_PUBLIC_URL: { status: 409, retry: false, title: "Nobody said by which address citizens reach the service" },
  IMPORT_REFUSED: { status: 422, retry: false, title: "The file can't be taken as a whole" },
  KEY_MISSING: { status: 500, retry: false, title: "The key encryption key can't be read" },
  KEY_WRONG: { status: 500, retry: false, title: "The key encryption key does not open this data folder" },
  BACKUP_FAILED: { status: 500, retry: false, title: "The backup is not whole" },
  ROW_INVALID: { status: 422, retry: false, title: "A row can't be read as a location" },
  CONFIGURATION_INVALID: { status: 500, retry: false, title: "The configuration has a mistake" },
  GENERATED_REGISTRY: { status: 409, retry: false, title: "A generated registry is never sent beyond loopback" },
  CARRIER_REFUSED_BIND: { status: 502, retry: true, title: "The carrier refused the bind" },
  CARRIER_UNREACHABLE: { status: 502, retry: true, title: "The carrier can't be reached" },
  CARRIER_UNTRUSTED: { status: 502, retry: true, title: "The carrier's certificate can't be trusted" },
  CARRIER_REJECTING: { status: 502, retry: true, title: "The carrier takes no messages" },
  PDU_INVALID: { status: 502, retry: false, title: "A PDU can't be read" },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** Why a text is nobody's phone number, in the API and in the report of a file's rows. */
export const NUMBER_CODES = [
  "NUMBER_INVALID",
  "NUMBER_ROUNDED",
  "NUMBER_UNCLEAR",
  "NUMBER_IMPOSSIBLE",
  "NUMBER_NOT_PERSONAL",
  "NUMBER_OF_ORGANISATION",
  "NUMBER_NOT_MOBILE",
] as const satisfies readonly ErrorCode[];
export type NumberCode = (typeof NUMBER_CODES)[number];

/** An error from outside. `field` is a JSON pointer, a header, a file line or a setting; never a value of a person. */
export interface Problem {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly field?: string;
  /** When it may be tried again, where that is known and not at once. */
  readonly retryAfterSeconds?: number;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(
  code: ErrorCode,
  detail: string,
  field?: string,
): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: field === undefined ? { code, detail } : { code, detail, field } };
}

/** A programmer's mistake: stops the program, because what follows can't be trusted. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}
