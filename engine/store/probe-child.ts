/** The child of probe.ts: reads what it promises to read, says on stdout what an error says, and exits 0 or 1. */

import { Store, type Table } from "./store.js";

/** Tables that a start reads whole. */
const READ_WHOLE: readonly string[] = ["meta", "participants"];

function touch(table: Table, whole: boolean): void {
  table.count();
  for (const reverse of [false, true]) {
    for (const _ of table.range(undefined, undefined, reverse)) if (!whole || reverse) break;
  }
}

const store = Store.open(process.argv[2]!, { readOnly: true });
if (!store.ok) {
  process.stdout.write(store.problem.detail);
  process.exitCode = 1;
} else {
  try {
    for (const name of store.value.names) touch(store.value.table(name), READ_WHOLE.includes(name));
  } catch (error) {
    process.stdout.write((error as Error).message);
    process.exitCode = 1;
  }
}
