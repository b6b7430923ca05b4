/**
 * Commits without end, each over three tables and large enough to be caught in the middle, and says a commit's number when
 * it has settled. Arguments: folder, first number.
 */

import { Store } from "../../../engine/store/store.js";
import { numberKey, PARTS } from "./keys.js";

const store = Store.open(process.argv[2]!);
if (!store.ok) throw new Error(store.problem.detail);
const small = Buffer.from("small");
const large = Buffer.alloc(30_000, "large");
for (let number = Number(process.argv[3]); ; number++) {
  const done = await store.value.commit(() => {
    store.value.table("waves").put(numberKey(number), small);
    for (let part = 0; part < PARTS; part++) store.value.table("rosters").put(numberKey(number, part), large);
    store.value.table("journal").put(numberKey(number), small);
  });
  if (!done.ok) throw new Error(done.problem.detail);
  process.stdout.write(`${number}\n`);
}
