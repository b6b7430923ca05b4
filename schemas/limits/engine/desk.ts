/** Bounds of pacing by the answering desk, and what is taken for true before anything is known. */
export const DESK = {
  /** How long what a desk has said of itself counts: who stops saying anything is not taken for full. */
  validMs: 120_000,
  /** Answers a minute of one desk at most: a thousand people who take one call each. */
  answersPerMinute: 1_000,
  /** Callers who wait, at most. */
  waiting: 100_000,
  /** What a caller may wait: half of them have hung up after two minutes (loadtest/desk). */
  waitMs: 60_000,
  /** Mean time from a message to the call that it brings. */
  reactMs: 150_000,
  /** Reactions for each person asked, before an action has any of its own, and for how many persons that stands. */
  reactionsPerPerson: 0.005,
  priorPersons: 400,
  /** Messages a minute that an action has however full the desk is: what was accepted goes on. */
  leastPerMinute: 60,
  /** How often it is worked out again; what may go until then is given at once. */
  everyMs: 1_000,
} as const;
