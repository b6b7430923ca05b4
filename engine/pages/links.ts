/**
 * The name of an action's page, which stands in its link: one for an action, and none of a person, so that nothing that comes in by it
 * says who sent it. 64 random bits that are kept: a signature over the action's id would have to be sent with it, in 35 characters of an
 * SMS instead of 11, and would say no more than that the name is there. How long it counts is the action's to say.
 *
 * Table `links`: name to action id, and action id to name.
 */
import { randomBytes } from "node:crypto";
import { ok, type Result } from "../../schemas/errors.js";
import { PAGES } from "../../schemas/limits.js";
import { idBytes, idOf, madeAtMs } from "../store/keys/id-key.js";
import type { Store, Table } from "../store/store.js";
import { linkBytes, linkName } from "./link-name.js";

export class Links {
  readonly #store: Store;
  readonly #table: Table;

  constructor(store: Store) {
    this.#store = store;
    this.#table = store.table("links");
  }

  /** The same each time. */
  async of(actionId: string): Promise<Result<string>> {
    const known = this.#table.get(idBytes(actionId));
    if (!known.ok) return known;
    if (known.value) return ok(linkName(known.value));
    const name = randomBytes(PAGES.linkBytes);
    const committed = await this.#store.commit(() => {
      void this.#table.put(name, idBytes(actionId));
      void this.#table.put(idBytes(actionId), name);
    });
    return committed.ok ? this.of(actionId) : committed;
  }

  /** "" where no action has a page of this name. */
  actionOf(link: string): string {
    const name = linkBytes(link);
    const found = name ? this.#table.get(name) : undefined;
    return found?.ok && found.value?.length === 16 ? idOf(found.value) : "";
  }

  /** Keys of those of actions that were created before this time, of `limit` actions at most. */
  before(timeMs: number, limit: number): Buffer[] {
    const old: Buffer[] = [];
    // Ids of actions begin with their time, and 16 bytes; what has 8 is the other way round.
    for (const { key, value } of this.#table.range()) {
      if (key.length !== 16 || !value.ok) continue;
      if (old.length >= 2 * limit || madeAtMs(key) >= timeMs) break;
      old.push(key, value.value);
    }
    return old;
  }
}
