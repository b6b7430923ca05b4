/** Puts the desk together over a registry that is loaded and live: wishes first, then the positions of the last run. */
import type { LiveRegistry } from "../registry/live/live-registry.js";
import type { SparseColumns } from "../registry/record/sparse.js";
import { PositionDesk, type PositionParts } from "./desk.js";

export interface PositionOptions extends Omit<PositionParts, "forgotten"> {
  readonly live: LiveRegistry;
  /** What loading found. */
  readonly sparse: SparseColumns;
}

export function openPositions({ live, sparse, ...parts }: PositionOptions): PositionDesk {
  const desk = new PositionDesk({ ...parts, forgotten: () => live.settled() });
  const { phones } = sparse;
  for (let at = 0; at < phones.length; at += 3) {
    desk.phoneWishes(phones[at]!, { channels: phones[at + 1]!, terms: phones[at + 2]! });
  }
  desk.load();
  live.phones = desk;
  return desk;
}
