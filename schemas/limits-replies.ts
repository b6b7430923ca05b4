/** The part of limits.ts that is about what citizens send back; import it from there. */

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
  /** Characters of the longest keyword with what may stand around it. */
  keywordCharacters: 32,
  /** What a message costs the ledger in a turn, in events of the usual kind, which take about 0.5 us: its record is put. */
  messageCost: 16,
  /** One more for so many characters. */
  charactersPerCost: 64,
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
