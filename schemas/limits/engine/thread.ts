/** Bounds of what the main thread does in one turn of its loop: it runs the ledger, and whoever needs it waits for a whole turn. */
export const THREAD = {
  /** Time that long work takes in a turn (engine/clock/slices.ts), one of all that waits. */
  sliceMs: 2,
} as const;
