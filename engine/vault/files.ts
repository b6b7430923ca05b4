/** Small files that must be on the disk when the function returns. Throws what the file system does. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { FILE_MODE } from "../store/private.js";

/** Makes the file, for its owner alone; "wx" where one must not be there yet. Its name is durable too. */
export function createDurably(path: string, flags: "w" | "wx", bytes: Uint8Array): void {
  writeTo(path, flags, bytes, 0);
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Writes over what is there. */
export function overwriteDurably(path: string, bytes: Uint8Array, at: number): void {
  writeTo(path, "r+", bytes, at);
}

function writeTo(path: string, flags: string, bytes: Uint8Array, at: number): void {
  const file = openSync(path, flags, FILE_MODE);
  try {
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(file, bytes, written, bytes.length - written, at + written);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
