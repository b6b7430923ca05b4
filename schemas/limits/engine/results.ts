/** Bounds of the results of actions. */
export const RESULTS = {
  /** Days of one report: ten years and their leap days, which 84,000 actions answer in a second of turns. */
  daysMax: 3_660,
  /** How long after an action is over its result may change by itself: receipts are awaited for three days, replies for one. */
  settlesMs: 4 * 86_400_000,
  /** Results that are put to rest in one commit: 200 bytes each. */
  perPass: 200,
  /** Actions that one pass looks at. */
  lookedAtPerPass: 2_000,
  /** Seconds between two passes: nobody waits for it, for what is not at rest is worked out when it is asked for. */
  everyMs: 60_000,
  /** How long a report for everybody stays as it is: whole months hardly change, and each costs as much as one with a key. */
  openForMs: 3_600_000,
  /** Fewer than so many are told to nobody who has no key (k-anonymity): of persons as of actions. */
  peopleMin: 5,
} as const;
