/** Bounds of pacing by the answering desk, and what is taken for true before anything is known. */
export const DESK = {
  /** How long what a desk has said of itself counts: who stops saying anything is not taken for full. */
  validMs: 120_000,
  /** Answers a minute of one desk at most: a thousand people who take one call each. */
  answersPerMinute: 1_000,
  /** Callers who wait, at most. */
  waiting: 100_000,
  /** What a caller may wait: half of them have hung up after two minutes (loadtest/desk). */
  waitMs: 60_000,
  /** Mean time from a message to the call that it brings. */
  reactMs: 150_000,
  /** Reactions for each person asked, before an action has any of its own, and for how many persons that stands. */
  reactionsPerPerson: 0.005,
  priorPersons: 400,
  /** Messages a minute that an action has however full the desk is: what was accepted goes on. */
  leastPerMinute: 60,
  /** How often it is worked out again; what may go until then is given at once. */
  everyMs: 1_000,
} as const;

/** Bounds of what is kept of who reacted. */
export const REACTED = {
  /** Numbers of which it is stored together, at least: as many as a person hides among elsewhere (open data, maps). */
  group: 5,
  /** Participants of one record: half a kilobyte, and 400 of them for everybody there is. */
  blockPeople: 4_096,
  /** Actions of which fewer than a group are held in memory; of the oldest some may be asked again. */
  actions: 1_024,
} as const;

/** Bounds of the stream of replies that a desk follows. */
export const STREAM = {
  /** Changes that whoever was away can be told of, at 100 bytes each: an hour of four a second. */
  remembered: 16_384,
  /** Changes that are looked at for one client in a round: four thousand a second, which no desk reads. */
  perRound: 1_000,
  /** Bytes of the name by which the changes of one process are told from those of another. */
  runBytes: 4,
  /** Replies of a snapshot, the newest of all running actions: what a screen shows, several times over. */
  snapshot: 200,
  /** Bytes of a message, or one reply that is longer: so much waits for a client that does not read. */
  messageBytes: 131_072,
  /** How often it is looked for changes: an eye sees no difference to at once. */
  intervalMs: 250,
  clients: 256,
  /** Of those, with one API key: every desk of a control room. */
  clientsOfKey: 64,
  /** A client that has read nothing for this long is dropped. */
  unreadMs: 10_000,
} as const;
