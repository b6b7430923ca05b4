// Tests run compiled, from dist/: workers and child processes then start exactly the files that a user starts, and
// nothing has to know whether it runs from source or from the build.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["dist/test/**/*.test.js"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
