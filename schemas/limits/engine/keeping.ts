/** How long each kind of data is kept, and the bounds of removing it. */

/** Periods that count unless the configuration says otherwise. */
export const KEPT = {
  /** What citizens wrote: as long as an action is evaluated and may be asked about in the yearly overview. */
  repliesDays: 365,
  /** Who was asked in an action, and what became of each message: as long as somebody may complain of it. */
  rostersDays: 90,
  /** The action itself, with its counts: nothing of it names a person. Five years, as the police keep such records. */
  actionsDays: 1_825,
  /** Receipts that belonged to no one: long enough to look into a carrier's ways. */
  straysDays: 30,
  /** Who did what: as long as the actions that it was done to. */
  auditDays: 1_825,
  /** No period may be shorter: an action runs three days at most, and replies are taken for a day more. */
  daysMin: 5,
  /** Nor longer than twenty years, which is a typing error. */
  daysMax: 7_300,
} as const;

/** Bounds of one pass of removing what is too old. */
export const RETENTION = {
  /** How often there is a pass; a period is in days, so that it is kept to a minute is enough. */
  everyMs: 60_000,
  /** How long there is none after the clock got ahead at once: a period is in days, and a wrong clock is noticed in an hour. */
  afterStepMs: 3_600_000,
  /** Records that a pass looks at of each kind, and removes at most: less than 2 ms on the main thread. */
  recordsPerPass: 200,
} as const;

/** Bounds of backups. */
export const BACKUP = {
  /** A service may be renewing its root key while the store is copied; then both are copied again, up to so many times. */
  attempts: 5,
  /** States of root.key that are looked at while the store is copied: the copy's own is among the first. */
  roots: 32,
  /** Damaged records that a backup may have, if it is told to; where there are more it is no store that somebody should go on with. */
  damaged: 1_000,
} as const;
