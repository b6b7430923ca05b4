/**
 * Starts a process for each file that somebody sent and hears what it makes of it. A file may be made to harm whoever reads it, so
 * that process has nothing: no environment but where programs are found, no open file, a bounded amount of memory (RLIMIT_DATA), of a
 * processor's time and of the clock's, the lowest priority; and it ends with the file.
 *
 * Assumes sh and its ulimit, and nice. Promises an answer whatever becomes of the process: MEDIA_TOO_LARGE where it was ended by one of
 * its bounds, MEDIA_DAMAGED where it gives none; PROCESS_FAILED alone is no word on the file.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { MEDIA } from "../../schemas/limits.js";
import { readAnswer } from "./answer.js";
import type { CleanJob } from "./child/words.js";
import type { Found } from "./media-record.js";

const ENTRY = fileURLToPath(new URL("./child/clean.js", import.meta.url));
const BOUNDED = `ulimit -c 0 && ulimit -d ${MEDIA.cleanerDataKilobytes} && ulimit -t ${MEDIA.cleanerCpuSeconds} && exec nice -n 19 "$@"`;
/** Its own heap is small: what is large lies outside of it. */
const NODE = ["--max-old-space-size=64", "--max-semi-space-size=2"];

export interface Cleaned {
  readonly found: Found;
  readonly sha256: string;
  readonly bytes: Buffer;
}

/** A file that was refused, with what its SHA-256 is where that is known. */
export type Cleaning = Result<Cleaned> & { readonly sha256?: string };

/** `file`: the file, chunk by chunk, as far as it can be read. `signal` ends the process. */
export async function clean(
  job: CleanJob,
  file: AsyncIterable<Result<Buffer>>,
  signal: AbortSignal,
): Promise<Cleaning> {
  const command = ["-c", BOUNDED, "sh", process.execPath, ...NODE, ENTRY, JSON.stringify(job)];
  const environment = { PATH: process.env.PATH ?? "", NODE_ENV: "production" };
  // A group of its own, so that what it starts ends with it.
  const child = spawn("sh", command, { stdio: ["pipe", "pipe", "ignore"], env: environment, detached: true, cwd: "/" });
  const end = (): void => endGroup(child);
  const timer = setTimeout(end, MEDIA.cleanerMs);
  signal.addEventListener("abort", end);
  try {
    const heard = hear(child, end);
    const fed = await feed(child, file);
    if (!fed.ok) end();
    const cleaning = await heard;
    return fed.ok ? cleaning : fed;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    end();
  }
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // All of it has ended already.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Gives the process the file as fast as it takes it. STORE_CORRUPT where the file can't be read to its end. */
async function feed({ stdin }: ChildProcess, file: AsyncIterable<Result<Buffer>>): Promise<Result<void>> {
  let isOpen = true;
  // It may end before it has all of it: what became of it is heard elsewhere.
  stdin!.on("error", () => {});
  const over = new Promise<void>((resolve) => stdin!.once("close", resolve)).then(() => {
    isOpen = false;
  });
  for await (const chunk of file) {
    if (!chunk.ok) return chunk;
    if (!isOpen) return ok(undefined);
    if (!stdin!.write(chunk.value)) await Promise.race([over, new Promise((resolve) => stdin!.once("drain", resolve))]);
  }
  stdin!.end();
  return ok(undefined);
}

function hear(child: ChildProcess, end: () => void): Promise<Cleaning> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout!.on("data", (chunk: Buffer) => {
    bytes += chunk.byteLength;
    chunks.push(chunk);
    if (bytes > MEDIA.cleanedBytes) end();
  });
  return new Promise((resolve) => {
    child.once("error", ({ message }) => resolve(fail("PROCESS_FAILED", message)));
    child.once("close", (code, signal) => resolve(said(Buffer.concat(chunks), code, signal)));
  });
}

function said(output: Buffer, code: number | null, signal: NodeJS.Signals | null): Cleaning {
  const line = output.indexOf("\n");
  if (code !== 0 || line < 0) {
    const detail = `the process that read it ended with ${signal ?? code}`;
    return fail(signal === null && code === 1 ? "MEDIA_DAMAGED" : "MEDIA_TOO_LARGE", detail);
  }
  const answer = readAnswer(output.subarray(0, line).toString());
  if (answer === undefined) return fail("MEDIA_DAMAGED", "the process that read it says what it may not");
  if ("refused" in answer)
    return { ...fail(answer.refused, "the process that read it says so"), sha256: answer.sha256 };
  return ok({ ...answer, bytes: output.subarray(line + 1) });
}
