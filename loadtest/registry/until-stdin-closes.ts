/**
 * A thread that ends its process when standard input closes, because whoever started it is gone. At once and as a crash would:
 * the thread that works is busy for tenths of a second at a time, while the folder that it has is wanted by the next; and
 * process.exit joins lmdb's thread, which in the middle of a transaction may wait for the thread that exits, for ever.
 */
import { Socket } from "node:net";

new Socket({ fd: 0, readable: true, writable: false }).once("error", leave).once("end", leave).resume();

function leave(): void {
  process.kill(process.pid, "SIGKILL");
}
