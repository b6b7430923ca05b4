/** Bounds of what comes in through the API. */
export const API = {
  /**
   * Bytes of a request body that is kept as a whole; a stream has no end. The thread that takes it in also runs the ledger, and reads
   * the most costly one within 5 ms. An area with areaVertices of fifteen digits, and altitudes, takes 450 kB.
   */
  bodyBytes: 524_288,
  /** Bytes of a body that is read in one go, within 0.3 ms; any other is read piece by piece, each in a turn of its own. */
  bodyBytesAtOnce: 32_768,
  /**
   * Vertices of an area. Selection compares rim points with every edge of a leaf, so the edges must be bounded, and an answer
   * has all of them. The outlines of municipalities have 2,000 to 8,000 in full detail; who asks one by its code sends none.
   */
  areaVertices: 10_000,
  /** Vertices of an area that the main thread checks itself; any other goes to a worker (ARCHITECTURE.md, HTTP). */
  areaVerticesAtOnce: 500,
  /** How far the clock of a control room's computer may be ahead of ours. */
  clocksApartMs: 120_000,
  /** A circle larger than this covers the country from any place in it; more is a typing error. */
  radiusMetersMax: 500_000,
  /** Below a metre no position is that accurate. */
  radiusMetersMin: 1,
  /** Below, a circle holds a house or two, and where somebody lives is known to a postcode at times: more likely a mistake. */
  radiusMetersSmall: 50,
  /** Above, it is larger than the country is wide: more likely metres for kilometres, or one digit more. */
  radiusMetersLarge: 150_000,
  /** Characters of a text: ten parts of 153, beyond which nobody reads an SMS. */
  textCharacters: 1_530,
  /** Parts of one message (see textCharacters); the ledger counts parts in a byte. */
  segmentsPerMessage: 10,
  /** Characters of an Idempotency-Key: a UUID is 36; some clients concatenate two. */
  idempotencyKeyCharacters: 128,
  /** How long an Idempotency-Key is remembered. */
  idempotencyHours: 24,
  /** Answers looked at in one sweep, once a second, for old ones. */
  idempotencySweep: 100,
  /** Actions in one page of GET /v1/actions. */
  pageSize: 100,
  /** Bytes of their records: what makes a page longer begins the next one, but for a first action that is longer by itself. */
  pageBytes: 262_144,
  /** How long an action may run; a description of a suspect is stale long before. */
  expiresHoursMax: 72,
  /** How far ahead an action may be set to start: a month, for which prevention is planned. */
  startDaysMax: 31,
  /** Time that is left to an action that is dispatched, at least: no selection, submission and answer of a carrier fit into less. */
  lifeMsMin: 1_000,
  /** Below, a preview warns: a phone that is in a tunnel, or a citizen who drives, sees it too late. */
  lifeMsShort: 60_000,
  /** When an action carries no expiry of its own. */
  expiresHoursDefault: 4,
  /** Previews that are made or wait for it; beyond that the answer is 503 with Retry-After. A dispatch waits for none of them. */
  queuedCounts: 64,
  /**
   * Requests a second of one API key. A control room clicks, a console polls, a load test has a key of its own; this is
   * far above all three and stops a script that loops.
   */
  requestsPerSecond: 200,
  /** Requests a second of one self-service session: a page that loads asks for a handful at once. */
  sessionRequestsPerSecond: 20,
  /**
   * Requests a minute of one client address (IPv6: of one /64) to what is open to everybody. Who enters needs five; many
   * share the address of a mobile network or an office.
   */
  publicRequestsPerMinute: 60,
  /**
   * Requests a minute of all clients together whose address nobody can tell, because a proxy names none: they may be everybody, and
   * are as many as an evening on television brings.
   */
  unnamedRequestsPerMinute: 6_000,
  /** How often that is said in the log, and for how long in /readyz since it was last so. */
  unnamedSaidMs: 3_600_000,
  /** Client addresses that are counted in one minute; beyond them the one that asked longest ago is forgotten. Each costs about 100 bytes. */
  publicAddresses: 100_000,
  /** Bytes of a body of somebody without a key: all wishes of sixteen locations take a third of it. */
  publicBodyBytes: 65_536,
  /** Bytes of all of those that are being received together; whoever fills this takes no room from a control room. */
  publicReceivingBytes: 16_777_216,
  /** And of one client address, or participant: sixteen of the longest. An office behind one address sends 2 kB each. */
  addressReceivingBytes: 1_048_576,
  /** Bytes of all bodies that are being received together: 128 of the longest. A slow sender holds its part for 10 s. */
  receivingBytes: 67_108_864,
  /** And those of one key: a quarter, so that one that sends slowly takes no room from the others. */
  keyReceivingBytes: 16_777_216,
  /**
   * How many times as long as it came a body may become that is decoded, beyond bodyBytes. Lines of positions become 8 times as
   * long, a file of participants 6; deflate itself ends at 1,032, zstd nowhere.
   */
  expansion: 64,
  /** Connections at once. An idle one costs about 15 kB; a national service has some hundreds of clients, and proxies that share. */
  connections: 4_096,
  /** Of them, those of one key: a quarter, so that no key takes the places of the others. */
  connectionsPerKey: 1_024,
  /** Those of the sessions of one participant: some devices, with a browser's eight each. */
  connectionsPerParticipant: 64,
  /** Those of strangers from one address that is no proxy's: an office behind it, each with a browser's eight. */
  connectionsPerAddress: 256,
  /** File descriptors that connections leave to all else: store, log, carriers' binds, threads; half of them where there are few. */
  descriptorsKept: 256,
  /** Connections that the system holds until they are accepted, all of them at once if need be: less than descriptorsKept. */
  backlog: 128,
  /** How long a connection may be silent while it is idle, receiving or sending. It is also how long a head may take. */
  silentMs: 10_000,
  /** How long the rest of a body is read away that nobody wants any more; then the connection ends. */
  restMs: 30_000,
  /** Proxies in a row that are believed; an address costs 2 µs, and 1,600 fit into a head. */
  proxyHops: 32,
  /** Headers of a request: a browser behind three proxies sends forty. */
  headers: 100,
  /** Bytes of a request's head, all of it: what nginx and Node take by default. */
  headBytes: 16_384,
  /** How long a body that is kept in memory may take to come in: the longest at 140 kbit/s. A stream may take for ever. */
  receiveMs: 60_000,
  /** JSON values in a body: an area with areaVertices and altitudes in rings of four has 4.5 for each, the rest is room for other fields. */
  jsonValues: 46_080,
  /** Members of all objects in a body, each of which is looked for among those of its object: three for each of 2,000 positions. */
  jsonMembers: 8_192,
  /** Wrong fields that one answer names; the first is enough to act on, a whole list helps who writes a client. */
  reportedFields: 20,
  /** Characters of a field's name in an answer; what we did not choose ourselves we don't repeat at length. */
  fieldCharacters: 200,
  /** How long a close waits for the answers that are under way. */
  closeMs: 5_000,
} as const;
