/** Bounds of monitoring, and of what drives the whole from outside. */

/** Bounds of live monitoring. */
export const MONITOR = {
  /** Changes ten times a second. */
  intervalMs: 100,
  clients: 256,
  /** Of those, with one API key: a wall of screens and every desk of a control room. */
  clientsOfKey: 64,
  /** Bytes a slow client may have waiting; then it gets nothing until it has read, and after that a fresh snapshot. */
  backlogBytes: 262_144,
  /** A client that has read nothing for this long is dropped. */
  unreadMs: 10_000,
  /**
   * How often a client is asked for a sign of life, so that one that vanished is found within twice that.
   */
  pingMs: 60_000,
  /** Bytes of a message from a client; the feed expects none. */
  incomingBytes: 1_024,
  /** Frames of such a message: clients send as many where they write a piece at a time. */
  incomingFragments: 16,
  /** Rates are smoothed with this time constant, so that a pause of a carrier shows within a second. */
  rateSmoothingMs: 1_000,
  /** `seinpost watch`: pause before it connects again. */
  reconnectMs: 1_000,
} as const;

/** Bounds of the carrier simulator. */
export const SIMULATOR = {
  /** Submits in its log, at 24 bytes each; beyond that it answers ESME_RMSGQFUL. Four times the largest benchmark. */
  records: 67_108_864,
  /** Records in one piece of the log's memory: 1.5 MB, so that growing never copies. */
  recordsPerPiece: 65_536,
  /** Connections at a time; a further one is closed at once. */
  connections: 256,
  /** deliver_sm of one bind that have no answer yet. */
  window: 1_024,
  /** Answers of one bind that are held for its latency or rate; beyond that it isn't read from. */
  heldAnswers: 65_536,
  /** Bytes that are collected before a write: the answers to one read of 64 kB fit. */
  outputBytes: 131_072,
  /** Messages from citizens that it makes between two resets, each part for itself: a reply of one in sixteen participants. */
  messages: 1_000_000,
  /** Senders that it tells apart for its receipts; a record numbers them with 16 bits. */
  senders: 65_535,
  /** Texts that it keeps where it is told to, for tests that read what stands in a message. */
  textsKept: 1_000,
  /** Those that a demonstration shows: a code of self-service is found among them at a glance. */
  textsShown: 20,
  /** Tags listed in its statistics; all are counted. */
  tagsListed: 1_000,
  /** Bytes of a request to its control port: a handful of settings. */
  requestBytes: 16_384,
  /** How long its start may take before it is given up, on a machine that is busy with everything else. */
  startMs: 30_000,
  /** How long it may take to stop before it is killed. */
  stopMs: 5_000,
} as const;

/** Bounds of load tests, benchmarks and the tests that run a service in a process of its own. */
export const LOADTEST = {
  /** How long a service may take to be ready, with a registry ten times the country's. */
  startMs: 60_000,
  /** How long it may take to stop. */
  stopMs: 10_000,
  /** Receipts are given up when none has come for this long. */
  receiptsQuietMs: 10_000,
  /** After this long without any change a run is given up as stuck. */
  stuckMs: 20_000,
} as const;
