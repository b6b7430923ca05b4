/**
 * Preloaded (node --import) into the process of the service and all its threads: sets their wall clock by as many milliseconds
 * as the file says that SEINPOST_TEST_CLOCK names, now and whenever it changes. The monotonic clock goes on as it does. The file beside
 * it, with `.seen` behind its name, says what the main thread goes by.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const EVERY_MS = 5;
const file = process.env.SEINPOST_TEST_CLOCK!;
const RealDate = Date;
let setMs = read(0);
tell();
setInterval(() => {
  const before = setMs;
  setMs = read(setMs);
  if (setMs !== before) tell();
}, EVERY_MS).unref();

function tell(): void {
  if (isMainThread) writeFileSync(`${file}.seen`, String(setMs));
}

/** Only what asks for the present is answered otherwise. */
globalThis.Date = new Proxy(RealDate, {
  construct: (target, parts) => Reflect.construct(target, parts.length === 0 ? [RealDate.now() + setMs] : parts),
  get: (target, name) => (name === "now" ? () => RealDate.now() + setMs : Reflect.get(target, name)),
});

/** What is being written may be read as nothing. */
function read(otherwise: number): number {
  const text = readFileSync(file, "utf8");
  return text === "" ? otherwise : Number(text);
}
