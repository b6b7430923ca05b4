// Tests run compiled, from dist/: workers and child processes then start exactly the files that a user starts, and
// nothing has to know whether it runs from source or from the build.
import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";
import { sharing } from "./dist/test/sharing.js";

// What starts services and carriers takes longest, and for the most part waits for them. Begun first, it goes on beside the many
// short ones; begun last, it would keep one worker busy while the other has nothing to do.
// The longest of them by their work, longest first; then the rooms where most do so.
const LONGEST = [
  "bench/bench",
  "service/start/failed-start",
  "crash/kills",
  "service/personalities",
  "service/start/start",
  "crash/waves/waves",
  "crash/carriers/carriers",
  "engine/dispatch/plan/overload",
  "service/carriers",
  "crash/start/first-start",
  "crash/start/restored",
  "service/hostile/hostile",
  "engine/selection/pool",
  "engine/selection/live/live",
  "crash/disk/disk",
].map((name) => `/dist/test/${name}.test.js`);
const LONG = ["crash", "bench", "service", "loadtest", "property", "interop", "fuzz"].map(
  (room) => `/dist/test/${room}/`,
);

class LongFirst extends BaseSequencer {
  async sort(files) {
    const rankOf = ({ moduleId, project }) => {
      // A process goes on with the next file only where that shares it too.
      if (!project.config.isolate) return LONGEST.length + 2;
      const longest = LONGEST.findIndex((file) => moduleId.endsWith(file));
      if (longest >= 0) return longest;
      return LONGEST.length + (LONG.some((folder) => moduleId.includes(folder)) ? 0 : 1);
    };
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}

/** 82 such files took 76 and 82 s of processor with a process each, and 56 s so. */
const SHARING = sharing("dist/test");

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    // Twice the cores of the machine that the README names: tests that start services wait for a fifth to a quarter of their time. A
    // sixth of them took 72, 69 and 62 s with two, three and four; by their work alone two cores can't do it in less than 59.
    maxWorkers: 4,
    // Node imports what is compiled itself: vitest would take each file apart once more, which was a sixth of all the work.
    server: { deps: { external: [/\/dist\//] } },
    projects: [
      {
        extends: true,
        test: {
          name: "all",
          include: ["dist/test/**/*.test.js"],
          exclude: SHARING,
          globalSetup: "dist/test/registries.js",
        },
      },
      { extends: true, test: { name: "sharing", include: SHARING, isolate: false } },
    ],
  },
});
