/**
 * What becomes of a message from a citizen: a reply to the action that its sender was asked in last, one of no action, or
 * STOP and its like. The ledger hands the messages over as they come and makes durable what follows from them in its own
 * commit, before the carrier gets its answer.
 *
 * Runs on the main thread. Each message says what it costs in events of the ledger, which bounds its turns by that. The
 * sender's number is held only to put parts together and is never stored, logged or counted; so a message that comes twice
 * whole, because an answer got lost, is there twice.
 */

import { ok, type Problem, type Result } from "../../schemas/errors.js";
import { REPLIES } from "../../schemas/limits.js";
import { EVENT_WORDS } from "../../schemas/link.js";
import type { Clock } from "../clock/clock.js";
import type { MessageHandler } from "../dispatch/ledger/intake.js";
import { restedMs } from "../dispatch/ledger/wave-form.js";
import type { StoredWave } from "../dispatch/ledger/wave-record.js";
import type { WaveStore } from "../dispatch/ledger/wave-store.js";
import type { LiveWave } from "../dispatch/wave/wave.js";
import type { ParticipantColumns } from "../registry/columns/columns.js";
import type { NumberIndex } from "../registry/columns/number-index.js";
import type { LiveRegistry } from "../registry/live/live-registry.js";
import { Asked } from "./asked.js";
import { Assembly, type LongMessage } from "./assembly.js";
import type { Confirmations } from "./confirmations.js";
import { keywordOf, type Switch } from "./keywords.js";
import { type ReplyStore, UNASSIGNED } from "./reply-store.js";
import { closed } from "./seams.js";

/** Messages by what became of them; a long one counts once. `refused`: the action has REPLIES.perAction already. */
export type Incoming = Readonly<Record<"reply" | "unassigned" | "refused" | "stop" | "start", number>>;

/** The registry, as far as it takes to find people by their number and to switch them. */
export interface Directory {
  readonly live: LiveRegistry;
  readonly participants: ParticipantColumns;
  readonly index: NumberIndex;
}

export interface ReplyHandlerHooks extends Clock {
  /** The wave of this number, if it lives. */
  liveWave(waveId: number): LiveWave | undefined;
  /** The names and numbers that carriers send under: who answers may write them beside a keyword. */
  senders(): readonly string[];
  /** Those who share a number have reacted to an action. */
  onReaction(actionId: string, people: readonly number[]): void;
  /** A block of the registry can't be read: the process must end. */
  onFatal(problem: Problem): void;
}

/** Since when a wave must have been concluded for replies to belong to it. */
export function repliesSinceMs(nowMs: number): number {
  return nowMs - REPLIES.withinHours * 3_600_000;
}

/** The action of a wave, and when the last of its recipients was concluded. */
interface Origin {
  readonly actionId: string;
  readonly lastMs: number;
}

/** A reply that may still grow. */
interface Place {
  readonly actionId: string;
  readonly place: number;
  readonly receivedAtMs: number;
}

const nothing = (): void => {};

export class ReplyHandler implements MessageHandler {
  readonly incoming: Record<keyof Incoming, number> = { reply: 0, unassigned: 0, refused: 0, stop: 0, start: 0 };
  readonly #asked: Asked;
  readonly #assembly = new Assembly<Place>();
  /** Action and last moment of waves at rest. */
  readonly #rested = new Map<number, Origin>();
  /** What the next commit puts. */
  readonly #changed = new Map<Place, string | LongMessage<Place>>();
  /** To be called when what was written is on the disk. */
  #onDurable = nothing;
  readonly #number = new Float64Array(1);
  readonly #numberWords = new Uint32Array(this.#number.buffer);
  readonly #directory: Directory;
  readonly #waves: WaveStore;
  readonly #replies: ReplyStore;
  readonly #confirmations: Confirmations;
  readonly #hooks: ReplyHandlerHooks;

  constructor(
    directory: Directory,
    waves: WaveStore,
    replies: ReplyStore,
    confirmations: Confirmations,
    hooks: ReplyHandlerHooks,
  ) {
    this.#directory = directory;
    this.#waves = waves;
    this.#replies = replies;
    this.#confirmations = confirmations;
    this.#hooks = hooks;
    this.#asked = new Asked(directory.participants.count, directory.live.generation);
  }

  /**
   * Reads who was asked in these waves at rest; those that live are told by `opened`. To be called before either. Gives what is
   * damaged: replies to those waves belong to no action. STORE_UNUSABLE for what a later program wrote.
   */
  recall(rested: readonly number[]): Result<Problem[]> {
    const damaged: Problem[] = [];
    for (const waveId of rested) {
      const stored = this.#waves.get(waveId);
      const recalled = stored.ok ? this.#recallWave(stored.value) : stored;
      if (recalled.ok) continue;
      if (recalled.problem.code === "STORE_UNUSABLE") return recalled;
      damaged.push(recalled.problem);
    }
    return ok(damaged);
  }

  #recallWave(stored: StoredWave): Result<void> {
    const { waveId, count, archive, registry } = stored;
    const counts = archive !== null && registry === this.#directory.live.generation && !stored.peopleGone;
    if (!counts || !this.#isInTime(restedMs(stored))) return ok(undefined);
    const roster = this.#waves.roster(waveId, count);
    if (!roster.ok) return roster;
    const states = this.#waves.outcomes(waveId, count);
    if (!states.ok) return states;
    this.#asked.rested(stored, roster.value, states.value);
    return ok(undefined);
  }

  opened(wave: LiveWave): void {
    this.#asked.opened(wave);
  }

  take(words: Uint32Array, at: number): number {
    this.#numberWords[0] = words[at + EVENT_WORDS]!;
    this.#numberWords[1] = words[at + EVENT_WORDS + 1]!;
    const number = this.#number[0]!;
    const bytes = Math.max(0, (words[at]! >>> 16) - 8);
    const from = words.byteOffset + (at + EVENT_WORDS + 2) * 4;
    const text = Buffer.from(words.buffer, from, bytes).toString("utf16le");
    const [part, parts] = [words[at + 2]! & 0xff, (words[at + 2]! >>> 8) & 0xff];
    const participants = this.#directory.index.participantsOf(number);
    const keyword = parts <= 1 ? keywordOf(text, this.#hooks.senders()) : undefined;
    if (keyword) return REPLIES.messageCost + this.#switch(participants, keyword) * REPLIES.blockCost;
    const searched = this.#asked.searched;
    const message = this.#assembly.take(number, words[at + 1]!, part, parts, text, this.#hooks.steadyMs());
    if (message === "known") return REPLIES.messageCost;
    if (message === "whole") this.#keep(participants, text);
    else this.#grow(participants, message);
    const characters = message === "whole" ? text.length : message.characters;
    const looked = Math.floor((this.#asked.searched - searched) / REPLIES.recipientsPerCost);
    return REPLIES.messageCost + Math.floor(characters / REPLIES.charactersPerCost) + looked;
  }

  get hasWork(): boolean {
    return this.#changed.size > 0 || this.#directory.live.hasWork || this.#confirmations.hasWork;
  }

  write(): void {
    for (const [{ actionId, place, receivedAtMs }, content] of this.#changed) {
      const { text, missing } = typeof content === "string" ? { text: content, missing: 0 } : content;
      this.#replies.put(actionId, place, { receivedAtMs, channel: "sms", text, missing });
    }
    this.#changed.clear();
    this.#confirmations.write();
    // Last, because the vault's keys go with it, also those that sealed what was put before.
    this.#onDurable = this.#directory.live.write();
  }

  committed(): void {
    this.#replies.committed();
    this.#onDurable();
    this.#onDurable = nothing;
    this.#asked.note();
  }

  /** Somebody with this number does not want to be asked again by this action; whether it asked them is told to nobody. */
  notAgain(actionId: string, number: number): void {
    const people = this.#directory.index.participantsOf(number);
    if (this.#actionOf(this.#asked.latestOf(people)) === actionId) this.#hooks.onReaction(actionId, people);
  }

  /** How many were switched. */
  #switch(participants: readonly number[], to: Switch): number {
    this.incoming[to === "off" ? "stop" : "start"]++;
    const changed = this.#directory.live.switchSms(participants, to);
    if (!changed.ok) {
      this.#hooks.onFatal(changed.problem);
      return 0;
    }
    if (changed.value > 0) this.#confirmations.owe(participants[0]!, to);
    return changed.value;
  }

  #keep(participants: readonly number[], text: string): void {
    const place = this.#newPlace(participants);
    if (place) this.#changed.set(place, closed(text));
  }

  #grow(participants: readonly number[], message: LongMessage<Place>): void {
    message.record ??= this.#newPlace(participants);
    if (message.record) this.#changed.set(message.record, message);
  }

  #newPlace(participants: readonly number[]): Place | undefined {
    const actionId = this.#actionOf(this.#asked.latestOf(participants));
    const place = this.#replies.nextPlace(actionId);
    if (place === 0) {
      this.incoming.refused++;
      return undefined;
    }
    this.incoming[actionId === UNASSIGNED ? "unassigned" : "reply"]++;
    if (actionId !== UNASSIGNED) this.#hooks.onReaction(actionId, participants);
    return { actionId, place, receivedAtMs: Math.floor(this.#hooks.now() / 1_000) * 1_000 };
  }

  /** The action of this wave, if a message still belongs to it. */
  #actionOf(waveId: number): string {
    if (waveId === 0) return UNASSIGNED;
    const live = this.#hooks.liveWave(waveId);
    const { actionId, lastMs } = live ? ofLive(live, this.#hooks.now()) : this.#ofRested(waveId);
    return this.#isInTime(lastMs) ? actionId : UNASSIGNED;
  }

  #ofRested(waveId: number): Origin {
    const known = this.#rested.get(waveId);
    if (known) return known;
    const stored = this.#waves.get(waveId);
    const found = stored.ok
      ? { actionId: stored.value.actionId, lastMs: restedMs(stored.value) }
      : { actionId: UNASSIGNED, lastMs: 0 };
    if (this.#rested.size >= REPLIES.known) this.#rested.clear();
    this.#rested.set(waveId, found);
    return found;
  }

  #isInTime(lastMs: number): boolean {
    return lastMs > repliesSinceMs(this.#hooks.now());
  }
}

function ofLive({ record, acknowledgedAtMs }: LiveWave, nowMs: number): Origin {
  return { actionId: record.actionId, lastMs: acknowledgedAtMs ?? nowMs };
}
