/** Changes that wait for a participant's word, as the last run left them. A part of service.ts. */
import { Proposals } from "../../../engine/proposals/proposals.js";
import type { LiveRegistry } from "../../../engine/registry/live/live-registry.js";
import type { DataFolder } from "../../../engine/registry/open.js";
import { ok, type Problem, type Result } from "../../../schemas/errors.js";

/** `isDoubted`: the folder may be a past, in which somebody who has objected since has not. */
export async function openProposals(
  { store, vault }: DataFolder,
  live: LiveRegistry,
  isDoubted: boolean,
  onFatal: (problem: Problem) => void,
): Promise<Result<Proposals>> {
  const { generation } = live;
  const proposals = Proposals.load({ store, vault, generation, forgotten: () => live.settled(), onFatal });
  if (isDoubted) proposals.waitAnew();
  const settled = await proposals.settled();
  return settled.ok ? ok(proposals) : settled;
}
