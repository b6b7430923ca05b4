/** Bounds of what a municipality does with its file. */
export const MUNICIPALITY = {
  /**
   * Rows of one import, good and bad. The largest municipality has some 100,000 participants; a planned row takes about 100
   * bytes, so this many fill 100 MB. The whole country's registry comes by `seinpost registry import`.
   */
  importRows: 1_000_000,
  /** Imports that are received, planned or applied at a time, one of each municipality: their plans are in memory. */
  importsUnder: 4,
  /** Imports that are remembered with their reports; of those that are over, the oldest go. */
  importsKnown: 64,
  /** Bytes of a file that are read between two looks at the clock: 10 rows as usual, or 40 short ones, which take 20 µs each at worst. */
  sliceBytes: 1_024,
  /** Bytes of one piece of a plan, which is also what is applied, made durable and ticked off at a time. */
  pieceBytes: 32_768,
  /** Bytes of the longest planned person: sixteen locations, a name and a mail address, each character up to three bytes. */
  personBytes: 2_048,
  /** Pieces of one commit while a plan is made durable: a quarter of a megabyte, which is encrypted in a fraction of a millisecond. */
  piecesPerCommit: 8,
  /** How long applying waits when the registry has no room at the moment, before it tries again. */
  busyMs: 20,
  /** Participants whose municipality is worked out anew before it is noted how far that is: 64 blocks, a second or so. */
  renewedAtOnce: 16_384,
  /** How long that rests between two slices: nobody waits for it, and the main thread is for others. */
  restMs: 6,
  /** Locations this near to each other and of the same kind are one. */
  sameMeters: 1,
  /** How long statistics are given out again before they are counted anew: counting reads the whole registry. */
  statisticsMs: 10_000,
  /** Blocks that one task of counting reads, before a selection may come: 50 ms or so of one thread. */
  blocksPerTask: 512,
  /** A block that does not open with its key yet is read again so often, so long after: a commit takes a few milliseconds. */
  readAttempts: 100,
  readAgainMs: 10,
} as const;
