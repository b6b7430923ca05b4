/** What commands share about the key encryption key: the option that names its file, and the line that says one was made. */
import { Option } from "commander";
import { KEK_MADE } from "../../engine/vault/kek.js";

export interface KekOption {
  readonly kekFile?: string;
}

export function kekOption(): Option {
  return new Option("--kek-file <file>", "key encryption key (default: the data folder's name and .kek)").env(
    "SEINPOST_KEK_FILE",
  );
}

export function sayKekMade(file: string): void {
  process.stderr.write(`seinpost: ${KEK_MADE} (${file})\n`);
}
