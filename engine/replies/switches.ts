/**
 * Switches SMS of participants off and on: in the shared columns at once, so that the next selection and what is not sent yet
 * know, and in the registry's blocks with the ledger's next commit. Whoever sent the word is answered after that commit.
 *
 * Runs on the main thread, which alone writes these columns once the registry is loaded. In a number only the sign changes, so
 * that no reader ever sees half of one.
 */
import { fail, ok, type Result } from "../../schemas/errors.js";
import { REGISTRY } from "../../schemas/limits.js";
import { switchedOffBit } from "../../schemas/words.js";
import { blockBuilder, blockRows, decodeBlock, encodeBlock } from "../registry/block.js";
import type { ParticipantColumns } from "../registry/columns.js";
import { blockKey } from "../registry/record.js";
import type { Store } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import type { Switch } from "./keywords.js";

const SMS_OFF = switchedOffBit("sms");

export class Switches {
  readonly #status: Uint8Array;
  readonly #numbers: Float64Array;
  readonly #rows = blockRows();
  readonly #builder = blockBuilder();
  /** Blocks as they will be after the next commit, not sealed yet. */
  readonly #changed = new Map<number, Uint8Array>();

  constructor(
    private readonly store: Store,
    private readonly vault: Vault,
    private readonly registry: number,
    columns: ParticipantColumns,
  ) {
    this.#status = new Uint8Array(columns.status);
    this.#numbers = new Float64Array(columns.numbers);
  }

  get hasWork(): boolean {
    return this.#changed.size > 0;
  }

  /** How many of these were not so already; STORE_CORRUPT if a block can't be read any more. */
  set(participants: readonly number[], to: Switch): Result<number> {
    let changed = 0;
    for (const participant of participants) {
      const isOff = (this.#status[participant]! & SMS_OFF) !== 0;
      if (isOff === (to === "off")) continue;
      const written = this.#rewrite(participant, this.#status[participant]! ^ SMS_OFF);
      if (!written.ok) return written;
      this.#status[participant]! ^= SMS_OFF;
      this.#numbers[participant] = -this.#numbers[participant]!;
      changed++;
    }
    return ok(changed);
  }

  /** Puts into the running commit. */
  write(): void {
    const table = this.store.table("participants");
    for (const [block, bytes] of this.#changed) {
      void table.put(blockKey(this.registry, block), this.vault.sealBlock(this.registry, block, bytes));
    }
    this.#changed.clear();
  }

  /** The block with this status in it. A field of its default value has no byte to overwrite, so all is encoded anew. */
  #rewrite(participant: number, status: number): Result<void> {
    const block = Math.floor(participant / REGISTRY.participantsPerBlock);
    const first = block * REGISTRY.participantsPerBlock;
    const changed = this.#changed.get(block);
    const read = changed ? ok(changed) : this.#read(block);
    if (!read.ok) return read;
    const counts = decodeBlock(read.value, this.#rows, 0, 0, first);
    this.#rows.participantCount = counts.participants;
    this.#rows.locationCount = counts.locations;
    this.#rows.status[participant - first] = status;
    this.#changed.set(block, encodeBlock(this.#builder, this.#rows, first).slice());
    return ok(undefined);
  }

  #read(block: number): Result<Buffer> {
    const stored = this.store.table("participants").get(blockKey(this.registry, block));
    if (!stored.ok) return stored;
    if (stored.value === undefined) return fail("STORE_CORRUPT", `block ${block} of the registry is missing`);
    return this.vault.openBlock(this.registry, block, stored.value);
  }
}
