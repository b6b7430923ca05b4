/** A registry that changes, without the service around it: for what is measured at the registry itself, or is prepared in it. */
import { loadRegistry } from "../engine/registry/columns/load.js";
import { NumberIndex } from "../engine/registry/columns/number-index.js";
import type { LiveRegistry } from "../engine/registry/live/live-registry.js";
import { openLive } from "../engine/registry/live/open.js";
import type { DataFolder } from "../engine/registry/open.js";
import { ok, type Problem, type Result } from "../schemas/errors.js";

/** To be closed before its folder. */
export async function openedLive(data: DataFolder): Promise<LiveRegistry> {
  const registry = given(await loadRegistry(data));
  const index = new NumberIndex(new Float64Array(registry.participants.numbers));
  // Nobody selects here.
  const placing = { place: () => ok(undefined), dropPhone: () => {}, setTerms: () => {} };
  const onFatal = (problem: Problem): never => given({ ok: false, problem });
  return given(await openLive({ data, registry, index, placing, now: Date.now, onFatal }));
}

export function given<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.detail}`);
  return result.value;
}
