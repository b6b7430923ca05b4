/** Whoever would be asked in an area: those who are selected there, without those who would be left out of a wave. */
import { ok } from "../../../schemas/errors.js";
import type { Precedence } from "../../../schemas/words.js";
import type { Selector } from "../../selection/selector.js";
import type { Asking } from "../fatigue/asking.js";
import { queryOf } from "../query.js";
import type { SelectNew } from "./nearest.js";

export interface AskableParts {
  readonly selector: Pick<Selector, "select">;
  readonly asking: Pick<Asking, "askable">;
  now(): number;
}

type Asked = Omit<Parameters<typeof queryOf>[0], "area"> & Parameters<Asking["askable"]>[1];

export function askableIn({ selector, asking, now }: AskableParts, asked: Asked, turn?: Precedence): SelectNew {
  return async (area) => {
    const found = await selector.select(queryOf({ ...asked, area }, now()), turn);
    return found.ok ? ok(await asking.askable(found.value, asked)) : found;
  };
}
