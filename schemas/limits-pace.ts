/** Bounds of how a bind learns what its carrier allows (gateway/smpp/bind-pace.ts); to be had from limits.ts like all others. */
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
  /** What a bind allows itself at least: below, nothing is learnt any more. */
  learntLeastPerSecond: 0.5,
  /** The part of a measured limit that is used: what comes and goes with the clocks on both sides stays below it. */
  learntPart: 0.98,
  /**
   * Saved up at a learnt rate, as a part of a second: what a thread that was held up makes up for. Limiters allow less at once
   * than they do in a second, some only one segment: so up to this rate nothing is saved up, and segments go one by one.
   */
  learntBurst: 0.025,
  learntSinglePerSecond: 100,
  /** The part that may be throttled without the rate being measured anew: half of what is allowed, the probes take some. */
  learntTolerance: 0.004,
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
