/** Bounds of dispatch: of the ledger, of fail-over, of receipts and of what citizens send back. */

/** Bounds of dispatch. */
export const DISPATCH = {
  /**
   * Waves whose roster and ledger are held in memory: each carrier keeps a small table of them. A wave leaves when it is
   * settled.
   */
  liveWaves: 256,
  /**
   * Actions that are accepted and not sent yet, up to which one more is accepted, by precedence: each needs a place among the
   * live waves, of which codes and confirmations may have 72, and what is left is for those that end meanwhile.
   */
  actionsUnderWay: { normal: 128, urgent: 144, extreme: 160 },
  /** Actions of which it is known what their last step took from a budget: as many as may be under way, and those that have just been sent. */
  claimsKept: 320,
  /**
   * Of these, how many are being made durable at a time, but for extreme alarms: whatever comes while a commit is under way is the next
   * one, so an alarm waits for one commit of these and goes in another. Each takes some 0.3 ms of the main thread, and as much of LMDB's.
   */
  actionsAtATime: 4,
  /** Those with a large area: each takes up to 2 ms of the main thread, and those of one commit are written in one turn. */
  largeActionsAtATime: 1,
  /** Actions that are to start at a set time: each is held in memory until then, with an area of up to 400 kB. */
  actionsScheduled: 256,
  /** How long after its set time an action still starts by itself: a restart takes seconds, and what was said for ten may be wrong at eleven. */
  startLateMs: 300_000,
  /**
   * How long what makes a new action durable waits for its selection, to be one commit with the wave. A small one takes less than a
   * millisecond of a worker, and under load some ten pass until its answer is read; a commit by itself would then cost as much again.
   */
  selectedSoonMs: 10,
  /**
   * Places among the live waves that are kept free ahead, by closing waves that only await receipts: those that no action under
   * way, code or confirmation needs. An alarm that had to make room for itself waited for some 0.3 s under load.
   */
  spareWaves: 24,
  /** Of these, how many a wave must leave to those that go before it; an extreme alarm may have the last. */
  sparedBy: { normal: 16, urgent: 8 },
  /** How long a wave at least awaits its receipts before it makes room for one that is not an extreme alarm. */
  receiptsFirstMs: 10_000,
  /** Segments that are kept free likewise: two nationwide waves. */
  spareSegments: 3_355_443,
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
  /**
   * Of a carrier's exposure one part in so many is kept for the wave that has waited longest behind others, and of what it sends one
   * segment follows so many: a ninth of its rate, where a tenth is promised.
   */
  keptOneIn: 8,
  /** Recipients in one grant. Small, so that carriers share the roster nearest first; large enough to cost nothing. */
  grant: 256,
  /**
   * How often a recipient is tried when a carrier could not take the message, or said nothing, over all carriers; then it
   * has failed, or stays unknown.
   */
  attempts: 5,
  /**
   * Copies of one message that a person may get without anybody's word: attempts that may have reached them, over all carriers
   * and restarts. A process that is killed, or can't store outcomes, again and again would else send to the same people each
   * time. Three: a person in danger may rather get it twice than not at all, and what failed three times will fail again.
   */
  copies: 3,
  /** Grants in one turn: what fits in one commit without the API thread being held up. */
  grantsPerTurn: 256,
  /**
   * What may be intended with a carrier of limited rate, configured or learnt, in time: little, so that a slow carrier does
   * not hold the nearest back while a fast one is free, and more than a response takes, or the rate would not be reached.
   */
  exposureMs: 500,
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
  /** Texts of one wave: one for each language, and for those of them that there may be, one in simple words. */
  texts: 32,
  /** Waves of an action that are looked up in one turn, at some 10 us each. */
  wavesPerTurn: 64,
  /** Recipients of a roster that are stored in one value. */
  rosterChunk: 65_536,
  /**
   * How many of those are written in one commit: 1 MB, which hardly takes longer than the commit itself, for which another action may
   * wait. A country has 25, and its first message waits for all.
   */
  chunksPerCommit: 4,
  /** Actions that have failed and are shown in the monitor until they expire; what fails more often fails for one reason. */
  failedShown: 64,
  /** How long one is shown whose last word to those who were reached failed: as long as that word would have been sent. */
  failedEndingShownMs: 14_400_000,
  /** Journal entries removed in one commit when a wave is archived. */
  removalsPerCommit: 512,
  /** How long receipts are awaited after the last acknowledgement; carriers give up after 24 to 72 hours. */
  receiptHours: 72,
} as const;

/** Bounds of what follows the first wave of an action. */
export const ROUNDS = {
  /** Updates, widenings and repeats of one action. Each stands in its record, which is written anew with each of them. */
  perAction: 32,
  /** Repeats among them: who did not act after the fourth message won't after the fifth, and switches SMS off. */
  repeats: 3,
  /** Rings of one widening: each is a wave at most, which lives as long as its receipts are awaited. */
  rings: 48,
  /** Seconds between two rings at least: less than that and the first is hardly under way. */
  ringSecondsMin: 10,
  /** How often it is looked who has come into the area of an action that wants late arrivals, so that they are asked within ten seconds. */
  arrivalsMs: 7_500,
  /**
   * Waves to late arrivals of one action, each of a look that found somebody: 1,920 looks are the four hours for which such an action lives by
   * default. Each is some 80 bytes of its record, which is written anew with each of them. One that lives longer is looked at as often
   * until half of them are used, and then so that the rest of them lasts.
   */
  arrivalsWaves: 2_048,
  /** How many an action may be told to ask until; the nearest are found by trying radii, each try a selection of them. */
  enoughMax: 100_000,
} as const;

/** Bounds of steps of accepted actions that could not be done at once. */
export const RETRY = {
  /** The pause before each further attempt; the last one for all that follow, until the action expires. */
  pausesMs: [50, 200, 1_000, 5_000],
  /** How often after a mistake of the program's own: one that is always made must not be made for hours. */
  mistakes: 3,
} as const;

/** Bounds of who is tried when and where, as a carrier refuses, falls silent, or does not serve a number */
export const FAILOVER = {
  /**
   * The pause after each such attempt when no other carrier is left to try at once, at least, and up to twice as long by chance, so
   * that who was refused together does not come again together: soon for a passing trouble, and together more than two minutes,
   * in which most failures of a carrier are over.
   */
  retryPausesMs: [1_000, 5_000, 30_000, 120_000],
  /**
   * Sets of carriers by which recipients are kept apart. Each prefix that is configured makes one at most (SMPP.routes for
   * each of SMPP.carriers), and refusals make others of them; beyond this, refusals make no new ones.
   */
  routeClasses: 8_192,
  /** Carriers that one process has at a time: twice SMPP.carriers, because one that is replaced stays until it is drained. */
  carrierPlaces: 32,
  /** Carriers of which one wave remembers that they refused a recipient: a bit each. */
  refusingCarriers: 16,
  /** Recipients of a new wave whose number is held against the routes in one turn, where there are routes: a third of a ms. */
  classifiedPerTurn: 16_384,
  /** Recipients without a carrier that are concluded in one turn. */
  refusalsPerTurn: 4_096,
  /** So many of a carrier's last 32 answers that say it is in trouble itself, silence among them, close it for a while. */
  rejections: 20,
  /** And nothing else for so long: one that takes some is overloaded, and some limiters take nothing for most of a second. */
  nothingMs: 3_000,
  /**
   * How long it is then left alone: the first pause, doubled up to the last when it is still in trouble. A probe costs
   * somebody one attempt, so the last is short: where it is the only carrier, everybody waits for it to be tried.
   */
  rejectingFirstMs: 1_000,
  rejectingLastMs: 8_000,
  /** Of those that were tried before, how many are looked through for the one who was tried least: a tenth of a millisecond. */
  probedAmong: 16_384,
  /** How long a carrier that is taken out may take for what it has before it is closed all the same: a response's deadline. */
  leaveMs: 10_000,
  /** Sets of carriers that divide what they serve among them. Usually there are a handful; beyond this they begin anew. */
  divisions: 1_024,
  /** Distinct command_status that one wave remembers as what a recipient was last refused with: an index of a byte. */
  statuses: 256,
} as const;

/** Bounds of delivery receipts. */
export const RECEIPTS = {
  /** Receipts that came before their response, kept until it comes: what all carriers may have in flight. */
  early: 65_536,
  /** How long: by then each response that was due has come, or its deadline has passed. */
  earlyMs: 60_000,
  /** Receipts that belonged to no one, kept for whoever looks into it; the oldest go first. */
  straysKept: 10_000,
  /** Of these, in one commit; more are only counted, for a carrier that floods us must not hold the ledger up. */
  straysPerCommit: 256,
  /** Of these, in one answer of the API. */
  straysShown: 1_000,
  /** Receipts in a row whose message_id was written in one form, after which no other is tried at once. */
  settled: 100,
  /**
   * Long messages of which one part was delivered, and how long nothing may come of another one of any of them, until it is taken
   * that a carrier reports once on a message: parts go out together, and reach a phone within seconds of each other.
   */
  partsSettled: 20,
  partsMs: 60_000,
  /** Of those that were delivered before that, so many are known by name, and completed in one turn. */
  partsKept: 65_536,
  partsPerTurn: 1_024,
  /** Submissions of a wave that are told apart under one message_id, and receipts that wait for one. */
  sameId: 16,
} as const;

/** Bounds of what citizens send back. */
export const REPLIES = {
  /** How long after a wave was sent a message from one of its recipients still counts as a reply to its action. */
  withinHours: 24,
  /** Replies kept of one action: more than one from each participant in eight. Those beyond are counted only. */
  perAction: 1_000_000,
  /** Messages kept that belong to no action; the oldest go. */
  unassigned: 10_000,
  /** Messages in parts of which more may come, at most so many and with so many characters together (8 MB). */
  assemblies: 16_384,
  assemblyCharacters: 4_194_304,
  /** How long the parts of a message may be apart; a part that comes later begins a message of its own. */
  assemblyMs: 600_000,
  /** Characters of a keyword with all that may stand around it: "Burgernet: stop met de sms alstublieft, dank u wel!" has 51. */
  keywordCharacters: 64,
  /** What a message costs the ledger in a turn, in events of the usual kind, which take about 0.5 us: its record is put. */
  messageCost: 16,
  /** One more for so many characters. */
  charactersPerCost: 64,
  /** One more for so many recipients of a wave that is still being sent who were looked through for the sender. */
  recipientsPerCost: 1_000,
  /** Recipients of waves that were sent who are noted as asked in one turn: a third of a millisecond at most. */
  notedPerTurn: 16_384,
  /** The same for a block of the registry that a switch writes anew: 0.1 ms. */
  blockCost: 256,
  /** Actions whose number of replies is held in memory, and waves whose action is; beyond that the store knows. */
  known: 4_096,
  /** Replies in one page. */
  pageSize: 100,
  /** Recipients of one wave of confirmations: their keys are removed in one commit, in a millisecond or two. */
  confirmations: 1_024,
  /** Waves of confirmations that live at a time: each holds one of DISPATCH.liveWaves for DISPATCH.restMs. */
  confirmationWaves: 8,
  /** How long a confirmation may wait for a carrier. It comes after all that is urgent. */
  confirmWithinHours: 24,
} as const;

/** Bounds of test groups. */
export const TEST_GROUPS = {
  /** Groups: one for each organisation that exercises, and some over. */
  count: 64,
  /** Participants of one: an exercise of a control room has dozens; their numbers are looked through in a fraction of a ms. */
  members: 1_000,
} as const;
