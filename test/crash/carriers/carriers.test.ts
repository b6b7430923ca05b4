/**
 * Actions over one to three carriers that are strange in several ways at once, drawn by a seed, while the service and the carriers
 * are killed and connections dropped; judged by the carriers' own logs: nobody is lost, who got a message twice is flagged,
 * nobody got more copies than may be, and nobody got two from carriers that only take their time. No more failures are told than failed.
 *
 * Each world is a service with carriers of its own; some run side by side.
 */
import { expect, it } from "vitest";
import { running } from "../../campaign/campaigns.js";
import { type Figures, PEOPLE, RUNS_OF_WORLD, World } from "./carriers-world.js";

const { size: RUNS, seed, again, tell } = running("carriers");
const SIDE_BY_SIDE = 3;

it(
  `keeps its promise over ${RUNS} draws of strange carriers (${again})`,
  async () => {
    const figures: Figures = {
      runs: 0,
      kills: 0,
      carriersKilled: 0,
      twice: 0,
      unknown: 0,
      resent: 0,
      stopped: 0,
      harmless: 0,
      most: 0,
    };
    const problems: string[] = [];
    const seeds = Array.from({ length: Math.ceil(RUNS / RUNS_OF_WORLD) }, (_, index) => (seed + index) % 2 ** 31);
    const lane = async (): Promise<void> => {
      for (let next = seeds.shift(); next !== undefined; next = seeds.shift()) {
        problems.push(...(await World.live(next, figures)));
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
    expect(problems).toEqual([]);
    const { runs, kills, carriersKilled, twice, unknown, resent, stopped, harmless, most } = figures;
    tell(
      `${runs} actions of ${PEOPLE}, ${kills} kills of the service and ${carriersKilled} of carriers; 0 lost, 0 unflagged; ${twice} got it twice, ` +
        `${unknown} are shown as unknown, ${resent} were resent by a word, at most ${most} copies; ${stopped} actions stopped while some waited; ${harmless} actions over carriers that ` +
        "only take their time, nobody twice and nobody unknown",
    );
  },
  60_000 + RUNS * 20_000,
);
