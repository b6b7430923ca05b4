/** What stood in the messages that the carrier simulator took last, for tests that have to read it, as a citizen would. */
import type { Submit } from "./wire.js";

export interface KeptText {
  readonly number: number;
  /** The bytes of short_message, one character each: what is read so is the alphabet that GSM 03.38 shares with ASCII. */
  readonly text: string;
}

export class KeptTexts {
  /** Oldest first. */
  readonly kept: KeptText[] = [];

  keep(bytes: Buffer, { number, textAt, textEnd }: Submit, most: number): void {
    this.kept.push({ number, text: bytes.toString("latin1", textAt, textEnd) });
    if (this.kept.length > most) this.kept.shift();
  }

  clear(): void {
    this.kept.length = 0;
  }
}
