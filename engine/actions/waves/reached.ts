/** Who was reached by an action: the carrier took every part, or said that it was delivered. */
import { type ErrorCode, ok, type Problem, type Result } from "../../../schemas/errors.js";
import { DISPATCH } from "../../../schemas/limits.js";
import { STATE, STATE_MASK } from "../../../schemas/words.js";
import type { StoredWave } from "../../dispatch/ledger/wave-record.js";
import type { WaveStore } from "../../dispatch/ledger/wave-store.js";
import type { LiveWave } from "../../dispatch/wave/wave.js";
import { rosterOf } from "../../selection/roster.js";
import type { Roster } from "../../selection/selector.js";

export const REPLACED: Problem = {
  code: "REGISTRY_REPLACED",
  detail: "the registry was replaced since people were selected: they can't be sent to any more",
};

/** For these nobody can be thanked, now or later: it is not known who they were, or whether they were reached. */
export const UNTHANKED: readonly ErrorCode[] = [REPLACED.code, "STORE_CORRUPT"];

/** In the order of the roster of `first`, the action's first wave. `registry`: the generation that is loaded. */
export async function reachedIn(
  first: { readonly stored: StoredWave; readonly live: LiveWave | undefined } | undefined,
  waves: WaveStore,
  registry: number,
): Promise<Result<Roster>> {
  // Who was asked longer ago than is kept can't be thanked any more.
  if (!first || first.stored.peopleGone) return ok({ count: 0, participants: new SharedArrayBuffer(0) });
  const { waveId, count } = first.stored;
  if (first.stored.registry !== registry) return { ok: false, problem: REPLACED };
  const roster = first.live ? ok(first.live.roster) : waves.roster(waveId, count);
  const states = first.live ? ok(first.live.states) : waves.outcomes(waveId, count);
  if (!roster.ok) return roster;
  if (!states.ok) return states;
  const asked = new Uint32Array(roster.value);
  const out = new Uint32Array(count);
  let reached = 0;
  for (let position = 0; position < count; position++) {
    if (position % DISPATCH.rosterChunk === 0) await new Promise((resolve) => setImmediate(resolve));
    const state = states.value[position]! & STATE_MASK;
    if (state === STATE.acknowledged || state === STATE.delivered) out[reached++] = asked[position]!;
  }
  return ok(await rosterOf([out.subarray(0, reached)]));
}
