/** Bounds of who is tried when and where, as a carrier refuses, falls silent, or does not serve a number: a part of limits.ts. */
export const FAILOVER = {
  /**
   * The pause after each such attempt when no other carrier is left to try at once: soon for a passing trouble, and together
   * more than two minutes, in which most failures of a carrier are over.
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
  /** How long it is then left alone: the first pause, doubled up to the last when it is still in trouble. */
  rejectingFirstMs: 1_000,
  rejectingLastMs: 60_000,
  /** Segments that it may then have at a time, until one answer shows that it is well; the longest message has ten. */
  probeSegments: 10,
  /** How long a carrier that is taken out may take for what it has before it is closed all the same: a response's deadline. */
  leaveMs: 10_000,
  /** Sets of carriers that divide what they serve among them. Usually there are a handful; beyond this they begin anew. */
  divisions: 1_024,
  /** Distinct command_status that one wave remembers as what a recipient was last refused with: an index of a byte. */
  statuses: 256,
} as const;
