/**
 * Every bound of the system, each with its reason. Nothing else in the code may invent a limit of its own: a queue, a
 * buffer, a window, a body, a retry or a loop is bounded by a name from here.
 */
export { REPLIES } from "./limits-replies.js";

export { RECEIPTS } from "./receipt-limits.js";

/** Bounds of what comes in through the API. */
export const API = {
  /** Bytes of a request body. A municipality's outline with 20,000 vertices is about 700 kB of GeoJSON. */
  bodyBytes: 1_048_576,
  /** Vertices of an area. Selection compares rim points with every edge of a leaf, so the edges must be bounded. */
  areaVertices: 20_000,
  /** A circle larger than this covers the country from any place in it; more is a typing error. */
  radiusMetersMax: 500_000,
  /** Below a metre no position is that accurate. */
  radiusMetersMin: 1,
  /** Characters of a text: ten parts of 153, beyond which nobody reads an SMS. */
  textCharacters: 1_530,
  /** Parts of one message (see textCharacters); the ledger counts parts in a byte. */
  segmentsPerMessage: 10,
  /** Characters of an Idempotency-Key: a UUID is 36; some clients concatenate two. */
  idempotencyKeyCharacters: 128,
  /** How long an Idempotency-Key is remembered. */
  idempotencyHours: 24,
  /** Answers looked at in one sweep, once a second, for old ones; each may hold an area of 700 kB. */
  idempotencySweep: 100,
  /** Actions in one page of GET /v1/actions. */
  pageSize: 100,
  /** How long an action may run; a description of a suspect is stale long before. */
  expiresHoursMax: 72,
  /** When an action carries no expiry of its own. */
  expiresHoursDefault: 4,
  /** Selections and previews waiting for the pool; beyond that the answer is 503 with Retry-After. */
  queuedSelections: 64,
  /**
   * Requests a second of one API key. A control room clicks, a console polls, a load test has a key of its own; this is
   * far above all three and stops a script that loops.
   */
  requestsPerSecond: 200,
  /** Bytes of all bodies that are being received together: 64 of the longest. A slow sender holds its part for 10 s. */
  receivingBytes: 67_108_864,
  /**
   * How long a connection may be silent while it is idle, receiving or sending, over node:http; uWebSockets.js has the same
   * built in. It is also how long a head may take.
   */
  silentMs: 10_000,
  /** How long a whole request may take to come in over node:http: the longest body at 140 kbit/s. */
  receiveMs: 60_000,
  /** JSON values in a body: an area with areaVertices has three for each, the rest is room for the other fields. */
  jsonValues: 65_536,
  /** Wrong fields that one answer names; the first is enough to act on, a whole list helps who writes a client. */
  reportedFields: 20,
  /** Characters of a field's name in an answer; what we did not choose ourselves we don't repeat at length. */
  fieldCharacters: 200,
  /** How long a close waits for the answers that are under way. */
  closeMs: 5_000,
} as const;

/** Bounds of the registry. */
export const REGISTRY = {
  /** Participant numbers are 32-bit and a roster lists them; 2^26 is four times the largest benchmark. */
  participants: 67_108_864,
  /** Locations of one participant: home, work, and a handful of others. */
  locationsPerParticipant: 16,
  /** Participants in one stored block: 256 records of about 60 bytes fill a few pages and decode in 0.1 ms. */
  participantsPerBlock: 256,
  /** Distinct weekly schedules; a column of 16 bits numbers them. */
  schedules: 65_535,
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
  /** Memory for the answer of a small selection; a larger one, of over 262,144 participants, comes as a message. */
  answerBytes: 1_048_576,
  /** Participants of a roster that the main thread copies at a time: usually less than half a millisecond, most of it for new memory. */
  copiedRows: 131_072,
  /** How often a task is started: a worker that dies costs time, one that always dies must not cost for ever. */
  attempts: 4,
  /** Selections to warm up with: by then each thread has compiled the code, in some 50 ms. */
  warmUps: 32,
  /** Threads of the pool at least, so that one long selection does not hold up a short one. */
  threadsMin: 2,
} as const;

/** Bounds of the store. */
export const STORE = {
  /** How long the probe of a store may take before it counts as damaged; usually it takes a tenth of a second. */
  probeMs: 10_000,
} as const;

export { FAILOVER } from "./limits-failover.js";

/** Bounds of dispatch. */
export const DISPATCH = {
  /**
   * Waves whose roster and ledger are held in memory: each carrier keeps a small table of them. A wave leaves when it is
   * settled.
   */
  liveWaves: 256,
  /**
   * Segments of all live waves together, at 20 bytes each: twenty nationwide waves of 1.6 M. Beyond it the oldest wave that
   * only awaits receipts is closed.
   */
  liveSegments: 33_554_432,
  /**
   * Submissions with one carrier that are intended but have no durable outcome, per wave; at most two waves at a time have
   * any. It bounds the possible duplicates after a crash: at most 2 x exposure for each carrier.
   */
  exposure: 4_096,
  /** Recipients in one grant. Small, so that carriers share the roster nearest first; large enough to cost nothing. */
  grant: 256,
  /**
   * How often a recipient is tried when a carrier could not take the message, or said nothing, over all carriers; then it
   * has failed, or stays unknown.
   */
  attempts: 5,
  /** Grants in one turn: what fits in one commit without the API thread being held up. */
  grantsPerTurn: 256,
  /**
   * What may be intended with a carrier of limited rate, in time: little, so that a slow carrier does not hold the nearest
   * back while a fast one is free.
   */
  exposureMs: 250,
  /** How often dispatch looks at its clock: expiry, slow carriers, waves whose receipts no longer come. */
  tickMs: 50,
  /** How long a wave stays in memory after it was sent, to be seen in the monitor and to know receipts that come twice. */
  restMs: 30_000,
  /** How often waves whose receipts are all in, or no longer awaited, are looked for and archived. */
  tidyMs: 1_000,
  /** Segments a second that a forecast assumes of a carrier without a limit until it has been measured. */
  assumedPerSecond: 50_000,
  /** A carrier that has been behind its share for this long is slow: the others need not wait for it. */
  stallMs: 100,
  /** How long it then stays slow at least: a carrier that answers in bursts would hold the others up at each of them. */
  slowMs: 1_000,
  /** Bytes of the ring through which a carrier's events reach the ledger: 4,096 outcomes of the longest kind, doubled. */
  eventRingBytes: 1_048_576,
  /** Records of the ring through which grants reach a carrier. */
  grantRing: 4_096,
  /** Events that the ledger takes in one turn of the loop, so that the API thread is free again after a millisecond or two. */
  eventsPerTurn: 4_096,
  /**
   * Indexes of live waves that are looked into for receipts in one turn, at about 0.1 us each: a receipt that belongs to no
   * wave, or overtook its response, is looked for in all of them.
   */
  searchesPerTurn: 16_384,
  /** Recipients of a roster that are stored in one value. */
  rosterChunk: 65_536,
  /** Journal entries removed in one commit when a wave is archived. */
  removalsPerCommit: 512,
  /** How long receipts are awaited after the last acknowledgement; carriers give up after 24 to 72 hours. */
  receiptHours: 72,
} as const;

/** Bounds of an SMPP session. Times in milliseconds; defaults that a carrier's configuration may change. */
export const SMPP = {
  /** The longest PDU taken; a submit_sm with a full message_payload TLV is near 64 kB, real ones are below 1 kB. */
  pduBytes: 16_384,
  /** Outstanding submit_sm of one bind. */
  window: 1_024,
  windowMax: 16_384,
  /** SMPP 3.4 has 16 bytes of alphanumeric sender at most eleven of which GSM carries. */
  senderCharacters: 11,
  /** Digits of a numeric sender: E.164 has 15. */
  senderDigits: 15,
  /** C-octet strings of a bind without their NUL; passwords are 8 in SMPP 3.4, and longer at carriers that allow it. */
  systemIdCharacters: 15,
  systemTypeCharacters: 12,
  passwordCharacters: 64,
  /** C-octet strings of 41 and 6 with their NUL. */
  addressRangeCharacters: 40,
  serviceTypeCharacters: 5,
  /** Prefixes that one carrier serves; there are some 200 country codes. */
  routes: 256,
  /** message_id is a C-octet string of 65 with its NUL. */
  messageIdBytes: 64,
  /** Bytes of the text of one incoming message: ten parts make 1,530. In the ring of events it takes twice as many. */
  messageBytes: 4_096,
  binds: 16,
  carriers: 16,
  /** Timeouts and intervals that a configuration may set: below is a typing error, above is never. */
  timeoutMsMin: 10,
  timeoutMsMax: 600_000,
  bindTimeoutMs: 5_000,
  responseTimeoutMs: 10_000,
  enquireLinkMs: 15_000,
  enquireLinkTimeoutMs: 5_000,
  /** Reconnect: the first pause, doubled with full jitter up to the last. */
  reconnectFirstMs: 100,
  reconnectLastMs: 10_000,
  /** Segments a second of a carrier, where nothing is configured: no limit of ours. */
  ratePerSecondMax: 1_000_000,
  /** How often a relative validity period is written anew: it says whole seconds. */
  validityStepMs: 1_000,
  /** deliver_sm of one bind that wait for a durable ledger before they are answered; a read holds at most 2,520. */
  unansweredDeliveries: 16_384,
  /** Bytes that the socket may hold unsent before the bind waits for drain. */
  socketBytes: 262_144,
  /** One buffer of PDUs, given to the socket in one write, and one read: near what a loopback or a fast link moves at once. */
  bufferBytes: 65_536,
  /** submit_sm that are written before stop flags and the order of the queue are looked at again. */
  batch: 256,
  /** Batches in one turn of the loop, so that sockets are read again within a millisecond or two. */
  batchesPerTurn: 16,
  /** Deadlines, back-offs and pauses are looked at this often. */
  tickMs: 10,
  /** The same while all binds are bound and nothing is queued: a hundred wake-ups a second cost 2 % of a core. */
  calmTickMs: 50,
  /** What the rate may save up, as a part of a second; above two ticks, or a late tick would cost throughput. */
  rateBurst: 0.025,
  /** And in segments: with less, what a slow rate earns between two ticks would run over. */
  rateBurstSegments: 2,
  /** Without any bind for this long, a carrier gives back what was granted; time for one reconnect, not for two. */
  unboundMs: 1_000,
  /** Where reading waited for room, responses wait in the kernel: their deadlines wait this long after it. */
  heldGraceMs: 1_000,
  /** Settings that changed and don't work: how long the last bind with the old ones is kept. Three attempts of a refused bind. */
  lastBindMs: 10_000,
  /** How long `seinpost carrier check` listens: what waits at a carrier comes at once after a bind. */
  checkListensMs: 1_000,
  /** A bind that the carrier refuses: repeated attempts with a wrong password get accounts locked. */
  refusedFirstMs: 1_000,
  refusedLastMs: 60_000,
} as const;

export { PACE } from "./limits-pace.js";

/** Bounds of live monitoring. */
export const MONITOR = {
  /** Changes ten times a second. */
  intervalMs: 100,
  clients: 256,
  /** Bytes a slow client may have waiting; then it gets nothing until it has read, and after that a fresh snapshot. */
  backlogBytes: 262_144,
  /** A client that has read nothing for this long is dropped. */
  unreadMs: 10_000,
  /**
   * How often a client is asked for a sign of life over node:http, so that one that vanished is found within twice that; as
   * uWebSockets.js does by itself.
   */
  pingMs: 60_000,
  /** Bytes of a message from a client; the feed expects none. */
  incomingBytes: 1_024,
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
