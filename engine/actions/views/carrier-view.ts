/** A carrier as the API and the monitor show it: its shared gauges with names, and latency percentiles from the histogram. */

import type { Carrier, StrayReceipt } from "../../../schemas/api/operations.js";
import { GAUGE, GAUGE_WORDS, LATENCY_BUCKETS, RECEIPT_STATE } from "../../../schemas/link.js";
import type { CarrierAccount } from "../../dispatch/plan/account.js";
import type { Stray } from "../../dispatch/receipts/stray-store.js";

export function showCarrier({ port, ids, rejecting }: CarrierAccount): Carrier {
  const gauge = (name: keyof typeof GAUGE): number => Atomics.load(port.gauges, GAUGE[name]);
  const problem = port.lastProblem() ?? rejecting;
  return {
    name: port.name,
    share: port.share,
    binds: { configured: port.binds, bound: gauge("bound") },
    window: gauge("window"),
    inFlight: gauge("inFlight"),
    queued: gauge("queued"),
    ratePerSecond: port.ratePerSecond,
    allowedPerSecond: gauge("allowedPerSecond"),
    submitted: gauge("submitted") >>> 0,
    acknowledged: gauge("acknowledged") >>> 0,
    refused: gauge("refused") >>> 0,
    throttled: gauge("throttled") >>> 0,
    receipts: gauge("receipts") >>> 0,
    strayReceipts: ids.strays,
    receivingBinds: gauge("receiving"),
    strayResponses: gauge("strayResponses") >>> 0,
    undecidedReceipts: ids.undecided,
    messageIds: ids.shown,
    receiptsPer: ids.parts.shown,
    disconnects: gauge("disconnects"),
    protocolErrors: gauge("protocolErrors"),
    latencyMs: { p50: latency(port.gauges, 0.5), p99: latency(port.gauges, 0.99) },
    lastError: problem ? { code: problem.code, detail: problem.detail } : null,
  };
}

const STATE_WORDS = new Map<number, string>(Object.entries(RECEIPT_STATE).map(([word, state]) => [state, word]));

export function showStray({ atMs, carrier, messageId, state, error }: Stray): StrayReceipt {
  const word = STATE_WORDS.get(state) ?? String(state);
  return { at: new Date(atMs).toISOString(), carrier, messageId, state: word, error };
}

/** Upper edge, in ms, of the bucket in which the quantile lies (see GAUGE in schemas/link.ts); null before any response. */
function latency(gauges: Int32Array, quantile: number): number | null {
  let total = 0;
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) total += gauges[GAUGE_WORDS + bucket]! >>> 0;
  if (total === 0) return null;
  let left = total * quantile;
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
    left -= gauges[GAUGE_WORDS + bucket]! >>> 0;
    if (left <= 0) return edge(bucket);
  }
  return edge(LATENCY_BUCKETS - 1);
}

function edge(bucket: number): number {
  return Number((0.1 * 2 ** ((bucket + 1) / 4)).toPrecision(3));
}
