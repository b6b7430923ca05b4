/**
 * The cases that were found, and are kept: corpus/*.hex, each with its target, a line on what it was, and its bytes. They are
 * replayed in `npm test` for ever.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Kept {
  readonly file: string;
  readonly target: string;
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** Read from the sources; the build copies no files. */
const FOLDER = fileURLToPath(new URL("../../../test/fuzz/corpus/", import.meta.url));

export function readCorpus(): Kept[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".hex"))
    .sort()
    .map((file) => {
      const [target, what, ...hex] = readFileSync(`${FOLDER}${file}`, "utf8").split("\n");
      return {
        file,
        target: target!.replace(/^# target: /, ""),
        what: what!.replace(/^# /, ""),
        bytes: Uint8Array.from(Buffer.from(hex.join("").replace(/\s/g, ""), "hex")),
      };
    });
}
