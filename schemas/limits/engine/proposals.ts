/** Bounds of changes that wait for a participant's word. */
export const PROPOSALS = {
  /** All there are, at some 300 bytes each in memory. A file of the largest municipality may propose something for each of its people once. */
  count: 131_072,
  /** Of one participant: one of each kind from each of the municipalities where somebody lives or works. */
  ofParticipant: 16,
  /** They lie on the disk in so many sealed parts, by participant; what changes one writes its part, 600 kB at most. */
  parts: 128,
  /** How long one waits to be accepted: who looks once a month sees it. */
  openMs: 2_592_000_000,
  /** How long it is kept that one was decided, and nothing of what it was about: a municipality looks at its list once a quarter. */
  keptMs: 7_776_000_000,
  /** How often it is looked which are too old. */
  sweepMs: 60_000,
  /**
   * How long a new contact waits that the old one did not approve of: a weekend without looking at the telephone, during which
   * whoever has the old one is told twice.
   */
  waitMs: 259_200_000,
  /** Notices of it to the old contact: at once, and again at half of the time, for the first may not have arrived. */
  notices: 2,
  /** How long a notice may take to go out; then the next one follows. */
  noticeMs: 21_600_000,
  /** Shown to a municipality at a time. */
  shown: 1_000,
} as const;
