/** What a target of fuzzing is. Add one in targets/, and its line in registry.ts. */
import type { Random } from "./drawn/random.js";

export interface Target {
  readonly name: string;
  /** Makes one case; the bytes are valid until the next one is made. */
  make(random: Random): Uint8Array;
  /** Throws when something that must hold for any bytes does not. The bytes are the case, whole and alone. */
  check(bytes: Uint8Array): void;
}

/** Like an assert, but with what was compared; `what` says what must hold. */
export function same(what: string, seen: unknown, expected: unknown): void {
  if (Object.is(seen, expected)) return;
  throw new Error(`${what}: ${String(seen)} where ${String(expected)} was expected`);
}

export function holds(what: string, condition: boolean): asserts condition {
  if (!condition) throw new Error(what);
}
