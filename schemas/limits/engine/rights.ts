/** Bounds of API keys. */
export const RIGHTS = {
  /** Keys that are neither revoked nor expired: 342 municipalities, 25 regions, their test systems, and room for ten times as many. */
  keys: 4_096,
  /** Characters of the name of a key. */
  nameCharacters: 100,
  /** Municipalities of one key: more than there are. */
  municipalities: 400,
  /** Secrets of one key that count at a time: the one in use, and the one that takes its place. */
  secrets: 2,
  /** How long the secret of before goes on counting: who rotates by hand does so within the hour. */
  graceMinutes: 60,
  /** At most: a month, in which every holder of a shared key has had a maintenance window. */
  graceMinutesMax: 43_200,
  /** Keys in one page of a list. */
  pageSize: 100,
  /** How often the last use of a key is written, where it was used: a look at a list, not a trail. */
  useEveryMs: 60_000,
  /** Before a key ends by itself it is told for so long: its holder has a working week to ask for another. */
  endsSoonMs: 604_800_000,
  /** Names of such keys that are told at a time: a line. */
  endsSoonNamed: 3,
  /** How long it is told that something was refused for the budget of a key. */
  refusedToldMs: 3_600_000,
  /** Messages a day of one key, at most: more than everybody ten times over is a typing error. */
  messagesPerDay: 100_000_000,
  /** And what they may cost. */
  costPerDay: 10_000_000,
} as const;
