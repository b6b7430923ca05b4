/** Bounds of what is told to other systems by webhook. */

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export const WEBHOOKS = {
  /** Regions, the national desk, their test systems; each costs a queue. */
  count: 64,
  /** Characters of an address, as most servers take them. */
  urlCharacters: 2_048,
  /** Characters of what a webhook is for. */
  nameCharacters: 100,
  /** Events that wait for one webhook: a region's year has 8,400 actions of eight steps, so this is two months of the whole country. */
  pending: 10_000,
  /** Dead letters of one webhook; the oldest go for new ones, and are counted. */
  dead: 10_000,
  /** Requests to one webhook at a time, and one alone while it does not answer. */
  atOnceEach: 4,
  /** To all of them: a hanging one holds its own few. */
  atOnce: 64,
  /** How long one may take, from the look-up of the name to the end of the answer: what others allow is 15 to 30 s. */
  answerMs: 15_000,
  /** How long a stop of the service waits for answers; then what was posted is posted again after the next start. */
  closeMs: 2_000,
  /** Bytes of an answer that are read: what it says is of no use but to let the connection be used again. */
  answerBytes: 65_536,
  /** How long a name may take to be looked up, and how often it is asked for. */
  resolveMs: 5_000,
  resolveTries: 2,
  /** Waits between the attempts of one event, as Standard Webhooks proposes them: 11 attempts in four days. */
  waitsMs: [
    5_000,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    2 * HOUR_MS,
    5 * HOUR_MS,
    10 * HOUR_MS,
    14 * HOUR_MS,
    20 * HOUR_MS,
    24 * HOUR_MS,
    24 * HOUR_MS,
  ],
  /** How long a webhook rests that did not answer, at first and at most; doubled each time. */
  restMs: 1_000,
  restMsMax: 5 * MINUTE_MS,
  /** What an answer may ask for by Retry-After, at most. */
  retryAfterMsMax: HOUR_MS,
  /** How long the secret of before signs as well after a rotation: who changes it by hand does so within the day. */
  graceMs: 24 * HOUR_MS,
  /** How long a dead letter is kept. */
  deadMs: 30 * 24 * HOUR_MS,
  /** Deliveries that are replayed, or taken out, in one commit, and looked at in one step: 300 bytes each, in a millisecond or two. */
  inOneCommit: 100,
  /** Deliveries in one page of a list, and how many keys are looked at for it: 2 ms. */
  pageSize: 100,
  lookedAt: 2_000,
  /** Actions of which is known what was told last, beside what is stored: more than one commit can hold. */
  actionsRemembered: 1_024,
  /** Bytes of a secret that signs; Standard Webhooks: 24 to 64. */
  secretBytes: 32,
} as const;
