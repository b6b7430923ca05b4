/**
 * What sends: the ledger, the carriers' threads under it, and what comes back from them, receipts and replies. A part of
 * service.ts, which puts the actions over it.
 */
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import { Archive, type ArchiveHooks } from "../../../engine/dispatch/ledger/archive.js";
import { Dispatcher } from "../../../engine/dispatch/ledger/dispatcher.js";
import type { DispatcherHooks } from "../../../engine/dispatch/ledger/dispatcher-hooks.js";
import { liveWave } from "../../../engine/dispatch/ledger/live-waves.js";
import { WaveStore } from "../../../engine/dispatch/ledger/wave-store.js";
import { CarrierMemory } from "../../../engine/dispatch/plan/carrier-memory.js";
import { CarrierControls } from "../../../engine/dispatch/plan/controls.js";
import { People } from "../../../engine/dispatch/receipts/people.js";
import type { LiveWave } from "../../../engine/dispatch/wave/wave.js";
import { History } from "../../../engine/history/history.js";
import { Pacing } from "../../../engine/pacing/pacing.js";
import type { DataFolder } from "../../../engine/registry/open.js";
import { ReplyChanges } from "../../../engine/replies/changes.js";
import type { Confirmations } from "../../../engine/replies/confirmations.js";
import { Marks } from "../../../engine/replies/marks.js";
import { Reacted } from "../../../engine/replies/reacted.js";
import { ReplyHandler } from "../../../engine/replies/reply-handler.js";
import { ReplyStore } from "../../../engine/replies/reply-store.js";
import type { CarrierConfiguration } from "../../../schemas/carrier.js";
import { type CarriersOptions, RunningCarriers } from "../../smpp/carrier/running-carriers.js";
import type { Closing } from "../closing.js";
import type { Registered } from "../registering.js";

export interface DispatchOptions extends CarriersOptions {
  readonly carriers: readonly CarrierConfiguration[];
}

/** What the actions are told. */
export type DispatchEvents = Pick<DispatcherHooks, "onSent" | "onClockAhead"> & Pick<ArchiveHooks, "onArchived">;

export interface Dispatch {
  readonly carriers: RunningCarriers;
  readonly memory: CarrierMemory;
  readonly controls: CarrierControls;
  readonly history: History;
  readonly waves: WaveStore;
  readonly replies: ReplyStore;
  readonly replyHandler: ReplyHandler;
  readonly confirmations: Confirmations;
  readonly dispatcher: Dispatcher;
  readonly archive: Archive;
  readonly pacing: Pacing;
  readonly marks: Marks;
  readonly replyChanges: ReplyChanges;
  readonly reacted: Reacted;
}

export function startDispatch(
  { store, vault }: DataFolder,
  { participants, generated, live, index }: Registered,
  confirmations: Confirmations,
  options: DispatchOptions,
  events: DispatchEvents,
  closing: Closing,
): Dispatch {
  const replies = new ReplyStore(store, vault);
  const marks = new Marks(store);
  const reacted = new Reacted(store, live.generation);
  const replyChanges = new ReplyChanges(store);
  for (const { onChange } of [replies, marks]) onChange.push((...reply) => replyChanges.put(...reply));
  const pacing = new Pacing({
    clock: MACHINE_CLOCK,
    waves: () => dispatcher.waves,
    reactions: (actionId) => replies.last(actionId),
  });
  const onOpened = (wave: LiveWave) => pacing.opened(wave);
  const machine = { ...MACHINE_CLOCK, onFatal: options.onFatal };
  const memory = new CarrierMemory(store);
  const controls = new CarrierControls(store);
  const known = (name: string) => memory.of(name);
  const carriers = new RunningCarriers({ numbers: participants.numbers, loopbackOnly: generated, known }, options);
  const running = carriers.start(options.carriers);
  const waves = new WaveStore(store);
  const people = new People(live.generation, new Float64Array(participants.numbers), index);
  const replyHandler = new ReplyHandler({ live, participants, index }, waves, replies, confirmations, {
    ...machine,
    liveWave: (waveId) => liveWave(dispatcher, waveId),
    onReaction: (actionId, asked) => reacted.note(actionId, asked),
    senders: () => dispatcher.carriers.of("sms").map(({ port }) => port.sender),
  });
  const dispatcher: Dispatcher = new Dispatcher(
    store,
    running,
    { ...machine, ...events, onOpened, controlOf: (name) => controls.of(name) },
    people,
    replyHandler,
  );
  const archive = new Archive(waves, dispatcher, { ...MACHINE_CLOCK, ...events });
  // What carriers report last is still taken: the ledger lets go after them.
  closing.add(() => dispatcher.close());
  closing.add(() => carriers.close());
  closing.add(() => dispatcher.quiesce());
  return {
    carriers,
    memory,
    controls,
    history: new History(store),
    waves,
    replies,
    replyHandler,
    confirmations,
    dispatcher,
    archive,
    pacing,
    marks,
    replyChanges,
    reacted,
  };
}
