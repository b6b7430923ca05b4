/**
 * When silence may be judged. A thread that was held up finds its timers overdue and, in the kernel, what the other side has said in the
 * meantime; Node.js runs the timers first, then reads sockets, then runs immediates (its guide to the event loop). Whoever judged in
 * the timer would take its own absence for that of the other side.
 *
 * Promises that what had come when the timer ran was read before `judge` runs, and that `judge` gets the moment at which the timer
 * ran: whatever has come since is later than that. One turn reads as much of a connection as is in the kernel: libuv reads 32 buffers
 * of SMPP.bufferBytes, and a socket's own buffer is smaller.
 */
export function afterReading(judge: (nowMs: number) => void): void {
  const nowMs = performance.now();
  setImmediate(() => judge(nowMs));
}
