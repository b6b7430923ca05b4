/**
 * What stored waves say of themselves without being decoded, for a start that looks at all of a month (engine/store/glimpse.ts). One
 * that is damaged, or is not what a wave's record has to be, is left out: whoever needs it finds that when it is read.
 */
import { ACTION_WAVE_KINDS, type ActionWaveKind } from "../../../schemas/words.js";
import { numberIn, wordIn } from "../../store/glimpse.js";
import type { Store } from "../../store/store.js";
import type { WaveRecord } from "./wave-record.js";

export interface WaveGlimpse
  extends Pick<WaveRecord, "waveId" | "actionId" | "registry" | "count" | "startedAtMs" | "expiresAtMs"> {
  readonly kind: ActionWaveKind;
  readonly peopleGone: boolean;
  /** False of an exercise, and of a test. */
  readonly isActual: boolean;
}

/** Waves of actions from this number on, oldest first. */
export function* glimpses(store: Store, from: number): Generator<WaveGlimpse> {
  const start = Buffer.alloc(4);
  start.writeUInt32BE(from, 0);
  for (const { key, value } of store.table("waves").range(start)) {
    const glimpse = value.ok ? glimpseOf(value.value.toString("latin1"), key.readUInt32BE(0)) : undefined;
    if (glimpse) yield glimpse;
  }
}

function glimpseOf(text: string, waveId: number): WaveGlimpse | undefined {
  const kind = ACTION_WAVE_KINDS.find((each) => each === wordIn(text, '"kind":'));
  const actionId = wordIn(text, '"actionId":');
  const registry = numberIn(text, '"registry":');
  const count = numberIn(text, '"count":');
  const startedAtMs = numberIn(text, '"startedAtMs":');
  const expiresAtMs = numberIn(text, '"expiresAtMs":');
  if (kind === undefined || actionId === undefined || registry === undefined) return undefined;
  if (count === undefined || startedAtMs === undefined || expiresAtMs === undefined) return undefined;
  const peopleGone = text.includes('"peopleGone":true');
  const isActual = (wordIn(text, '"mode":') ?? "actual") === "actual";
  return { waveId, actionId, registry, kind, count, startedAtMs, expiresAtMs, peopleGone, isActual };
}
