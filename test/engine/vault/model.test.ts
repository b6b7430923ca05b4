/**
 * Any sequence of changes, erasures, renewals that are cut off at any step, and restarts, against a model: what is stored opens,
 * and once a renewal was ended nothing that was forgotten before it does.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { DataFolder } from "../../../engine/registry/open.js";
import { copyOf } from "../../temp-folder.js";
import { given } from "../registry/samples.js";
import { BLOCKS, contents, eraseIn, filledFolder, Past, plainOf, putBlock, reopened, slotStates } from "./folder.js";

interface Step {
  readonly changed: readonly number[];
  readonly erased: readonly number[];
  /** How far it comes: a commit without a renewal; or one with it, which ends after this step of it. */
  readonly until: "plain" | "prepared" | "committed" | "finished";
  readonly restarts: boolean;
}

const block = fc.integer({ min: 0, max: BLOCKS - 1 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    changed: fc.uniqueArray(block, { maxLength: 3 }),
    erased: fc.uniqueArray(block, { maxLength: 3 }),
    until: fc.constantFrom("plain", "prepared", "committed", "finished"),
    restarts: fc.boolean(),
  }),
  { minLength: 1, maxLength: 10 },
);

class Model {
  readonly version = new Array<number>(BLOCKS).fill(0);
  /** The first version of each block that the key of now has sealed. */
  readonly since = new Array<number>(BLOCKS).fill(0);
  #last = 0;

  commit({ changed, erased }: Step, data: DataFolder): void {
    for (const at of new Set([...changed, ...erased])) {
      this.version[at] = ++this.#last;
      if (erased.includes(at)) this.since[at] = this.#last;
      if (erased.includes(at)) eraseIn(data, at, this.#last);
      else putBlock(data, at, this.#last);
    }
    data.vault.write();
  }

  expected(): string[] {
    return this.version.map((version, at) => plainOf(at, version).toString());
  }

  /** Whether this text may still open: a version that the block's key of now has sealed. */
  allows(text: string): boolean {
    const [, at, version] = /block (\d+), version (\d+)/.exec(text)!.map(Number);
    return at! >= BLOCKS || version! >= this.since[at!]!;
  }
}

async function run(whole: string, sequence: readonly Step[]): Promise<void> {
  const folder = copyOf(whole);
  const model = new Model();
  const past = new Past();
  let data = reopened(folder);
  past.note(data);
  for (const step of sequence) {
    const { until } = step;
    if (until !== "plain") given(await data.vault.prepareRenewal());
    if (until !== "prepared") given(await data.store.commit(() => model.commit(step, data)));
    past.note(data);
    if (until === "finished") given(await data.vault.finishRenewal());
    // A renewal that is cut off is one because the process ended there.
    if (until === "prepared" || until === "committed" || step.restarts) {
      await data.store.close();
      data = reopened(folder);
    }
    expect(contents(data)).toEqual(model.expected());
    expect(slotStates(folder).sort()).toEqual(["empty", "root"]);
    const opens = [...past.opensWith(folder)];
    expect(opens).toEqual(expect.arrayContaining(model.expected()));
    if (!data.vault.needsRenewal) expect(opens.filter((text) => !model.allows(text))).toEqual([]);
    if (until === "finished" || until === "committed") expect(data.vault.needsRenewal).toBe(false);
  }
  await data.store.close();
}

it("holds for any sequence", async () => {
  const whole = await filledFolder();
  const seed = Number(process.env.FC_SEED ?? 20_261_124);
  await fc.assert(
    fc.asyncProperty(steps, (sequence) => run(whole, sequence)),
    { numRuns: 60, seed },
  );
});
