/**
 * How a wave of an action comes into being: of those who were found, whoever is not to be asked is left out, what is to be expected of
 * it is worked out, and it is opened. Whoever is asked counts as such from then on, and not where nothing came of it.
 */
import { fail, type Result } from "../../../schemas/errors.js";

import { type Beginning, type NewWave, type Opener, openWave } from "../../dispatch/ledger/opening.js";
import type { WaveForecast } from "../../dispatch/ledger/wave-record.js";
import { overChannel } from "../../selection/roster.js";
import type { Roster } from "../../selection/selector.js";
import type { Asking } from "../fatigue/asking.js";
import type { Paid, Paying } from "../guard/paying.js";
import { nobodyLeft } from "../preview/areas.js";
import { ACTION_CHANNEL, type ActionRecord, type ActionWave } from "../record.js";
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
  readonly paying: Pick<Paying, "pay" | "over">;
}

/** What is durable together: a wave, and the record of its action that has it. */
interface Begun extends Beginning {
  readonly record: ActionRecord;
}

/** As openWave; NOBODY_INSIDE where all were left out, and that is not allowed; BUDGET_EXCEEDED, PRICE_UNKNOWN. */
export async function openFor(
  parts: OpeningParts,
  record: ActionRecord,
  what: Pick<ActionWave, "kind" | "round">,
  found: Roster,
  begin: (waveId: number, wave: NewWave) => Begun | null,
): Promise<Result<void>> {
  const { kind } = what;
  const admitted = await parts.asking.admit(kind, await overChannel(found, ACTION_CHANNEL), record.request);
  const mayBeNobody = kind === "first" && record.request.allowNobody;
  if (admitted.roster.count === 0 && found.count > 0 && !mayBeNobody) {
    return fail("NOBODY_INSIDE", nobodyLeft(admitted.leftOut));
  }
  const { made, numberOf } = newWave(record, kind, parts.registry, parts.now());
  const { roster, recipients } = await parts.readers.numbered(admitted.roster, made.texts.length, numberOf);
  const forecast = parts.forecast(made, recipients);
  const wave = { ...made, ...(forecast && { forecast }) };
  const paid = parts.paying.pay(record, { ...what, texts: made.texts, recipients });
  let isOpened = false;
  try {
    if (!paid.ok) return paid;
    return await openWave(parts, wave, roster, (waveId) => {
      const begun = begin(waveId, wave);
      if (begun === null) return null;
      isOpened = true;
      admitted.opened({ ...wave, waveId, count: roster.count });
      return { ...begun, put: () => putBoth(begun, paid.value) };
    });
  } finally {
    if (!isOpened && paid.ok) paid.value.undo();
    if (!isOpened) await admitted.giveBack();
  }
}

function putBoth({ put, record }: Begun, paid: Paid): void {
  put();
  paid.put(record);
}
