/**
 * Which actions run: their question is with people, or about to be, and they are neither over nor too old. For whoever follows all of
 * them. What is stored is looked through once, in slices, when somebody first asks; from the start on each record that is put is heeded.
 */
import type { ActionStatus } from "../../schemas/words.js";
import { behind, idOf } from "../store/keys/id-key.js";
import { portionOf } from "../store/keys/portion.js";
import type { ActionStore } from "./action-store.js";

const RUNNING: ReadonlySet<ActionStatus> = new Set(["selecting", "sending", "sent", "held"]);

/** Actions that are looked at together. */
const PORTION = 50;
/** Behind all ids. */
const END = Buffer.alloc(17, 0xff);

export class Running {
  /** When each ends by itself, by id. */
  readonly #expiresAtMs = new Map<string, number>();
  /** What was put since the start: newer than what is found. */
  readonly #put = new Set<string>();
  #isLooked = false;
  readonly #records: ActionStore;

  constructor(records: ActionStore) {
    this.#records = records;
    records.onPut.push(({ id, status, expiresAtMs }) => {
      if (!this.#isLooked) this.#put.add(id);
      if (RUNNING.has(status)) this.#expiresAtMs.set(id, expiresAtMs);
      else this.#expiresAtMs.delete(id);
    });
  }

  /** Looks for those of before, unless that was done. Each step is short. */
  *look(nowMs: number): Generator<void> {
    let from: Buffer | undefined;
    while (!this.#isLooked) {
      const keys = portionOf(this.#records.keys(from, END), PORTION);
      for (const key of keys) {
        yield;
        this.#take(idOf(key), nowMs);
      }
      this.#isLooked = keys.length < PORTION;
      from = keys.at(-1) && behind(keys.at(-1)!);
    }
    this.#put.clear();
  }

  #take(id: string, nowMs: number): void {
    const status = this.#records.statusOf(id);
    if (this.#put.has(id) || status === undefined || !RUNNING.has(status)) return;
    const record = this.#records.get(id);
    if (record.ok && record.value.expiresAtMs > nowMs) this.#expiresAtMs.set(id, record.value.expiresAtMs);
  }

  /** Those of now. */
  ids(nowMs: number): string[] {
    for (const [id, expiresAtMs] of this.#expiresAtMs) if (expiresAtMs <= nowMs) this.#expiresAtMs.delete(id);
    return [...this.#expiresAtMs.keys()];
  }
}
