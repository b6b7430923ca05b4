/** What the ledger of a service on a full disk says, held against the carriers' own logs and against how its process ended. */
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { expect } from "vitest";
import { DISPATCH } from "../../../schemas/limits.js";
import type { UnknownPolicy } from "../../../schemas/words.js";
import { acceptedBy, tagOf } from "../../service/whole.js";
import { readLedger } from "../ledger.js";
import type { End } from "../supervised.js";
import { expectIntents, expectShown } from "../verdict.js";
import type { DiskBench } from "./disk-bench.js";

const EXIT_FATAL = 70;
const EXIT_NOT_NOW = 75;

export class Accounts {
  readonly #policies = new Map<string, UnknownPolicy>();
  /** The store as the first process left it that ended while the disk was full, and when that was. */
  #left: { readonly folder: string; readonly atMs: number } | undefined;
  #isFull = false;
  #arrivedLater = 0;
  #twice = 0;
  #unknown = 0;
  #mostCopies = 0;
  readonly #bench: DiskBench;
  readonly #hasRoom: boolean;

  constructor(bench: DiskBench, hasRoom: boolean) {
    this.#bench = bench;
    this.#hasRoom = hasRoom;
    bench.onEnd(() => {
      if (this.#isFull && !hasRoom) this.#left ??= { folder: bench.copyStore(), atMs: Date.now() };
    });
  }

  note(text: string, onUnknown: UnknownPolicy): void {
    this.#policies.set(text, onUnknown);
  }

  full(): void {
    this.#isFull = true;
  }

  /** What arrived since a process ended on the full disk was granted before it did: none that started on it granted anything. */
  async beforeRoom(): Promise<void> {
    const left = this.#left;
    this.#isFull = false;
    this.#left = undefined;
    if (left === undefined) return;
    const logs = this.#logs();
    for (const log of logs) this.#arrivedLater += log.arrivedAtMs.filter((atMs) => atMs > left.atMs).length;
    const { waves } = await readLedger(left.folder, this.#bench.whole.numbers);
    for (const wave of waves) expectIntents(wave, acceptedBy(logs, tagOf(wave.stored.texts[0]!)));
    rmSync(dirname(left.folder), { recursive: true });
  }

  /** Stops the service, and judges the whole. */
  async settle(): Promise<void> {
    const { service, whole } = this.#bench;
    const last = await service.stop();
    expect([last.code, last.signal]).toEqual([0, null]);
    for (const end of service.ends.slice(0, -1)) this.#judgeEnd(end);
    const logs = this.#logs();
    const { waves } = await readLedger(this.#bench.copyStore(), whole.numbers);
    expect(waves.length, "each request made one wave").toBe(this.#policies.size);
    for (const wave of waves) {
      const [text = ""] = wave.stored.texts;
      const accepted = acceptedBy(logs, tagOf(text));
      expectIntents(wave, accepted);
      this.#twice += expectShown(wave, accepted);
      const most = Math.max(0, ...accepted.values());
      const may = this.#policies.get(text) === "hold" ? 1 : DISPATCH.copies;
      expect(most, `copies of "${text}"`).toBeLessThanOrEqual(may);
      this.#mostCopies = Math.max(this.#mostCopies, most);
      this.#unknown += wave.numbers.filter((number) => !accepted.has(number)).length;
    }
  }

  /** Whoever ended by itself said why. With room of its own nothing ends it. */
  #judgeEnd({ code, signal, said, isOurs }: End): void {
    if (isOurs) return;
    const how = `ended with ${signal ?? code}: ${said}`;
    expect(this.#hasRoom, how).toBe(false);
    // A write without room may spoil the heap (engine/store/store.ts).
    if (signal === "SIGABRT") expect(said ?? "No space left").toContain("No space left");
    else expect([EXIT_FATAL, EXIT_NOT_NOW], how).toContain(code);
    if (said !== undefined && signal === null) expect(said).toContain("DISK_FULL");
  }

  #logs() {
    return this.#bench.whole.carriers.map((carrier) => carrier.log());
  }

  report(): string {
    const ends = new Map<string, number>();
    for (const { code, signal, isOurs } of this.#bench.service.ends.slice(0, -1)) {
      const how = isOurs ? "killed" : String(signal ?? code);
      ends.set(how, (ends.get(how) ?? 0) + 1);
    }
    const all = [...ends].map(([how, times]) => `${how}: ${times}`).join(", ");
    const later = `; ${this.#arrivedLater} arrived after a process had ended on the full disk, each of them granted before`;
    return `ends of the process: ${all || "none"}; 0 lost, 0 unflagged; ${this.#twice} messages came twice, at most ${this.#mostCopies} copies, ${this.#unknown} not sent and shown as unknown${this.#hasRoom ? "" : later}`;
  }
}
