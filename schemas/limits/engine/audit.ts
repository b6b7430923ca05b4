/** Bounds of the trail of who did what. */
export const AUDIT = {
  /** Records in one page. */
  pageSize: 200,
  /** Records that are looked at for one page where only some are asked for: 2 ms; who wants more asks for the next page. */
  lookedAt: 1_000,
  /** Old records that one pass removes, keys alone: 2 ms on the main thread once a minute, and ten times as many as all operators make. */
  removedPerPass: 1_000,
  /** Records that are looked at in one step for those of one participant: 0.1 ms. */
  lookedAtOnce: 256,
  /** Records in the export of one participant: somebody who is looked up every day for as long as records are kept. */
  aboutOne: 2_000,
} as const;
