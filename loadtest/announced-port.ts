/**
 * The port at which a service that was started listens, from what it announces (gateway/commands/start.ts).
 *
 * Who starts a service to ask it something has it take any free port (SEINPOST_PORT=0) and reads here which. A port that was free a moment
 * ago may be another's by now, and a service is much like any other: one that several tests give the same key answers for the one
 * that could not start.
 */
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

const ANNOUNCED = /^ {2}API +http:\/\/\S+:(\d+)\/v1/;

/** Undefined where it ends before it says so. Reads on, so that the service is never held up by what nobody reads. */
export function announcedPort(service: ChildProcess): Promise<number | undefined> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: service.stdout! });
    lines.on("line", (line) => {
      const port = ANNOUNCED.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    lines.once("close", () => resolve(undefined));
  });
}
