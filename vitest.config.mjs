// Tests run compiled, from dist/: workers and child processes then start exactly the files that a user starts, and
// nothing has to know whether it runs from source or from the build.
import { defineConfig } from "vitest/config";

// What needs a server runs over both of its transports.
const SERVED = [
  "http/server",
  "http/base",
  "http/municipality-routes",
  "http/positions",
  "http/self-routes",
  "http/transport",
  "http/fuzz",
  "monitor/feed",
  "commands/watch",
];

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: "all", include: ["dist/test/**/*.test.js"] } },
      {
        extends: true,
        test: {
          name: "node:http",
          include: SERVED.map((file) => `dist/test/gateway/${file}.test.js`),
          env: { TEST_TRANSPORT: "node" },
        },
      },
    ],
  },
});
