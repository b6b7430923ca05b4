/** One transaction after the other, over a disk that settles them when the test says so. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { Commits } from "../../../engine/store/commits.js";

const failed = { code: "STORE_WRITE_FAILED", detail: "" } as const;

/** What each transaction wrote; `settle` ends the oldest that is under way. */
function slowDisk() {
  const transactions: string[][] = [];
  const underWay: (() => void)[] = [];
  let written: string[] | undefined;
  const commits = new Commits(
    (write) => {
      if (written === undefined) {
        const inThisTurn: string[] = [];
        written = inThisTurn;
        transactions.push(inThisTurn);
        setImmediate(() => {
          written = undefined;
        });
      }
      write();
      return new Promise((settled) => void underWay.push(() => settled(true)));
    },
    () => ({ now: failed, later: Promise.resolve(failed) }),
  );
  const settle = async (): Promise<void> => {
    for (const end of underWay.splice(0)) end();
    // What follows begins in the turn in which that is heard, and ends with it.
    await nextTurn();
    await nextTurn();
  };
  const add = (what: string) => commits.add(() => void written!.push(what));
  return { commits, transactions, settle, add };
}

test("who writes lastly chooses at once where nothing is under way, else as the last of the next transaction", async () => {
  const { commits, transactions, settle, add } = slowDisk();
  const known: string[] = [];
  let settled = 0;
  const lastly = (): void => commits.lastly(() => void add(`lastly, after ${known}`).then(() => settled++));
  lastly();
  expect(transactions).toEqual([["lastly, after "]]);
  // Its turn of the event loop lasts: what comes in it goes along, and is known to who writes lastly.
  lastly();
  void add("along");
  known.push("along");
  await nextTurn();
  lastly();
  void add("second");
  await settle();
  expect(transactions).toEqual([
    ["lastly, after ", "along", "lastly, after along"],
    ["second", "lastly, after along"],
  ]);
  lastly();
  await settle();
  // Nothing else waited for that one.
  expect(transactions[2]).toEqual(["lastly, after along"]);
  await settle();
  expect([settled, transactions.length, commits.counts.count]).toEqual([4, 3, 3]);
});

test("a transaction that does not settle counts as it goes on: a disk that hangs is seen", async () => {
  const { commits, settle, add } = slowDisk();
  expect(commits.counts).toEqual({ count: 0, seconds: 0 });
  void add("hangs");
  let { seconds } = commits.counts;
  for (let looks = 0; looks < 3; looks++) {
    const before = seconds;
    while (seconds === before) {
      await nextTurn();
      seconds = commits.counts.seconds;
    }
    expect(seconds).toBeGreaterThan(before);
    expect(commits.counts.count).toBe(0);
  }
  await settle();
  const settled = commits.counts;
  expect(settled.count).toBe(1);
  expect(settled.seconds).toBeGreaterThanOrEqual(seconds);
  await nextTurn();
  expect(commits.counts).toEqual(settled);
});
