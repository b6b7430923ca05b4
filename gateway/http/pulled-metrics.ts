/**
 * What /metrics tells of what the engine counts already: one table, a row for each metric, pulled when a scrape comes.
 *
 * Promises that no label holds personal data or anything that grows without bound: carriers are the configured ones, the rest are
 * words of this code. Codes are counted as they are asked for, and never by whether somebody had them sent: /metrics may be
 * open, and would otherwise tell who takes part.
 */
import type { Carrier } from "../../schemas/api/operations.js";
import { RECIPIENT_STATES } from "../../schemas/words.js";
import type { MetricsSource } from "./metrics-source.js";

/** By the values of the label, or one value without a label. */
type Values = number | readonly (readonly [string, number])[];

export interface PulledMetric {
  readonly type: "counter" | "gauge";
  readonly name: string;
  readonly help: string;
  readonly label?: string;
  readonly read: (source: MetricsSource) => Values;
}

const counter = (name: string, help: string, read: PulledMetric["read"], label?: string): PulledMetric => {
  return { type: "counter", name: `seinpost_${name}_total`, help, read, ...(label !== undefined && { label }) };
};

const gauge = (name: string, help: string, read: PulledMetric["read"], label?: string): PulledMetric => {
  return { type: "gauge", name: `seinpost_${name}`, help, read, ...(label !== undefined && { label }) };
};

const ofCarriers = (value: (carrier: Carrier) => number): PulledMetric["read"] => {
  return (source) => source.carriers().map((carrier) => [carrier.name, value(carrier)] as const);
};

const ofActions: readonly PulledMetric[] = [
  counter("actions", "Real actions created", (source) => Object.entries(source.actions()), "kind"),
  counter(
    "actions_unreal",
    "Exercises and tests created, which are counted nowhere else",
    (source) => Object.entries(source.unreal()),
    "mode",
  ),
  counter(
    "actions_failed",
    "Actions that were accepted and failed, by the code of the reason; somebody has to look at each",
    (source) => Object.entries(source.failures()),
    "code",
  ),
  counter("waves", "Waves that actions opened", (source) => Object.entries(source.wavesOpened()), "kind"),
  counter(
    "left_out",
    "Participants who were found for an action and not asked: asked too often, no number, or because of another action",
    (source) => Object.entries(source.leftOut()),
    "reason",
  ),
  counter("previews_refused", "Previews that would have told too much of single persons", (s) => s.previewsRefused()),
  gauge(
    "actions_under_way",
    "Actions of which something is still to be done: scheduled, selecting, sending, ending, held",
    (source) => Object.entries(source.underWay()),
    "status",
  ),
  counter("kept", "Parts that went to whoever waited longest while others went first", (source) => source.kept()),
  gauge("actions_held", "Actions of which nothing is sent until an operator says that they go on", (s) => s.held()),
  gauge(
    "recipients_without_carrier",
    "Recipients who wait because no carrier that is configured serves their number",
    (source) => source.withoutCarrier(),
  ),
  gauge(
    "recipients",
    "Recipients of the waves that are not settled, by state",
    (source) => {
      const counts = source.recipients();
      return RECIPIENT_STATES.map((state) => [state, counts[state]] as const);
    },
    "state",
  ),
  gauge(
    "possible_duplicates",
    "Recipients of the waves that are not settled who may have got a message twice",
    (source) => source.recipients().possibleDuplicates,
  ),
  counter(
    "messages",
    "Messages from citizens, a long one once: replies, those of no action, those beyond what is kept, STOP, START",
    (source) => Object.entries(source.incoming()),
    "kind",
  ),
  counter(
    "page_replies",
    "Replies by the page of an action, and those that the desk wrote down",
    (source) => Object.entries(source.pageReplies()),
    "way",
  ),
  counter("reply_changes", "Replies that came, or were marked, answered, changed or removed", (source) => {
    return source.replyChanges().sequence;
  }),
  gauge("reply_followers", "Desks that follow the stream of replies now", (source) => source.replyChanges().followers),
  gauge("reactions_waiting", "Numbers that reacted, held in memory because too few of an action's did", (source) =>
    source.reactionsWaiting(),
  ),
  counter("media_received", "Photos and films that came whole", (source) => source.media().received),
  counter("media_ready", "Photos and films that were read and can be looked at", (source) => source.media().ready),
  counter(
    "media_refused",
    "Photos and films that were read and can't be looked at, by code",
    (source) => Object.entries(source.media().refused),
    "code",
  ),
  gauge("media_waiting", "Photos and films that wait to be read, or are", (source) => source.media().waiting),
];

const ofStore: readonly PulledMetric[] = [
  gauge("disk_free_bytes", "What the store can still take", (source) => source.disk().freeBytes),
  gauge("disk_full", "1 while nothing is sent because less is free than what outcomes may need", (source) =>
    source.disk().isFull ? 1 : 0,
  ),
  gauge(
    "store_damaged_records",
    "Stored records that failed their checksum since the process started, by table; anything but 0 is to be looked into",
    (source) => Object.entries(source.damaged()),
    "table",
  ),
  gauge(
    "store_decoded_records",
    "Stored records that were decoded since the process started, by table: right after a start, what was under way",
    (source) => Object.entries(source.decoded()),
    "table",
  ),
  counter("store_commits", "Transactions that are durable", (source) => source.commits().count),
  counter(
    "store_commit_seconds",
    "Time that those transactions took, from the first write to durable; through their number it is that of one",
    (source) => source.commits().seconds,
  ),
  counter(
    "log_lines_dropped",
    "Lines of the log that could not be written: a full disk, a pipe that nobody reads, a closed terminal",
    (source) => source.droppedLogLines(),
  ),
];

const ofPeople: readonly PulledMetric[] = [
  gauge("participants", "People in the registry", (source) => source.participants()),
  gauge("positions_known", "Phones whose position counts for a selection", (source) => source.positions().positions),
  counter(
    "positions",
    "Positions of phones: taken, older than what was known, and forgotten because they got too old",
    ({ positions }) => {
      const { taken, older, expired } = positions();
      return Object.entries({ taken, older, expired });
    },
    "outcome",
  ),
];

const ofSelection: readonly PulledMetric[] = [
  gauge(
    "selection_waiting",
    "Tasks that wait for a worker: selections, shards, counts",
    (source) => source.pool().waiting,
  ),
  counter("selection_workers_died", "Workers that stopped and were replaced", (source) => source.pool().died),
];

const ofSelfService: readonly PulledMetric[] = [
  counter(
    "codes",
    "Codes of self-service: asked for, not sent because nothing takes them, too many, and answered, right or wrong",
    (source) => Object.entries(source.codes()),
    "outcome",
  ),
  counter(
    "codes_new_sent",
    "Codes that went by SMS to new numbers: of those who join, and of participants who give another",
    (source) => source.converted().map(({ country, sent }) => [country, sent] as const),
    "country",
  ),
  counter(
    "codes_new_used",
    "Of those, the ones that came back",
    (source) => source.converted().map(({ country, used }) => [country, used] as const),
    "country",
  ),
  gauge(
    "codes_suspicious",
    "1 while so few of those of the last hour came back that somebody may be paid for their arrival",
    (source) => source.converted().map(({ country, isSuspicious }) => [country, isSuspicious ? 1 : 0] as const),
    "country",
  ),
];

const ofImports: readonly PulledMetric[] = [
  counter(
    "imports",
    "Imports of municipalities, by how they ended",
    ({ imports }) => {
      const { done, refused, failed } = imports();
      return Object.entries({ done, refused, failed });
    },
    "outcome",
  ),
  gauge("imports_running", "Imports of municipalities that are under way", (source) => source.imports().running),
  gauge("imports_stuck", "1 while no import is taken because one that was decided can't go on", (source) =>
    source.imports().isStuck ? 1 : 0,
  ),
];

const ofKeys: readonly PulledMetric[] = [
  gauge("desk_waiting", "Callers and replies that wait at the answering desk", (source) => source.desk().waiting ?? 0),
  gauge("desk_expected", "Reactions that are still to come of who was asked", (source) => source.desk().expected),
  gauge("desk_answers_per_minute", "What the answering desk deals with; 0 while it says nothing", (source) => {
    return source.desk().answersPerMinute ?? 0;
  }),
  gauge("desk_people_held_back", "People who are asked later because the answering desk is full", (source) =>
    source.desk().paced.reduce((sum, { left }) => sum + left, 0),
  ),
  counter(
    "webhook_attempts",
    "What came of events for webhooks: delivered, failed and to be tried again, given up, and given up and dropped for newer ones",
    (source) => Object.entries(source.deliveries()),
    "outcome",
  ),
  gauge("webhooks_failing", "Webhooks of which the last request came to nothing", (source) => source.webhooksFailing()),
  gauge("webhook_events_pending", "Events that are still to be told", (source) => source.webhooksPending()),
  gauge("webhook_dead_letters", "Events that were given up, and wait for a replay", (source) => source.deadLetters()),
  gauge("keys_ending", "API keys that end within 7 days", (source) => source.keysEnding()),
  counter(
    "keys_refused",
    "What was asked with keys beyond their area or their budget: somebody has to be told, or has the key of somebody else",
    (source) => Object.entries(source.refused()),
    "reason",
  ),
  gauge("console_sessions", "Sessions of the console that are open", (source) => source.consoleSessions()),
  counter(
    "console_sign_ins",
    "Sessions of the console that were opened, keys that were refused for one, and requests refused because no page of ours sent them",
    (source) => Object.entries(source.signIns()),
    "outcome",
  ),
  counter(
    "audit_records",
    "Records of who did what that were written, by what it was",
    (source) => Object.entries(source.audit()),
    "deed",
  ),
];

/** Of each carrier that is configured: word, help, value. */
const CARRIER_COUNTERS: readonly [string, string, (carrier: Carrier) => number][] = [
  ["carrier_submitted", "submit_sm written", (carrier) => carrier.submitted],
  ["carrier_acknowledged", "submit_sm that the carrier took", (carrier) => carrier.acknowledged],
  ["carrier_refused", "submit_sm that the carrier refused", (carrier) => carrier.refused],
  ["carrier_throttled", "submit_sm that the carrier asked to send again later", (carrier) => carrier.throttled],
  ["carrier_receipts", "Delivery receipts", (carrier) => carrier.receipts],
  ["carrier_disconnects", "Binds that broke", (carrier) => carrier.disconnects],
  ["carrier_protocol_errors", "PDUs that could not be read or did not belong", (carrier) => carrier.protocolErrors],
  ["stray_receipts", "Final receipts that belonged to no one", (carrier) => carrier.strayReceipts],
];
const CARRIER_GAUGES: readonly [string, string, (carrier: Carrier) => number][] = [
  ["carrier_in_flight", "submit_sm without response", (carrier) => carrier.inFlight],
  ["carrier_window", "submit_sm that may be without response", (carrier) => carrier.window],
  ["carrier_off", "1 while an operator has paused it or drains it", ({ state }) => (state === "running" ? 0 : 1)],
  ["carrier_share", "Its part of the traffic, in proportion to the others'", (carrier) => carrier.share],
  ["carrier_queued", "Granted and not yet written", (carrier) => carrier.queued],
  ["carrier_binds_bound", "Binds that are bound", (carrier) => carrier.binds.bound],
  ["carrier_binds_configured", "Binds that should be bound", (carrier) => carrier.binds.configured],
];

/** None of a carrier that has answered nothing lately. */
const ofResponses = (share: "p50" | "p99"): PulledMetric["read"] => {
  return (source) =>
    source.carriers().flatMap(({ name, latencyMs }): [string, number][] => {
      const ms = latencyMs[share];
      return ms === null ? [] : [[name, ms / 1_000]];
    });
};

const CARRIER_LATENCIES: readonly PulledMetric[] = [
  gauge("carrier_latency_p50_seconds", "submit_sm to response, half of them within", ofResponses("p50"), "carrier"),
  gauge("carrier_latency_p99_seconds", "submit_sm to response, 99 % of them within", ofResponses("p99"), "carrier"),
];

export const PULLED: readonly PulledMetric[] = [
  ...ofActions,
  ...ofStore,
  ...ofPeople,
  ...ofSelection,
  ...ofSelfService,
  ...ofImports,
  ...ofKeys,
  ...CARRIER_COUNTERS.map(([name, help, value]) => counter(name, help, ofCarriers(value), "carrier")),
  ...CARRIER_GAUGES.map(([name, help, value]) => gauge(name, help, ofCarriers(value), "carrier")),
  ...CARRIER_LATENCIES,
];
