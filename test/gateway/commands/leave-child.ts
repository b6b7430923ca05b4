/**
 * Commits, and then leaves. Arguments: folder, how. "in a turn": in the turn in which it has put so much that lmdb's thread has begun;
 * the others at some moment of commits without end; "while it hangs": at SIGUSR2, beside a commit that another process keeps from
 * ending. What it puts after it has left is under a key of its own, for the test to look for.
 */
import { once } from "node:events";
import { Store } from "../../../engine/store/store.js";
import { EXIT } from "../../../gateway/commands/exit-codes.js";
import { leave } from "../../../gateway/commands/leave.js";
import { numberKey } from "../../engine/store/keys.js";

const [, , folder, how] = process.argv;
const opened = Store.open(folder!);
if (!opened.ok) throw new Error(opened.problem.detail);
const store = opened.value;
/** More than lmdb waits for until it begins (batchStartThreshold). */
const PUTS = 3_000;
const value = Buffer.alloc(200);

function commit(): Promise<unknown> {
  return store.commit(() => {
    for (let number = 0; number < PUTS; number++) store.table("journal").put(numberKey(number), value);
  });
}

function go(): void {
  leave(EXIT.fatal);
  void store
    .commit(() => void store.table("meta").put(Buffer.from("after"), value))
    .then(() => process.stdout.write("settled\n"));
}

await commit();
const asked = once(process, "SIGUSR2");
process.stdout.write("begun\n");
if (how === "while it hangs") {
  const alive = setInterval(() => {}, 1_000);
  await asked;
  clearInterval(alive);
  void commit();
  setTimeout(go, 100);
} else if (how === "in a turn") {
  void commit();
  go();
} else {
  const again = async (): Promise<void> => {
    for (;;) await commit();
  };
  void again();
  const run = { "from a microtask": queueMicrotask, "from an immediate": setImmediate }[how!];
  const soon = (): void => (run === undefined ? go() : void run(go));
  setTimeout(
    () => {
      void commit();
      soon();
    },
    20 + Math.random() * 20,
  );
}
