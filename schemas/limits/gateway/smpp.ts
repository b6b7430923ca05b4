/** Bounds of an SMPP session, and of how fast it may be. */

/** Bounds of an SMPP session. Times in milliseconds; defaults that a carrier's configuration may change. */
export const SMPP = {
  /** The longest PDU taken: message_payload has up to 65,535 bytes, and 2 kB are for all other fields and TLVs. */
  pduBytes: 67_584,
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
  /**
   * Bytes of the text of one incoming message that are kept: ten parts make 1,530. In the ring of events it takes twice as
   * many. What is longer is cut there, for a refusal would lose it, or have it come again without end.
   */
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
  /** Behind how many others somebody goes who was refused with what is perhaps a limit: about a batch. */
  behind: 256,
  /** Deadlines, back-offs and pauses are looked at this often. */
  tickMs: 10,
  /** The same while all binds are bound and nothing is queued: a hundred wake-ups a second cost 2 % of a core. */
  calmTickMs: 50,
  /** What the rate may save up, as a part of a second; above two ticks, or a late tick would cost throughput. */
  rateBurst: 0.025,
  /** And in segments: with less, what a slow rate earns between two ticks would run over. */
  rateBurstSegments: 2,
  /** What was learnt of a carrier is kept again when it has changed by more than this part: once a second at most. */
  keptChange: 0.1,
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

/** Bounds of what a bind has outstanding, and of how long it waits (gateway/smpp/bind/outstanding/outstanding.ts, order.ts). */
export const OUTSTANDING = {
  /** With two, a carrier that does one after the other has the next one when it is through with the first. */
  least: 2,
  /** To a carrier that has taken nothing yet. At 300 ms a message, which is slow, it is at them for five seconds. */
  first: 16,
  /** Then, of what it has taken: whatever its limit is, about as much runs into it. */
  partOfTaken: 0.1,
  /** How long what is sent may wait at a carrier: as long as dispatch exposes at a limited rate (DISPATCH.exposureMs). */
  queueMs: 500,
  /** Of a response's deadline, where the way to the carrier is long; and of the way itself where that is longer still. */
  mostOfDeadline: 0.5,
  mostGrowth: 1.25,
  /** An answer that others overtook is waited for so many deadlines, while it is not known whether the carrier keeps its order. */
  patience: 3,
  /** And while fewer have overtaken it than so many times the most that was ever seen of one that came. */
  overtakenTimes: 4,
  /**
   * A bind that answers enquire_link and no submission may be at a carrier that pauses: for so many deadlines. With the
   * default that is a minute; pauses of half a minute were met.
   */
  pauseDeadlines: 6,
} as const;

/** Bounds of how a carrier's codes are found to be limits (gateway/smpp/pace/overload.ts). */
export const OVERLOAD = {
  /**
   * While nothing was taken for so long, what a carrier answers is its trouble and no limit: more than a second, for which limits
   * are set, with the pauses of who was throttled. As FAILOVER.nothingMs, for dispatch closes such a carrier.
   */
  takesMs: 3_000,
  /** Of the last 32 answers: where so many are such a code, what is sent is too much for now, whatever the code means. */
  crowd: 16,
  /** So many who were taken at another try, or refused again, show what a code means; and so many times the other kind. */
  sure: 4,
  /** Times that somebody is asked again before the ledger has it, which asks DISPATCH.attempts times. */
  tries: 5,
  /** How far apart two answers to one person are at least to tell of the person: the pauses of dispatch are longer. */
  apartMs: 500,
  /** Of so many tries, half is forgotten: a carrier may change its ways. */
  remembered: 64,
  /** Those to whom a code was said last: as many as may be with a carrier. */
  people: 4_096,
  /** Codes; a make has a dozen. What comes beyond them is the carrier's trouble. */
  codes: 64,
} as const;

/** Bounds of how a bind learns what its carrier allows (gateway/smpp/pace/bind-pace.ts). */
export const PACE = {
  /** Throttled: one segment after this pause, which doubles up to the last while nothing is taken. */
  throttleFirstMs: 50,
  throttleLastMs: 2_000,
  /**
   * A bind that was throttled learns its limit. What is taken is counted over whole seconds, the
   * time that limits are set for: over a part of one, a limiter that counts by the second shows all or nothing.
   */
  learnMs: 1_000,
  /** Answers to count at least, over as many seconds as that takes: with 20, the share taken is right to a twentieth. */
  learnAnswers: 20,
  /** Seconds to count at most. */
  learnSeconds: 5,
  /** Where the rate to try is not known, it begins with this, and doubles in each such time until something is throttled. */
  learnFirstPerSecond: 20,
  learnDoubleMs: 250,
  /**
   * Where so many were taken in the second before something was throttled, that is the limit, or what may be saved up of a
   * higher one: it is tried for a second, and then this much more. If that is taken too, it doubles.
   */
  seenAnswers: 20,
  /** Where just so many were, of the first that came together (OUTSTANDING.first), it is a limiter that takes one at a time. */
  seenAlone: 1,
  seenStep: 1.25,
  stepMost: 2,
  /**
   * The rate that is tried is above the limit by up to this factor, so what is too much shows soon where a limiter counts no seconds: after
   * so many answers among which taken and throttled ones have changed so often.
   */
  mixed: { answers: 60, changes: 8 },
  /** Where a limiter was seen to take one at a time. */
  mixedOne: { answers: 20, changes: 4 },
  /**
   * Just above its limit a limiter that takes one at a time takes every second one, as it does at twice the limit. So where a rate had
   * held and much less is taken of it, it is stepped back from by little the first time, and what is taken believed if that was not
   * enough.
   */
  doubtfulPart: 0.85,
  stepBack: 0.97,
  /** What a bind allows itself at least: below, nothing is learnt any more. */
  learntLeastPerSecond: 0.5,
  /** The part of a measured limit that is used: what comes and goes with the clocks on both sides stays below it. */
  learntPart: 0.98,
  /**
   * Saved up at a learnt rate, as a part of a second and in segments: what a thread that was held up makes up for.
   */
  learntBurst: 0.025,
  learntBurstSegments: 1.5,
  /**
   * Limiters allow less at once than they do in a second: so up to this rate segments go one by one, each at its moment. Above,
   * they would be closer together than what comes and goes with the clocks on both sides. To make up for what was late they go
   * faster by up to `peak`.
   */
  smooth: { perSecond: 1_250, peak: 1.06 },
  /** And where a limiter was seen to take one at a time: two that are too close are one that is throttled, whatever the mean is. */
  smoothOne: { perSecond: 5_000, peak: 1.02 },
  /** A timer of Node.js comes a millisecond late at most: the last of a wait for an exact moment is slept through. */
  sleepMs: 1.5,
  /** The part that may be throttled without the rate being measured anew: half of what is allowed, the probes take some. */
  learntTolerance: 0.004,
  /**
   * At a limiter that takes one at a time: one that the carrier read late makes the next too early for it, which a slower rate would not
   * change, while above the limit every second one is throttled.
   */
  toleranceOne: 0.01,
  /**
   * So many throttled one after the other, over so long, and none taken: the limit has fallen by much, and it is not worth a
   * whole second to measure by how much. A carrier that was held up for a moment does less.
   */
  learntFallenMs: 400,
  learntFallenSegments: 10,
  /** A learnt rate is tried to be exceeded by the least step after the first time, each time twice as late, up to the last. */
  probeFirstMs: 3_000,
  probeLastMs: 30_000,
  /** How soon after a step that went well, twice as large, or one that was too large, a fourth of it. */
  probeSoonMs: 1_000,
  probeStepLeast: 0.01,
  probeStepMost: 0.25,
  /** The first after a rate that some limiters take only half of what they allow of. */
  probeStepMixed: 0.08,
  /**
   * Towards a limiter that takes one at a time steps are as short as this, and as it takes to send so many (in thousandths) by which a
   * rate that is twice too high shows, or of a smaller step as many more.
   */
  quickMs: 100,
  quickShows: 4_000,
  /** How far above the measured limit steps go until as much was taken beyond it as a carrier may let save up. */
  probeBeyond: 1.1,
  /** A rate is judged only where at least this part of it was made use of. */
  probeUse: 0.6,
  /** congestion_state of SMPP 5.0, 4.8.4.18: from 80 to 89 is the optimum, from 90 it nears congestion, 100 is congested. */
  congestionOptimumFirst: 80,
  congestionOptimumLast: 89,
  congestionOptimum: 85,
  congestionMost: 100,
  /** How long a change of rate has to show in the carrier's congestion_state before it is changed again. */
  congestionMs: 250,
} as const;
