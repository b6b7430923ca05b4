/**
 * Room on the disk that belongs to the store's file, beyond what LMDB has written of it. Who merely looks how much is free may
 * find it taken by somebody else a moment later; what is allocated is there when it is needed.
 *
 * Node can't allocate, so the command fallocate (util-linux, as flock for the lock) does. What stands in the file stays as it is,
 * and so does its length, so it may run while LMDB writes; holes in the file are filled too. Assumes a file system that
 * overwrites in place (ext4, xfs, tmpfs): where blocks are copied on write, what is allocated is no promise.
 */
import { spawn } from "node:child_process";
import { fail, ok, type Result } from "../../schemas/errors.js";

/** Sees to it that the first so many bytes of the file have their place on the disk. */
export function allocate(file: string, bytes: number): Promise<Result<void>> {
  const child = spawn("fallocate", ["--keep-size", "--length", String(bytes), file], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return new Promise((resolve) => {
    child.once("error", ({ message }) => resolve(unreserved(message, file)));
    child.once("close", (code, signal) => {
      resolve(code === 0 ? ok(undefined) : unreserved(said.trim() || `fallocate ended with ${signal ?? code}`, file));
    });
  });
}

function unreserved(reason: string, file: string): Result<never> {
  return fail("STORE_WRITE_FAILED", `no room on the disk can be kept for the store: ${reason}`, file);
}
