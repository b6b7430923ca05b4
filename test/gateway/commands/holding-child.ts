/** Holds lmdb's lock on writes of a store, as a disk that hangs would, until it is killed. Arguments: folder. */
import { join } from "node:path";
import { open } from "lmdb";
import { STORE_FILE } from "../../../engine/store/folder.js";

const environment = open({ path: join(process.argv[2]!, STORE_FILE) });
environment.transactionSync(() => {
  process.stdout.write("held\n");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
