/**
 * The key encryption key: 32 bytes in a file of its own, outside the data folder, as 64 hexadecimal characters or base64. Who
 * has only the data folder, or a copy of it, has nothing that can be read.
 *
 * Without a file that is named, it is `<data folder>.kek` beside the data folder, made on first use.
 */
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fstatSync, openSync, readSync, realpathSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { VAULT } from "../../schemas/limits.js";
import { KEY_BYTES } from "./box.js";
import { createDurably } from "./files.js";

/** What to say of one that was made. */
export const KEK_MADE =
  "a key encryption key was made; keep a copy elsewhere: without it nobody can read the data folder";

/** It is for the service's user, and perhaps the group that brings it there; for nobody to write but its owner. */
const TOO_OPEN = 0o037;

export function defaultKekFile(folder: string): string {
  return `${resolve(folder)}.kek`;
}

/** The key, or undefined where `file` is not there. KEY_MISSING, or CONFIGURATION_INVALID for a file in the data folder. */
export function readKek(folder: string, file: string): Result<Buffer | undefined> {
  const [inner, outer] = [realPath(file), realPath(folder)];
  if (inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep)) {
    const why = "the key encryption key may not lie in the data folder: who copies one would have both";
    return fail("CONFIGURATION_INVALID", `${why} (${file})`, "SEINPOST_KEK_FILE");
  }
  if (!existsSync(file)) return ok(undefined);
  try {
    return parse(file, readOwn(file));
  } catch (error) {
    return fail("KEY_MISSING", (error as Error).message, file);
  }
}

/** Also of a path whose last parts are not there yet. */
function realPath(path: string): string {
  const whole = resolve(path);
  if (existsSync(whole) || dirname(whole) === whole) return realpathSync(whole);
  return join(realPath(dirname(whole)), basename(whole));
}

/** Throws when it can't be read, or when others may. */
function readOwn(path: string): string {
  const file = openSync(path, "r");
  try {
    const mode = fstatSync(file).mode & 0o777;
    if ((mode & TOO_OPEN) !== 0) {
      throw new Error(`others may read or change it (mode ${mode.toString(8)}); let it be its owner's: chmod 600`);
    }
    const bytes = Buffer.alloc(VAULT.kekFileBytes);
    return bytes.toString("latin1", 0, readSync(file, bytes)).trim();
  } finally {
    closeSync(file);
  }
}

function parse(file: string, text: string): Result<Buffer> {
  if (/^[0-9a-f]{64}$/i.test(text)) return ok(Buffer.from(text, "hex"));
  const bytes = Buffer.from(text, "base64");
  if (/^[\w+/-]{43}=?$/.test(text) && bytes.length === KEY_BYTES) return ok(bytes);
  return fail("KEY_MISSING", "it must hold 32 bytes as 64 hexadecimal characters, or as base64", file);
}

/** What is left where the making of one was cut off: an empty file, which never was a key. */
export function removeEmptyKek(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.size === 0) rmSync(file, { force: true });
}

/** A new one, in a file that must not be there yet; durable when it returns. */
export function makeKek(file: string): Result<Buffer> {
  const kek = randomBytes(KEY_BYTES);
  try {
    createDurably(file, "wx", Buffer.from(`${kek.toString("hex")}\n`));
    return ok(kek);
  } catch (error) {
    return fail("KEY_MISSING", `a key encryption key can't be made: ${(error as Error).message}`, file);
  }
}
