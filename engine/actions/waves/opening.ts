/**
 * How a wave of an action comes into being: of those who were found, whoever is not to be asked is left out, what is to be expected of
 * it is worked out, and it is opened. Whoever is asked counts as such from then on, and not where nothing came of it.
 */
import { fail, type Result } from "../../../schemas/errors.js";
import type { ActionWaveKind } from "../../../schemas/words.js";
import { type Beginning, type NewWave, type Opener, openWave } from "../../dispatch/ledger/opening.js";
import type { WaveForecast } from "../../dispatch/ledger/wave-record.js";
import type { Roster } from "../../selection/selector.js";
import type { Asking } from "../fatigue/asking.js";
import { nobodyLeft } from "../preview/areas.js";
import type { ActionRecord } from "../record.js";
import type { Readers } from "../texts/readers.js";
import { newWave } from "./new-wave.js";

export interface OpeningParts extends Opener {
  readonly asking: Asking;
  readonly readers: Readers;
  /** Generation of the loaded registry. */
  readonly registry: number;
  now(): number;
  /** What is to be expected of a wave with so many recipients of each text. */
  forecast(wave: NewWave, recipients: readonly number[]): WaveForecast | undefined;
}

/** As openWave; NOBODY_INSIDE where all were left out, and that is not allowed. */
export async function openFor(
  parts: OpeningParts,
  record: ActionRecord,
  kind: ActionWaveKind,
  found: Roster,
  begin: (waveId: number, wave: NewWave) => Beginning | null,
): Promise<Result<void>> {
  const admitted = await parts.asking.admit(kind, found, record.request);
  const { leftOut } = admitted;
  const mayBeNobody = kind === "first" && record.request.allowNobody;
  if (admitted.roster.count === 0 && found.count > 0 && !mayBeNobody) {
    return fail("NOBODY_INSIDE", nobodyLeft(leftOut));
  }
  const { made, numberOf } = newWave(record, kind, parts.registry, parts.now());
  const { roster, recipients } = await parts.readers.numbered(admitted.roster, made.texts.length, numberOf);
  const forecast = parts.forecast(made, recipients);
  const wave = { ...made, ...(forecast && { forecast }) };
  let isOpened = false;
  try {
    return await openWave(parts, wave, roster, (waveId) => {
      const beginning = begin(waveId, wave);
      if (beginning === null) return null;
      isOpened = true;
      admitted.opened({ ...wave, waveId, count: roster.count });
      return beginning;
    });
  } finally {
    if (!isOpened) await admitted.giveBack();
  }
}
