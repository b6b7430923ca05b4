/** Commits until one fails, under a limit on the size of files that the test sets, and says how it failed. */

import { Store } from "../../../engine/store/store.js";
import { numberKey } from "./keys.js";

const store = Store.open(process.argv[2]!);
if (!store.ok) throw new Error(store.problem.detail);
for (let number = 0; number < 1_000; number++) {
  const done = await store.value.commit(() =>
    store.value.table("journal").put(numberKey(number), Buffer.alloc(100_000)),
  );
  process.stdout.write(`${number} ${done.ok ? "ok" : `${done.problem.code} ${done.problem.detail}`}\n`);
  if (!done.ok) break;
}
// The store can't be trusted any more, nor closed.
process.exit(0);
