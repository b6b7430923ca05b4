// Tests run compiled, from dist/: workers and child processes then start exactly the files that a user starts, and
// nothing has to know whether it runs from source or from the build.
import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";

// What starts services and carriers takes longest, and for the most part waits for them. Begun first, it goes on beside the many
// short ones; begun last, it would keep one worker busy while the other has nothing to do.
const LONG = ["crash", "bench", "service", "loadtest", "property", "interop", "fuzz"].map(
  (room) => `/dist/test/${room}/`,
);

class LongFirst extends BaseSequencer {
  async sort(files) {
    const isLong = ({ moduleId }) => LONG.some((folder) => moduleId.includes(folder));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

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
    projects: [{ extends: true, test: { name: "all", include: ["dist/test/**/*.test.js"] } }],
  },
});
