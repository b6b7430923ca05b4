/**
 * Campaigns: tests that show more the longer they run. `npm test` runs a small share of each, with a seed of its own every
 * time; `npm run campaign -- NAME` runs the whole and ends with one line of figures.
 */
import { appendFileSync } from "node:fs";

interface Campaign {
  /** The compiled test that runs it, from the root of the project; or what several have in their paths. */
  readonly file: string;
  readonly what: string;
  /** Of what it counts in `npm test`, and as a campaign. */
  readonly share: number;
  readonly size: number;
}

export const CAMPAIGNS = {
  kills: {
    file: "dist/test/crash/kills.test.js",
    what: "SIGKILL in every phase of an action, resending and holding, judged by the carriers' own logs",
    share: 12,
    size: 300,
  },
  waves: {
    file: "dist/test/crash/waves/waves.test.js",
    what: "SIGKILL in and between all the waves of an action: updates, widenings, rings, late arrivals, repeats, corrections and thanks, judged by the carriers' own logs",
    share: 8,
    size: 240,
  },
  media: {
    file: "dist/test/crash/media.test.js",
    what: "SIGKILL while replies and their photos come in and are taken back: what was answered is there whole, what was not leaves nothing",
    share: 4,
    size: 120,
  },
  languages: {
    file: "dist/test/crash/languages.test.js",
    what: "SIGKILL in an action in three languages at carriers with different alphabets, judged by the carriers' own logs",
    share: 4,
    size: 60,
  },
  carriers: {
    file: "dist/test/crash/carriers/carriers.test.js",
    what: "actions over one to three carriers that are strange in several ways at once, with SIGKILL of the service and of them",
    share: 8,
    size: 240,
  },
  selection: {
    file: "dist/test/engine/selection/stress.test.js",
    what: "selections on one busy core while people move, tables are rebuilt and workers die, judged by brute force",
    share: 1_000,
    size: 100_000,
  },
  clocks: {
    file: "dist/test/crash/clocks.test.js",
    what: "the wall clock set by up to a day and SIGKILL in mid-dispatch, judged by the carriers' own logs",
    share: 3,
    size: 150,
  },
  instances: {
    file: "dist/test/crash/start/instances.test.js",
    what: "services that contend for one data folder by every way of reaching it, with SIGKILL of the one that has it",
    share: 3,
    size: 200,
  },
  "first-start": {
    file: "dist/test/crash/start/first-start.test.js",
    what: "SIGKILL at any moment of the first start on an empty folder, which the next one completes",
    share: 3,
    size: 100,
  },
  "cut-off": {
    file: "dist/test/crash/start/cut-off.test.js",
    what: "SIGKILL at any step of keys rotate, registry import and restore, each of which the next run completes",
    share: 5,
    size: 1_000,
  },
  disk: {
    file: "dist/test/crash/disk/disk.test.js",
    what: "the disk full at the nth commit and the nth byte, with SIGKILL and the log on it, judged by the carriers' own logs",
    share: 3,
    size: 150,
  },
  damage: {
    file: "dist/test/crash/damage/damage.test.js",
    what: "damaged images of a data folder with waves that live and that are at rest: bits, page heads, meta pages, cut ends",
    share: 24,
    size: 2_000,
  },
  hostile: {
    file: "hostile",
    what: "how late the main thread is by the worst that clients send, against a loop with nothing to do; on a machine with nothing else to do",
    share: 1,
    size: 9,
  },
} as const satisfies Record<string, Campaign>;

export type CampaignName = keyof typeof CAMPAIGNS;

/** By which main.ts tells a test what to run, and where to put its figures. */
export const ENVIRONMENT = {
  name: "SEINPOST_CAMPAIGN",
  size: "SEINPOST_CAMPAIGN_SIZE",
  seed: "SEINPOST_CAMPAIGN_SEED",
  figures: "SEINPOST_CAMPAIGN_FIGURES",
} as const;

export interface Running {
  /** How much to run. */
  readonly size: number;
  /** Of all that is drawn by chance. */
  readonly seed: number;
  /** How to run the same again, for the name of the test. */
  readonly again: string;
  /** Prints the line of figures. */
  tell(figures: string): void;
}

/** What the test of this campaign has to run now. */
export function running(name: CampaignName): Running {
  const { name: nameKey, size: sizeKey, seed: seedKey, figures: figuresKey } = ENVIRONMENT;
  const isWhole = process.env[nameKey] === name;
  const { share, size: whole } = CAMPAIGNS[name];
  const size = isWhole ? Number(process.env[sizeKey] ?? whole) : share;
  const seed = Number(process.env[seedKey] ?? Math.floor(Math.random() * 2 ** 31));
  return {
    size,
    seed,
    again: `npm run campaign -- ${name} --size ${size} --seed ${seed}`,
    tell: (figures) => {
      const file = process.env[figuresKey];
      if (isWhole && file !== undefined) appendFileSync(file, `${figures}\n`);
      else console.log(figures);
    },
  };
}
