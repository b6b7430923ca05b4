/** Bounds of how often people are asked, and of how much a preview may tell of them. */

export const ASKING = {
  /** The windows in which it counts how often somebody was asked. */
  hourMs: 3_600_000,
  dayMs: 86_400_000,
  monthMs: 2_592_000_000,
  /**
   * How often somebody is asked in an hour and in a day, at most, where nothing is configured: rather four messages too many than one too
   * few, and fewer than would make anybody leave. Danger to life passes both.
   */
  perHour: 6,
  perDay: 24,
  /** People of a roster who are looked at in one turn: within a millisecond or two, most of it for memory. */
  peoplePerTurn: 16_384,
  /** What can be configured, at most: more is no bound, which 0 says. */
  perDayMax: 1_000,
} as const;

export const PREVIEWS = {
  /** How long what a key was told counts: an incident is over by then, and a probe of one house has to begin anew. */
  windowMs: 3_600_000,
  /** What a key may spend on previews in that time: one a preview, ten a minute for an hour. The same one again costs nothing. */
  budget: 600,
  /**
   * What a preview costs that differs from another, over overlapping areas, by fewer people than are ever told, or finds fewer:
   * thirty such in the window, where to find one home by halving takes about as many.
   */
  nearCost: 20,
  /** Previews of one key whose breakdown is kept, for who asks the same again; up to 30 kB each where it is nationwide. */
  kept: 16,
} as const;
