/**
 * How the carrier simulator behaves: what can be said on its command line and changed at its control port while it runs.
 *
 * Shares are drawn by a hash of the number and the seed, not by chance: the same number is always refused or always
 * accepted, as with a real carrier, whatever the order in which submits arrive. A share holds over many numbers.
 */
import { z } from "zod";
import { SIMULATOR } from "../../schemas/limits.js";
import { CHOICES } from "../personalities/table.js";
import { STATUS } from "./bind/wire.js";

const share = z.number().min(0).max(1);
const perSecond = z.number().min(0).max(10_000_000);
const milliseconds = z.number().min(0).max(600_000);

const settingsSchema = z.strictObject({
  /** Submits answered a second, over all binds; 0: no limit. */
  rate: perSecond,
  /** From the arrival of a submit to its answer. */
  latencyMs: z.number().min(0).max(600_000),
  /** Share of the accepted submits that asked for a receipt and get one. */
  receipts: share,
  /** From the answer to its receipt. */
  receiptDelayMs: z.number().min(0).max(86_400_000),
  /** Share of the receipts that say undeliverable. */
  fail: share,
  /** Share of the numbers that are refused for good, with ESME_RINVDSTADR. */
  refuse: share,
  /** Submits accepted in one second; those beyond are answered ESME_RTHROTTLED. 0: no limit. */
  throttleAbove: perSecond,
  /** True: nothing is answered and no receipt leaves, while submits are still taken and recorded. */
  pause: z.boolean(),
  /** Share of the numbers whose delivered receipt is followed by a message from its recipient. */
  replies: share,
  /** Of how many submits that it took last it keeps the text, for GET /texts. */
  texts: z.int().min(0).max(SIMULATOR.textsKept),
  /** In which ways it deviates (personalities/table.ts). Those of connections that are open change with them. */
  personalities: z.array(z.enum(CHOICES)).max(CHOICES.length),
  /** What "by chance" is. */
  deviationShare: share,
  /** Up to how much later than it should be what is late comes. */
  deviationDelayMs: milliseconds,
  /** How late what comes too late comes: longer than the client waits. */
  deviationTimeoutMs: milliseconds,
  /** What "now and then" is. */
  deviationPeriodMs: milliseconds.min(1),
  /** How long one message takes where they are done one after the other. */
  serviceMs: milliseconds,
  /** Messages that may wait there, where the queue has a bound. */
  queuePlaces: z.int().min(1).max(1_000_000),
  /** In which time such a carrier becomes ten times slower, and in which it recovers. */
  deviationSwingMs: milliseconds.min(1),
  /** How long it pauses. */
  deviationPauseMs: milliseconds,
  /** What refuse-all, refuse-some and any-code answer. The log has twelve bits for it. */
  deviationStatus: z.int().min(1).max(0xfff),
});

export type SimulatorSettings = z.infer<typeof settingsSchema>;

export const DEFAULT_SETTINGS: SimulatorSettings = {
  rate: 0,
  latencyMs: 0,
  receipts: 1,
  receiptDelayMs: 0,
  fail: 0,
  refuse: 0,
  throttleAbove: 0,
  pause: false,
  replies: 0,
  texts: 0,
  personalities: [],
  deviationShare: 0.1,
  deviationDelayMs: 200,
  deviationTimeoutMs: 15_000,
  deviationPeriodMs: 2_000,
  serviceMs: 40,
  queuePlaces: 50,
  deviationSwingMs: 30_000,
  deviationPauseMs: 30_000,
  deviationStatus: STATUS.submitFailed,
};

/** The body of POST /set: any of the settings, and `disconnect` to drop every connection once. */
export const changeSchema = settingsSchema.extend({ disconnect: z.boolean() }).partial();

export type SimulatorChange = z.infer<typeof changeSchema>;

/** The settings after a change; `disconnect` is no setting. */
export function changedSettings(now: SimulatorSettings, change: SimulatorChange): SimulatorSettings {
  const { disconnect: _, ...said } = change;
  return settingsSchema.parse({ ...now, ...said });
}
