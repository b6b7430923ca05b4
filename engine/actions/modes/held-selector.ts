/**
 * A selection for an exercise or a test finds those of its test group alone whom a selection for a real action would find: the one place
 * where a roster is held to the group, so that no wave of such an action, of whatever kind, is for anybody else. Counts are of everybody.
 */
import type { Result } from "../../../schemas/errors.js";
import type { Precedence } from "../../../schemas/words.js";
import type { Roster, SelectionCounts, Selector } from "../../selection/selector.js";
import type { AskedQuery } from "../query.js";
import { heldTo, type TestGroups } from "./groups.js";

export class HeldSelector implements Selector {
  readonly #selector: Selector;
  readonly #groups: TestGroups;

  constructor(selector: Selector, groups: TestGroups) {
    this.#selector = selector;
    this.#groups = groups;
  }

  /** TEST_GROUP_UNKNOWN where there is no such group any more, and as the selector that this stands before. */
  async select({ held, ...query }: AskedQuery, precedence?: Precedence): Promise<Result<Roster>> {
    const roster = await this.#selector.select(query, precedence);
    return roster.ok && held !== undefined ? heldTo(held, roster.value, this.#groups) : roster;
  }

  count({ held: _, ...query }: AskedQuery, signal?: AbortSignal): Promise<Result<SelectionCounts>> {
    return this.#selector.count(query, signal);
  }

  close(): Promise<void> {
    return this.#selector.close();
  }
}
