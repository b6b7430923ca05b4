/** Bounds of what operators say of carriers, and of what is kept of how carriers did. */
export const CARRIER_CONTROL = {
  /** A part of the traffic that may be said over the API: beyond a thousand to one somebody means to pause the other. */
  shareMin: 0.001,
  shareMax: 1_000,
  /** Carriers of which it is remembered, also while the file does not name them: twice those that a file may name. */
  kept: 32,
  /** Distinct command_status that are told apart at one carrier; what comes beyond them is counted together. */
  errorCodes: 32,
} as const;

export const HISTORY = {
  /** A record a minute and a record a quarter of an hour: 1,440 and 2,976 of them. */
  minutesKept: 1_440,
  quartersKept: 2_976,
  minutesOfQuarter: 15,
  /** Errors by cause that one record of a carrier tells apart, the most frequent. */
  errors: 8,
  /** Records that are read in a step of an answer, so that others have their turn: 64 of sixteen carriers each take below a millisecond. */
  recordsOfStep: 64,
  /** Records that a round of tidying removes: more than are written until the next. */
  removedPerPass: 512,
} as const;
