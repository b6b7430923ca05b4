/** Bounds of the registry, of selection and of the store. */

/** Bounds of the registry. */
export const REGISTRY = {
  /** Participant numbers are 32-bit and a roster lists them; 2^26 is four times the largest benchmark. */
  participants: 67_108_864,
  /** Locations of one participant: home, work, and a handful of others. */
  locationsPerParticipant: 16,
  /** Characters of a mail address (RFC 5321, 4.5.3.1.3). */
  mailCharacters: 254,
  /** Characters of a phone number as people and spreadsheets write it: 15 digits with what may stand between them. */
  numberCharacters: 60,
  /** Characters of the name of a company or institution. */
  nameCharacters: 200,
  /** Characters of a schedule: seven days of twelve hours each, which is the longest there is. */
  scheduleCharacters: 1_024,
  /**
   * Participants who can join while the service runs; the next start makes room again. The columns are that much longer,
   * which costs address space and, until somebody joins, next to no memory.
   */
  roomToJoin: 131_072,
  /** Participants in one stored block: 256 records of about 60 bytes fill a few pages and decode in 0.1 ms. */
  participantsPerBlock: 256,
  /** Distinct terms (engine/registry/record/terms.ts): schedules and what goes with them; a column of 16 bits numbers them. */
  terms: 65_535,
  /**
   * Blocks that have changed and are not on the disk yet, 20 to 60 kB each; beyond that a change is refused as BUSY. A second's
   * worth of changes all over the country.
   */
  changedBlocks: 1_024,
  /** Of them put in one commit, beside those that must be in it: each takes 0.2 ms of the main thread, and where a commit takes 18 ms, 500 a second are still written. */
  blocksPerTurn: 10,
  /** Pauses that end in one turn. */
  pausesPerTurn: 32,
  /** Days of growth that are read at a time: ten years, each a look-up of some microseconds. */
  growthDays: 3_660,
  /** Unused participant numbers in a row that an import takes: each costs ten bytes of memory; more is a wrong column. */
  participantGap: 1_048_576,
  /** Blocks of one commit while a registry is written: about 4 MB, so that a flush costs little beside the writing. */
  blocksPerCommit: 256,
  /** Keys removed in one commit when the blocks of an old registry are cleared. */
  removalsPerCommit: 4_096,
  /** Bad rows that an import reports one by one; all are counted. */
  reportedRows: 1_000,
  /** Characters of one CSV row. A longer one is a missing quote. */
  rowCharacters: 4_096,
  /** Lines of one CSV row, in which a quoted field may hold line ends. More are a quote that was not closed. */
  recordLines: 10,
} as const;

/** Bounds of selection. */
export const SELECTION = {
  /** Rows of one shard: 5 MB of columns, so that building one stays in the cache and a 5 km circle touches few. */
  shardRows: 131_072,
  /** Rows that are looked at to choose the borders of the regions; a border is then off by about one in a hundred. */
  sampledRows: 16_384,
  /**
   * Rows of the shards that an area touches up to which one worker does it all: sharing costs more than it saves. A circle of
   * 5 km that touches six shards of a registry ten times the country's holds a tenth of their rows.
   */
  singleTaskRows: 1_572_864,
  /**
   * Rows of the overlay: locations of participants who have changed since the shards were built. Each selection looks at all
   * of them, some 2 ns each; when it is full, changes wait until they have been taken into the shards.
   */
  overlayRows: 131_072,
  /**
   * Rows of the overlay, or participants in it, from which on they are taken into the shards. They then cost a selection 30
   * microseconds, and to build all shards of a country anew takes one worker a second or two.
   */
  overlayRenewRows: 16_384,
  /**
   * Phones are sorted anew when the boxes of their blocks were enlarged this often, as a share of the phones and at least:
   * sixteen blocks, or an eighth of the phones, which is eight times a block.
   */
  loosenedMin: 4_096,
  loosenedShare: 0.125,
  /** Sorting rests that many times as long as it took, so that it costs a worker a twentieth of its time at most. */
  phonesRest: 20,
  /** Participants who are taken over at a time after upkeep: a millisecond of the main thread. */
  drainRows: 4_096,
  /** How often at most; more at a time than are taken over come for so long only when all changes at once. */
  drainSlices: 256,
  /** Memory for the answer of a small selection; a larger one, of over 262,144 participants, comes as a message. */
  answerBytes: 1_048_576,
  /** Participants of a roster that the main thread copies at a time: usually within half a millisecond, most of it for memory. */
  copiedRows: 131_072,
  /**
   * How long a selection insists on rows of phones that are written to whenever it reads them. Moves come in turns of less than
   * a millisecond, so that only something broken lasts so long; a selection then is BUSY.
   */
  contendedMs: 1_000,
  /** How often a task is started: a worker that dies costs time, one that always dies must not cost for ever. */
  attempts: 4,
  /** How long it is waited for that workers have loaded before they are ended: one that hangs must not hang the end. */
  loadMs: 5_000,
  /** Selections to warm up with: by then each thread has compiled the code, in some 50 ms. */
  warmUps: 32,
  /** Threads of the pool at least, so that one long selection does not hold up a short one. */
  threadsMin: 2,
} as const;

/** Bounds of the positions of phones. */
export const POSITIONS = {
  /** How long a position counts. A phone that has told nothing for two hours may be anywhere, and is nobody's business. */
  keepMinutes: 120,
  /** How far ahead the clock of a phone may be. */
  aheadMs: 60_000,
  /** Positions in one request of the batched endpoint: 200 kB, read in half a millisecond. */
  perRequest: 2_000,
  /** Bytes of one line of a stream; a position takes about 100. */
  lineBytes: 1_024,
  /**
   * Positions of one request or stream that are worked through in one turn of the event loop: some 0.15 ms, so that a few
   * of them together don't hold up the start of a selection.
   */
  perTurn: 128,
  /** As many of those are as long as one that the schema reads, or refuses, in up to 50 µs. */
  slowAs: 8,
  /** Refused positions that an answer names; all are counted. */
  reportedRefusals: 100,
  /**
   * Moves that wait for the commit that is under way, 20 bytes each: half a second's worth at 100,000 a second. With more, a
   * stream waits and a request is BUSY.
   */
  waitingMoves: 65_536,
  /** Room beside them for positions that are given up, which wait for nobody. */
  waitingGiveUps: 4_096,
  /**
   * From one commit to the next: positions come all day, and the ledger, whose commits a message waits for, must find the
   * disk free most of the time.
   */
  commitMs: 10,
  /** Bytes of the journal after which the positions are written anew as a whole, nine megabytes for 450,000. */
  journalBytes: 67_108_864,
  /** How long something forgotten may stay on the disk, as bytes that nobody looks at, before its key goes as well. */
  purgeMs: 60_000,
  /** Participants of one chunk of the whole: written in about a millisecond. */
  chunkParticipants: 16_384,
  /** Chunks in one commit. */
  chunksPerCommit: 2,
  /** Entries of an old journal that one commit removes. */
  removalsPerCommit: 1_024,
  /** Participants looked at for old positions in one sweep, once a second: 1.7 million in half a minute. */
  sweptParticipants: 65_536,
  /** Positions that a sweep lets go at most, a second apart: when the app's service was silent all are too old at once. */
  droppedPerSweep: 8_192,
} as const;

/** Bounds of the store. */
export const STORE = {
  /**
   * Bytes that must be free for the store before anything is granted. What carriers answer to all that may be exposed with 32 of
   * them (DISPATCH.exposure, twice) is 25 MB in the journal, and LMDB writes the pages on the way there anew.
   */
  reserveBytes: 67_108_864,
  /** Bytes that must be free to open a store whose table of readers is not on the disk: it has 12 kB. */
  openBytes: 1_048_576,
  /**
   * Bytes that are allocated beyond the reserve, each time: what the ledger grows by until it is done again is 2 million
   * submissions, and starting the command for it takes the main thread some milliseconds.
   */
  reserveStepBytes: 33_554_432,
  /** After how long it is tried again where nothing could be allocated: a quota is not seen in what is free. */
  reserveRetryMs: 60_000,
  /** How often it is looked how much is free, which takes a thread of libuv a few microseconds. */
  spaceMs: 200,
  /** Damaged records of a table that are counted and told of one by one: beyond that many it is the table that is damaged. */
  damagedKnown: 1_000,
  /**
   * How often it is looked whether the locked folder is still the one at its path, which takes 20 microseconds: whoever
   * replaces it has that long two engines, on two folders.
   */
  lockCheckMs: 1_000,
  /** How often it is looked, where nothing is committed, whether another process wants to open the store, and whether one has opened it. */
  openingLookMs: 50,
  /** How long commits wait for one that opens it, which takes some 10 ms, and on a machine that is busy a hundred. */
  openingMs: 1_000,
  /** How long one that wants to open it waits for its turn: no transaction but one of a disk that hangs takes as long. */
  openingWaitMs: 5_000,
  /**
   * How long one that begins to write waits for those that open the store to read. Each has the lock while a program or two start and LMDB
   * opens, some 20 ms, and on a machine that is busy some hundreds: one that has it all this time is stopped.
   */
  readersWaitMs: 10_000,
  /** How long a process that must end waits for the transaction under way, which takes milliseconds where the disk does not hang. */
  endingMs: 2_000,
} as const;

/** Bounds of the vault. */
export const VAULT = {
  /** Bytes of the file of a key encryption key that are looked at: 64 hexadecimal characters and a line's end are 66. */
  kekFileBytes: 256,
  /** Keys with a name: a handful of kinds of data, some with a key for each of a few periods, or of their parts (PROPOSALS.parts). */
  names: 256,
  /** Characters of such a name. */
  nameBytes: 64,
  /**
   * How often root and data keys are read until they fit, while another process renews them, a millisecond apart: a tenth of a
   * second, because on a busy machine a reader may be slower than many renewals. In 8,000 openings three attempts were the most.
   */
  openAttempts: 100,
} as const;
