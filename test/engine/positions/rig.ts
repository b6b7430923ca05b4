/** Positions of phones over a real store and vault, with what selection was told. */
import { LivePositions } from "../../../engine/positions/live-positions.js";
import type { LiveRow } from "../../../engine/registry/live/placing.js";
import { type DataFolder, openDataFolder } from "../../../engine/registry/open.js";
import { ok, type Problem, type Result } from "../../../schemas/errors.js";

export const PEOPLE = 40_000;
export const NOW_MS = Date.parse("2026-03-04T05:06:07.890Z");

export class PositionRig {
  /** What selection has. */
  readonly placed = new Map<number, LiveRow>();
  readonly problems: Problem[] = [];
  nowMs = NOW_MS;
  /** What selection says to a move. */
  admits: Result<void> = ok(undefined);
  readonly positions: LivePositions;

  private constructor(
    readonly data: DataFolder,
    readonly folder: string,
  ) {
    this.positions = new LivePositions({
      ...data,
      capacity: PEOPLE,
      placing: {
        movePhone: (participant, row) => {
          if (this.admits.ok) this.placed.set(participant, { ...row });
          return this.admits;
        },
        dropPhone: (participant) => void this.placed.delete(participant),
      },
      municipalityAt: (lng) => (lng < 5 ? 363 : 344),
      forgotten: () => data.vault.commitRenewed(() => {}),
      now: () => this.nowMs,
      onFatal: (problem) => void this.problems.push(problem),
    });
  }

  /** As a start of the service: everyone in `wishing` wants it, over channels of their own. */
  static open(folder: string, wishing: Iterable<number> = [], nowMs = NOW_MS): PositionRig {
    const data = openDataFolder(folder);
    if (!data.ok) throw new Error(data.problem.detail);
    const rig = new PositionRig(data.value, folder);
    rig.nowMs = nowMs;
    for (const one of wishing) rig.positions.phoneWishes(one, wishesOf(one));
    rig.positions.load();
    return rig;
  }

  move(participant: number, lng = 5.1, lat = 52.1, atMs = this.nowMs) {
    return this.positions.move(participant, lng, lat, atMs, this.nowMs);
  }

  async close(): Promise<void> {
    await this.positions.close();
    await this.data.store.close();
  }
}

export function wishesOf(participant: number): { channels: number; terms: number } {
  return { channels: 1 + (participant % 0xffff), terms: participant % 3 };
}
