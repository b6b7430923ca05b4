/** Bounds of what is believed of the clock. */

export const CLOCK = {
  /**
   * How far the wall clock may get ahead of the monotonic one, or behind the last time that was noted, before nothing is
   * believed to be as it was: more than the corrections of a time service, less than a suspended machine sleeps.
   */
  stepMs: 10_000,
  /** How often the time is noted in the store while anything is being sent: a clock that was set back is noticed by it. */
  noteMs: 10_000,
} as const;
