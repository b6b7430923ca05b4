/** Ids by what they have in common, in the order in which they came. */
export class Groups<Key> {
  readonly #ids = new Map<Key, Set<string>>();

  of(key: Key): string[] {
    return [...(this.#ids.get(key) ?? [])];
  }

  add(key: Key, id: string): void {
    this.#ids.set(key, (this.#ids.get(key) ?? new Set()).add(id));
  }

  remove(key: Key, id: string): void {
    const ids = this.#ids.get(key);
    ids?.delete(id);
    if (ids?.size === 0) this.#ids.delete(key);
  }
}
