/**
 * The form of a wave's record: JSON, with its version in front, or without one as it was before there was one. Up to version 1 a wave
 * had one `text`. What a start has to know of a wave that is at rest it tells from the text alone (engine/store/glimpse.ts).
 */
import { assert, fail, ok, type Result } from "../../../schemas/errors.js";
import { ACTION_WAVE_KINDS } from "../../../schemas/words.js";
import { hasObject, numberIn, wordIn } from "../../store/glimpse.js";
import { knownVersion } from "../../store/version.js";
import type { StoredWave } from "./wave-record.js";

const WAVE_VERSION = 2;
/** The first with several texts. */
const TEXTS_VERSION = 2;
const KINDS: readonly (string | undefined)[] = ACTION_WAVE_KINDS;

export function encodeWave(wave: StoredWave): Buffer {
  const text = JSON.stringify({ version: WAVE_VERSION, ...wave });
  const isAtRest = wave.archive !== null && KINDS.includes(wave.kind);
  assert(restedMsIn(text, wave.waveId) === (isAtRest ? restedMs(wave) : undefined), "a wave's text says if it rests");
  return Buffer.from(text);
}

/** What was decoded of the record of this wave; `place` is that of a problem. */
export function waveIn(decoded: unknown, waveId: number, place: string): Result<StoredWave> {
  const { version = 0, text = "", ...wave } = decoded as StoredWave & { version?: number; text?: string };
  const known = knownVersion(version, WAVE_VERSION, place);
  if (!known.ok) return known;
  if (wave.waveId === waveId) return ok(version < TEXTS_VERSION ? { ...wave, texts: [text] } : wave);
  return fail("STORE_CORRUPT", `the record of wave ${waveId} is that of wave ${wave.waveId}`, place);
}

/** When the last recipient of a wave at rest was concluded. */
export function restedMs({ archive, startedAtMs }: StoredWave): number {
  return archive?.acknowledgedAtMs ?? startedAtMs;
}

/**
 * The same, from the text of a record, of an action's wave that is at rest for certain. Undefined of one that lives, of which nothing
 * is kept once it is at rest, or whose record is not what that of this wave has to be: such a one is to be decoded.
 */
export function restedMsIn(text: string, waveId: number): number | undefined {
  const isOurs = (numberIn(text, '"version":') ?? 0) <= WAVE_VERSION && numberIn(text, '"waveId":') === waveId;
  if (!isOurs || !hasObject(text, '"archive":') || !KINDS.includes(wordIn(text, '"kind":'))) return undefined;
  return numberIn(text, '"acknowledgedAtMs":') ?? numberIn(text, '"startedAtMs":');
}
