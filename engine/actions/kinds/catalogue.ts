/**
 * The catalogue of kinds: the entries that ship with the program, an organisation's own file over them, and their messages, ready to
 * be filled in. Promises that whatever it has can be used: a mistake in a file is CONFIGURATION_INVALID with the entry and a JSON
 * pointer into the file, and then there is no catalogue.
 */
import type { z } from "zod";
import { fail, ok, type Problem, type Result } from "../../../schemas/errors.js";
import { type Kind, Kind as KindShape, KindsFile, OwnKindsFile } from "../../../schemas/kinds/kinds-file.js";
import { parseJson, pointer } from "../../files/json-text.js";
import { type ReadyKind, readyKind } from "./ready-kind.js";

/** What all kinds have in common. */
export type Common = Omit<KindsFile, "kinds">;

export class Catalogue {
  readonly common: Common;
  readonly #kinds: ReadonlyMap<string, ReadyKind>;

  constructor(common: Common, kinds: ReadonlyMap<string, ReadyKind>) {
    this.common = common;
    this.#kinds = kinds;
  }

  get kinds(): Kind[] {
    return [...this.#kinds.values()].map(({ kind }) => kind);
  }

  /** KIND_UNKNOWN. */
  get(id: string): Result<ReadyKind> {
    const found = this.#kinds.get(id);
    return found
      ? ok(found)
      : fail("KIND_UNKNOWN", `there is no kind "${id}"; GET /v1/kinds has those that there are`, "/kind");
  }
}

/** `shipped` and `own` are the texts of the files; without the second it is the first alone. */
export function readCatalogue(shipped: string, own?: string): Result<Catalogue> {
  const base = checked(KindsFile, shipped);
  if (!base.ok || own === undefined) return base.ok ? put(base.value, [...base.value.kinds.keys()]) : base;
  const over = checked(OwnKindsFile, own);
  if (!over.ok) return over;
  const merged = mergedKinds(base.value.kinds, over.value.kinds ?? []);
  if (!merged.ok) return merged;
  const places = new Map((over.value.kinds ?? []).map(({ id }, at) => [id, at]));
  const kinds = merged.value;
  const said = Object.entries(over.value).filter(([, value]) => value !== undefined);
  return put(
    { ...base.value, ...(Object.fromEntries(said) as Partial<Common>), kinds },
    kinds.map(({ id }) => places.get(id) ?? id),
  );
}

function checked<S extends z.ZodType>(shape: S, text: string): Result<z.infer<S>> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const parsed = shape.safeParse(json.value);
  return parsed.success ? ok(parsed.data) : wrong(parsed.error, "", namesIn(json.value));
}

/** The entries of a file by their place, as far as it has them. */
function namesIn(json: unknown): readonly unknown[] {
  const { kinds } = (json ?? {}) as { kinds?: unknown };
  return Array.isArray(kinds) ? kinds.map((entry) => (entry as { id?: unknown } | null)?.id) : [];
}

/** `names`: of the entries, where the paths begin at the file and not in one entry. */
function wrong(error: z.ZodError, place: string, names: readonly unknown[], who = ""): Result<never> {
  const mistakes = error.issues.map(({ path, message }) => {
    const entry = path[0] === "kinds" && typeof path[1] === "number" ? `kind "${names[path[1]]}": ` : who;
    return `${entry}${place}${pointer(path)}: ${message}`;
  });
  return fail("CONFIGURATION_INVALID", mistakes.join("; "), `${place}${pointer(error.issues[0]?.path ?? [])}`);
}

/** An entry of a known id says what it has otherwise. */
function mergedKinds(shipped: readonly Kind[], own: readonly { readonly id: string }[]): Result<Kind[]> {
  const kinds = new Map(shipped.map((kind) => [kind.id, kind]));
  const seen = new Set<string>();
  for (const [at, entry] of own.entries()) {
    const place = `/kinds/${at}`;
    if (seen.has(entry.id))
      return fail("CONFIGURATION_INVALID", `kind "${entry.id}": it is there twice`, `${place}/id`);
    seen.add(entry.id);
    const parsed = KindShape.safeParse({ ...kinds.get(entry.id), ...entry });
    if (!parsed.success) return wrong(parsed.error, place, [], `kind "${entry.id}": `);
    kinds.set(entry.id, parsed.data);
  }
  return ok([...kinds.values()]);
}

/** `places`: of each entry where it stands in the file; the id of one that ships. */
function put(file: KindsFile, places: readonly (number | string)[]): Result<Catalogue> {
  const { kinds, ...common } = file;
  const ready = new Map<string, ReadyKind>();
  for (const [at, kind] of kinds.entries()) {
    const place = `/kinds/${places[at]}`;
    if (ready.has(kind.id)) return fail("CONFIGURATION_INVALID", `kind "${kind.id}": it is there twice`, `${place}/id`);
    const made = readyKind(kind, common, place);
    if (!made.ok) return named(made, kind.id);
    ready.set(kind.id, made.value);
  }
  return ok(new Catalogue(common, ready));
}

function named({ problem }: { readonly problem: Problem }, id: string): Result<never> {
  return fail("CONFIGURATION_INVALID", `kind "${id}": ${problem.field}: ${problem.detail}`, problem.field);
}
