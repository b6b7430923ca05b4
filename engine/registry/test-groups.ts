/**
 * Test groups: named lists of participants who have agreed to get exercises and tests. They are few and small, so all are in memory, and
 * each is one record: its name, and the numbers of its members in the registry of that generation. Those of another registry would be
 * other people, and are forgotten at the start; a record that is damaged is no group.
 *
 * Whoever is erased is none any more from the next round on (`tidy`); their number is nobody else's ever.
 */
import { fail, ok, type Result } from "../../schemas/errors.js";
import { TEST_GROUPS } from "../../schemas/limits.js";
import type { Store, Table } from "../store/store.js";

interface Stored {
  readonly version: 1;
  readonly registry: number;
  readonly participants: readonly number[];
}

export class TestGroups {
  /** Keys of groups of another registry. */
  #foreign: Buffer[] = [];
  readonly #groups = new Map<string, ReadonlySet<number>>();
  readonly #store: Store;
  readonly #table: Table;
  /** Generation of the loaded registry. */
  readonly #registry: number;
  readonly #isRegistered: (participant: number) => boolean;

  constructor(store: Store, registry: number, isRegistered: (participant: number) => boolean) {
    this.#store = store;
    this.#table = store.table("testGroups");
    this.#registry = registry;
    this.#isRegistered = isRegistered;
    for (const { key, value } of this.#table.range()) {
      const group = value.ok ? (JSON.parse(value.value.toString()) as Stored) : undefined;
      if (group?.version === 1 && group.registry === registry) {
        this.#groups.set(key.toString(), new Set(group.participants));
      } else if (group) this.#foreign.push(key);
    }
  }

  /** Undefined where there is no such group. */
  members(name: string): ReadonlySet<number> | undefined {
    return this.#groups.get(name);
  }

  /** In the order of their names. */
  all(): { readonly name: string; readonly members: number }[] {
    const all = [...this.#groups].map(([name, members]) => ({ name, members: members.size }));
    return all.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Makes the group these. NOT_FOUND where one of them is nobody; TOO_MANY_TEST_GROUPS. */
  put(name: string, participants: readonly number[]): Promise<Result<void>> {
    const stranger = participants.findIndex((participant) => !this.#isRegistered(participant));
    if (stranger >= 0) {
      return Promise.resolve(fail("NOT_FOUND", "Nobody has this number", `/participants/${stranger}`));
    }
    if (!this.#groups.has(name) && this.#groups.size >= TEST_GROUPS.count) {
      return Promise.resolve(fail("TOO_MANY_TEST_GROUPS", `At most ${TEST_GROUPS.count}`));
    }
    this.#groups.set(name, new Set(participants));
    return this.#write(name);
  }

  /** NOT_FOUND. */
  remove(name: string): Promise<Result<void>> {
    if (!this.#groups.delete(name)) return Promise.resolve(fail("NOT_FOUND", "There is no such group"));
    return this.#store.commit(() => void this.#table.remove(Buffer.from(name)));
  }

  /** To be called about once a second: lets go of those who are not registered any more, and of groups of another registry. */
  async tidy(): Promise<Result<void>> {
    const foreign = this.#foreign.filter((key) => !this.#groups.has(key.toString()));
    this.#foreign = [];
    if (foreign.length > 0) {
      const gone = await this.#store.commit(() => {
        for (const key of foreign) void this.#table.remove(key);
      });
      if (!gone.ok) return gone;
    }
    for (const [name, members] of this.#groups) {
      const left = [...members].filter((participant) => this.#isRegistered(participant));
      if (left.length === members.size) continue;
      this.#groups.set(name, new Set(left));
      const written = await this.#write(name);
      if (!written.ok) return written;
    }
    return ok(undefined);
  }

  #write(name: string): Promise<Result<void>> {
    const group: Stored = { version: 1, registry: this.#registry, participants: [...(this.members(name) ?? [])] };
    return this.#store.commit(() => void this.#table.put(Buffer.from(name), Buffer.from(JSON.stringify(group))));
  }
}
