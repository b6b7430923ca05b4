/**
 * Hands over a commit that finds no room, under a limit on the size of files that the test sets, and until that is known others
 * that need none; and says of each what became of it.
 */
import { setImmediate } from "node:timers/promises";
import { Store } from "../../../engine/store/store.js";
import { numberKey } from "./keys.js";

process.on("unhandledRejection", () => undefined);
const store = Store.open(process.argv[2]!);
if (!store.ok) throw new Error(store.problem.detail);
const table = store.value.table("journal");
const put = (number: number, bytes: number) =>
  store.value.commit(() => void table.put(numberKey(number), Buffer.alloc(bytes)));
for (let number = 0; number < 50; number++) await put(number % 5, 100);
let isSettled = false;
const large = put(100, 50_000_000).then((done) => {
  isSettled = true;
  return done;
});
const small: ReturnType<typeof put>[] = [];
// Some of them are of the same transaction, some come too late.
while (!isSettled) {
  await setImmediate();
  small.push(put(0, 100));
}
for (const done of await Promise.all([large, ...small]))
  process.stdout.write(`${done.ok ? "ok" : done.problem.code}\n`);
process.exit(0);
