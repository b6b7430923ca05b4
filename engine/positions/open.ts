/** Makes the live positions over a registry that is loaded and live: wishes first, then the positions of the last run. */
import type { LiveRegistry } from "../registry/live/live-registry.js";
import type { SparseColumns } from "../registry/record/sparse.js";
import { LivePositions, type PositionParts } from "./live-positions.js";

export interface PositionOptions extends Omit<PositionParts, "forgotten"> {
  readonly live: LiveRegistry;
  /** What loading found. */
  readonly sparse: SparseColumns;
}

export function openPositions({ live, sparse, ...parts }: PositionOptions): LivePositions {
  const positions = new LivePositions({ ...parts, forgotten: () => live.settled() });
  const { phones } = sparse;
  for (let at = 0; at < phones.length; at += 3) {
    positions.phoneWishes(phones[at]!, { channels: phones[at + 1]!, terms: phones[at + 2]! });
  }
  positions.load();
  live.phones = positions;
  return positions;
}
