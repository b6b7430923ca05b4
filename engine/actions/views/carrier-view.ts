/** A carrier as the API and the monitor show it: its shared gauges with names, and latency percentiles from the histogram. */

import type { Carrier, StrayReceipt } from "../../../schemas/api/operations.js";
import { GAUGE, GAUGE_WORDS, RECEIPT_STATE } from "../../../schemas/link.js";
import type { CarrierControl } from "../../../schemas/words.js";
import type { CarrierAccount } from "../../dispatch/plan/account.js";
import { latencyOf } from "../../dispatch/plan/latency.js";
import type { Stray } from "../../dispatch/receipts/stray-store.js";

export function showCarrier(account: CarrierAccount): Carrier {
  const { port, ids, rejecting, control } = account;
  const gauge = (name: keyof typeof GAUGE): number => Atomics.load(port.gauges, GAUGE[name]);
  const latency = port.gauges.subarray(GAUGE_WORDS);
  const problem = port.lastProblem() ?? rejecting;
  return {
    name: port.name,
    channel: port.channel,
    state: control.state === "draining" && account.exposed === 0 ? "drained" : control.state,
    control: showControl(control),
    share: account.share,
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
    latencyMs: { p50: latencyOf(latency, 0.5), p99: latencyOf(latency, 0.99) },
    errors: account.errors.all(),
    lastError: problem ? { code: problem.code, detail: problem.detail } : null,
  };
}

function showControl({ state, share, untilReload, by, atMs }: CarrierControl): Carrier["control"] {
  if (state === "running" && share === null) return null;
  return { since: new Date(atMs).toISOString(), by, untilReload, share };
}

const STATE_WORDS = new Map<number, string>(Object.entries(RECEIPT_STATE).map(([word, state]) => [state, word]));

export function showStray({ atMs, carrier, messageId, state, error }: Stray): StrayReceipt {
  const word = STATE_WORDS.get(state) ?? String(state);
  return { at: new Date(atMs).toISOString(), carrier, messageId, state: word, error };
}
