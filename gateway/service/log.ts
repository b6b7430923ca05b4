/** The service's log: JSON lines by pino, on an output that never holds anything up. */
import pino, { type Logger } from "pino";
import { Output } from "./output.js";

/** On stderr, which is the output's alone from here on. */
export function openLog(level: string): { log: Logger; output: Output } {
  let said: string | undefined;
  // In the form of the log, but by itself: it is the output that knows when it can be written.
  const reporter = pino(
    { level },
    {
      write: (line: string) => {
        said = line;
      },
    },
  );
  const output = new Output(2, (lines) => {
    said = undefined;
    reporter.warn({ lines }, "lines of the log could not be written and are lost");
    return said;
  });
  return { log: pino({ level }, output), output };
}
