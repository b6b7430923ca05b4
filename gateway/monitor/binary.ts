/** The binary form of a message: schemas/monitor.fbs. `decodeMessage` is its inverse, for clients in this code base. */
import { Builder, ByteBuffer } from "flatbuffers";
import type { Reason } from "../../schemas/api/api.js";
import { dateTime } from "../../schemas/api/date-time.js";
import { assert } from "../../schemas/errors.js";
import * as fb from "../../schemas/generated/monitor_generated.js";
import { MESSAGE_TYPES, type MonitorAction, type MonitorCarrier, type MonitorMessage } from "../../schemas/monitor.js";
import { ACTION_KINDS, ACTION_STATUSES, ACTION_WAVE_KINDS, CARRIER_USES, MODES } from "../../schemas/words.js";

/** In the order of the schema. */
const CARRIER_STATES = [...CARRIER_USES, "drained"] as const;
const INITIAL_BYTES = 16_384;

export function encodeMessage(message: MonitorMessage): Uint8Array {
  const builder = new Builder(INITIAL_BYTES);
  // The code that flatc 2.0.8 generates leaves out an optional scalar of 0, which then reads as null.
  builder.forceDefaults(true);
  const actions = message.actions.map((action) => encodeAction(builder, action));
  const carriers = message.carriers.map((carrier) => encodeCarrier(builder, carrier));
  const gone = message.gone.map((id) => builder.createString(id));
  const alarms = message.alarms.map(({ code, detail }) => {
    return fb.MonitorAlarm.createMonitorAlarm(builder, builder.createString(code), builder.createString(detail));
  });
  const root = fb.MonitorMessage.createMonitorMessage(
    builder,
    MESSAGE_TYPES.indexOf(message.type),
    message.sequence,
    Date.parse(message.at),
    fb.MonitorMessage.createActionsVector(builder, actions),
    fb.MonitorMessage.createCarriersVector(builder, carriers),
    fb.MonitorMessage.createGoneVector(builder, gone),
    fb.MonitorMessage.createAlarmsVector(builder, alarms),
  );
  builder.finish(root);
  return builder.asUint8Array();
}

function encodeAction(builder: Builder, action: MonitorAction): number {
  const id = builder.createString(action.id);
  const text = builder.createString(action.text);
  const reason = encodeReason(builder, action.reason);
  const { counts } = action;
  fb.MonitorAction.startMonitorAction(builder);
  fb.MonitorAction.addId(builder, id);
  fb.MonitorAction.addKind(builder, ACTION_KINDS.indexOf(action.kind));
  fb.MonitorAction.addMode(builder, MODES.indexOf(action.mode));
  fb.MonitorAction.addStatus(builder, ACTION_STATUSES.indexOf(action.status));
  fb.MonitorAction.addWave(builder, ACTION_WAVE_KINDS.indexOf(action.wave));
  fb.MonitorAction.addRecipients(builder, action.recipients);
  const offset = fb.MonitorCounts.createMonitorCounts(
    builder,
    counts.pending,
    counts.intended,
    counts.unknown,
    counts.acknowledged,
    counts.delivered,
    counts.failed,
    counts.expired,
    counts.stopped,
    counts.possibleDuplicates,
  );
  fb.MonitorAction.addCounts(builder, offset);
  fb.MonitorAction.addReplies(builder, action.replies);
  fb.MonitorAction.addText(builder, text);
  if (action.startedAt !== null) fb.MonitorAction.addStartedAtMs(builder, Date.parse(action.startedAt));
  if (action.expectedAt !== null) fb.MonitorAction.addExpectedAtMs(builder, Date.parse(action.expectedAt));
  if (action.lateMs !== null) fb.MonitorAction.addLateMs(builder, action.lateMs);
  if (action.nextAt !== null) fb.MonitorAction.addNextAtMs(builder, Date.parse(action.nextAt));
  if (reason) {
    fb.MonitorAction.addReasonCode(builder, reason.code);
    fb.MonitorAction.addReasonDetail(builder, reason.detail);
  }
  if (action.answeredPerSecond !== null) fb.MonitorAction.addAnsweredPerSecond(builder, action.answeredPerSecond);
  if (action.secondsLeft !== null) fb.MonitorAction.addSecondsLeft(builder, action.secondsLeft);
  return fb.MonitorAction.endMonitorAction(builder);
}

function encodeReason(builder: Builder, reason: Reason | null): { code: number; detail: number } | null {
  return reason && { code: builder.createString(reason.code), detail: builder.createString(reason.detail) };
}

/** Fields of a carrier that may be null, and how each is written. */
const NULLABLE: readonly [(carrier: MonitorCarrier) => number | null, (builder: Builder, value: number) => void][] = [
  [(carrier) => carrier.latencyMs.p50, fb.MonitorCarrier.addLatencyP50Ms],
  [(carrier) => carrier.latencyMs.p99, fb.MonitorCarrier.addLatencyP99Ms],
  [(carrier) => carrier.submittedPerSecond, fb.MonitorCarrier.addSubmittedPerSecond],
  [(carrier) => carrier.acknowledgedPerSecond, fb.MonitorCarrier.addAcknowledgedPerSecond],
  [(carrier) => carrier.receiptsPerSecond, fb.MonitorCarrier.addReceiptsPerSecond],
];

function encodeCarrier(builder: Builder, carrier: MonitorCarrier): number {
  const name = builder.createString(carrier.name);
  const error = encodeReason(builder, carrier.lastError);
  fb.MonitorCarrier.startMonitorCarrier(builder);
  fb.MonitorCarrier.addName(builder, name);
  fb.MonitorCarrier.addState(builder, CARRIER_STATES.indexOf(carrier.state));
  fb.MonitorCarrier.addShare(builder, carrier.share);
  fb.MonitorCarrier.addBindsConfigured(builder, carrier.binds.configured);
  fb.MonitorCarrier.addBindsBound(builder, carrier.binds.bound);
  fb.MonitorCarrier.addWindow(builder, carrier.window);
  fb.MonitorCarrier.addInFlight(builder, carrier.inFlight);
  fb.MonitorCarrier.addQueued(builder, carrier.queued);
  fb.MonitorCarrier.addSubmitted(builder, carrier.submitted);
  fb.MonitorCarrier.addAcknowledged(builder, carrier.acknowledged);
  fb.MonitorCarrier.addRefused(builder, carrier.refused);
  fb.MonitorCarrier.addThrottled(builder, carrier.throttled);
  fb.MonitorCarrier.addReceipts(builder, carrier.receipts);
  fb.MonitorCarrier.addDisconnects(builder, carrier.disconnects);
  fb.MonitorCarrier.addProtocolErrors(builder, carrier.protocolErrors);
  if (error) {
    fb.MonitorCarrier.addLastErrorCode(builder, error.code);
    fb.MonitorCarrier.addLastErrorDetail(builder, error.detail);
  }
  for (const [read, add] of NULLABLE) {
    const value = read(carrier);
    if (value !== null) add(builder, value);
  }
  return fb.MonitorCarrier.endMonitorCarrier(builder);
}

/**
 * Reads a message that this service encoded. FlatBuffers for JavaScript verifies nothing, so bytes of any other origin
 * don't belong here.
 */
export function decodeMessage(bytes: Uint8Array): MonitorMessage {
  const message = fb.MonitorMessage.getRootAsMonitorMessage(new ByteBuffer(bytes));
  return {
    type: MESSAGE_TYPES[message.type()]!,
    sequence: message.sequence(),
    at: dateTime(message.atMs()),
    actions: Array.from({ length: message.actionsLength() }, (_, index) => decodeAction(message.actions(index))),
    carriers: Array.from({ length: message.carriersLength() }, (_, index) => decodeCarrier(message.carriers(index))),
    gone: Array.from({ length: message.goneLength() }, (_, index) => message.gone(index)),
    alarms: Array.from({ length: message.alarmsLength() }, (_, index) => {
      const alarm = message.alarms(index)!;
      return { code: alarm.code()!, detail: alarm.detail()! };
    }),
  };
}

function decodeAction(action: fb.MonitorAction | null): MonitorAction {
  const counts = action?.counts();
  assert(action !== null && !!counts, "an action has counts");
  return {
    id: action.id()!,
    mode: MODES[action.mode()]!,
    kind: ACTION_KINDS[action.kind()]!,
    status: ACTION_STATUSES[action.status()]!,
    reason: decodeReason(action.reasonCode(), action.reasonDetail()),
    text: action.text()!,
    startedAt: dateTime(action.startedAtMs()),
    expectedAt: dateTime(action.expectedAtMs()),
    lateMs: action.lateMs(),
    nextAt: dateTime(action.nextAtMs()),
    wave: ACTION_WAVE_KINDS[action.wave()]!,
    recipients: action.recipients(),
    replies: action.replies(),
    counts: {
      pending: counts.pending(),
      intended: counts.intended(),
      unknown: counts.unknown(),
      acknowledged: counts.acknowledged(),
      delivered: counts.delivered(),
      failed: counts.failed(),
      expired: counts.expired(),
      stopped: counts.stopped(),
      possibleDuplicates: counts.possibleDuplicates(),
    },
    answeredPerSecond: action.answeredPerSecond(),
    secondsLeft: action.secondsLeft(),
  };
}

function decodeReason(code: string | null, detail: string | null): Reason | null {
  return code === null ? null : { code, detail: detail ?? "" };
}

function decodeCarrier(carrier: fb.MonitorCarrier | null): MonitorCarrier {
  assert(carrier !== null, "a vector has the elements that it counts");
  return {
    name: carrier.name()!,
    state: CARRIER_STATES[carrier.state()]!,
    share: carrier.share(),
    binds: { configured: carrier.bindsConfigured(), bound: carrier.bindsBound() },
    window: carrier.window(),
    inFlight: carrier.inFlight(),
    queued: carrier.queued(),
    submitted: carrier.submitted(),
    acknowledged: carrier.acknowledged(),
    refused: carrier.refused(),
    throttled: carrier.throttled(),
    receipts: carrier.receipts(),
    disconnects: carrier.disconnects(),
    protocolErrors: carrier.protocolErrors(),
    latencyMs: { p50: carrier.latencyP50Ms(), p99: carrier.latencyP99Ms() },
    lastError: decodeReason(carrier.lastErrorCode(), carrier.lastErrorDetail()),
    submittedPerSecond: carrier.submittedPerSecond(),
    acknowledgedPerSecond: carrier.acknowledgedPerSecond(),
    receiptsPerSecond: carrier.receiptsPerSecond(),
  };
}
