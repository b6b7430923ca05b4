/** A share of `npm run fuzz` that takes seconds, with a seed that stays, and all that was ever found. */
import { afterAll, describe, expect, test } from "vitest";
import { readCorpus } from "./corpus.js";
import { TARGETS } from "./registry.js";
import { Watched } from "./watched.js";

const SEED = 20_260_309;
const CASES = 20_000;

const fuzzer = new Watched();
afterAll(() => fuzzer.close());

const told = (bytes: Uint8Array, error: string): string => `${error}\n${Buffer.from(bytes).toString("hex")}`;

test.each(TARGETS.map(({ name }) => name))(`%s: ${CASES} cases`, async (target) => {
  const { failure } = await fuzzer.run({ target, seed: SEED, first: 0, count: CASES });
  expect(failure && told(failure.bytes, failure.error)).toBeNull();
});

describe("what was found", () => {
  test.each(readCorpus())("$file: $what", async ({ target, bytes }) => {
    const { failure } = await fuzzer.run({ target, bytes });
    expect(failure && told(failure.bytes, failure.error)).toBeNull();
  });
});
