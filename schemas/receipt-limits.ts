/** Bounds of delivery receipts: the part of `limits.ts` that has a file of its own, because a file stays short. */
export const RECEIPTS = {
  /** Receipts that came before their response, kept until it comes: what all carriers may have in flight. */
  early: 65_536,
  /** How long: by then each response that was due has come, or its deadline has passed. */
  earlyMs: 60_000,
  /** Receipts that belonged to no one, kept for whoever looks into it; the oldest go first. */
  straysKept: 10_000,
  /** Of these, in one commit; more are only counted, for a carrier that floods us must not hold the ledger up. */
  straysPerCommit: 256,
  /** Of these, in one answer of the API. */
  straysShown: 1_000,
  /** Receipts in a row whose message_id was written in one form, after which no other is tried at once. */
  settled: 100,
  /** Submissions of a wave that are told apart under one message_id, and receipts that wait for one. */
  sameId: 16,
} as const;
