/** Bounds of what the main thread does in one turn of its loop: it runs the ledger, and whoever needs it waits for a whole turn. */
export const THREAD = {
  /**
   * Time that long work takes in a turn (engine/clock/slices.ts), one of all that waits: with a commit that is put together in the same
   * turn, and the garbage of both, that turn takes less than 5 ms. A turn beside it costs some 20 µs.
   */
  sliceMs: 1,
} as const;
