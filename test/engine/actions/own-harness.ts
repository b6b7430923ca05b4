/** What tests of actions begin and end with: a folder for each of them, and what was started last in it, which ends before the folder goes. */
import { afterEach, beforeEach } from "vitest";
import type { FakeCarrier } from "../dispatch/fake-carrier.js";
import { TemporaryFolder } from "../dispatch/fixtures.js";
import { type FakeSelector, Harness } from "./harness.js";

type BehindFolder = Parameters<typeof Harness.start> extends [TemporaryFolder, ...infer Rest] ? Rest : never;

export interface OwnHarness {
  readonly folder: TemporaryFolder;
  /** On this test's folder; whoever starts another has ended the one before. */
  start(...options: BehindFolder): Promise<Harness>;
  /** Ends what runs, if anything does, and starts with the clock where that one had it. */
  restart(carriers: readonly FakeCarrier[], selector: FakeSelector): Promise<Harness>;
  /** Ends what was started last, if anything runs. */
  crash(): Promise<void>;
}

/** To be called once in a file, outside its tests. */
export function ownHarness(): OwnHarness {
  let folder: TemporaryFolder;
  let last: Harness | undefined;
  const crash = async (): Promise<void> => {
    const ending = last;
    last = undefined;
    await ending?.crash();
  };
  beforeEach(() => {
    folder = new TemporaryFolder();
  });
  afterEach(async () => {
    await crash();
    folder.remove();
  });
  const start = async (...options: BehindFolder): Promise<Harness> => {
    last = await Harness.start(folder, ...options);
    return last;
  };
  const restart: OwnHarness["restart"] = async (carriers, selector) => {
    const aheadMs = last?.aheadMs;
    await crash();
    return start(carriers, selector, aheadMs);
  };
  return {
    get folder() {
      return folder;
    },
    start,
    restart,
    crash,
  };
}
