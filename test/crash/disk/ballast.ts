/** Makes a disk full: by whoever runs on it, and by who looks at it from outside. */
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";

const MOST = Buffer.alloc(1_048_576);
const LEAST = MOST.subarray(0, 4_096);

/** Takes all that is free but `leaveBytes` into a file. */
export function fillDisk(file: string, leaveBytes: number): void {
  const ballast = openSync(file, "w");
  let size = 0;
  for (const piece of [MOST, LEAST]) {
    for (let written = piece.length; written === piece.length; size += written) written = tryWrite(ballast, piece);
  }
  ftruncateSync(ballast, Math.max(0, size - leaveBytes));
  closeSync(ballast);
}

function tryWrite(file: number, piece: Buffer): number {
  try {
    return writeSync(file, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return 0;
    throw error;
  }
}
