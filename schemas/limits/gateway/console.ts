/** Bounds of the console's sessions and pages. */
export const CONSOLE = {
  /** How long a session goes on in which nothing is asked: a break at the control room's desk, and no night. */
  idleMs: 1_800_000,
  /** And at the longest: a shift with what comes before and after it. */
  sessionMs: 43_200_000,
  /** Sessions of one key: every desk of a control room, twice. Beyond it the one that was used longest ago ends. */
  sessionsPerKey: 64,
  /** Sessions at once, 300 bytes each: all control rooms and municipalities with ten desks each. */
  sessions: 8_192,
  /** Characters of what is given as a key: ours have 47. */
  keyCharacters: 256,
  /** For how long a browser keeps a file whose name says what is in it. */
  assetSeconds: 31_536_000,
  /** Characters of a part of the path of a page: an id has 36. */
  pathCharacters: 64,
} as const;
