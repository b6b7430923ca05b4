/**
 * Runs cases of one target and finds the smallest that fails. Assumes that whoever started it watches `progress`: a case
 * that hangs can't be ended from within.
 */
import { Random } from "./drawn/random.js";
import type { Target } from "./target.js";

/** Attempts to make a failing case smaller; each is one check. */
const SHRINKS_MAX = 5_000;

export interface Failure {
  readonly number: number;
  readonly error: string;
  readonly bytes: Uint8Array;
}

/** Runs the cases from `first` on; tells `progress` the number of the one that it begins. Stops at the first that fails. */
export function run(
  target: Target,
  seed: number,
  first: number,
  count: number,
  progress: (number: number) => void,
): Failure | null {
  const random = new Random();
  for (let number = first; number < first + count; number++) {
    progress(number);
    random.seed(seed, target.name, number);
    const bytes = target.make(random);
    const error = failureOf(target, bytes);
    if (error !== null) return shrink(target, { number, error, bytes: Uint8Array.from(bytes) });
  }
  return null;
}

/** Why the bytes fail, null if they don't. Whatever is thrown is what fuzzing is for. */
export function failureOf(target: Target, bytes: Uint8Array): string | null {
  try {
    target.check(bytes);
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** Takes pieces out, large ones first, as long as it still fails; what fails only after other cases stays as it is. */
function shrink(target: Target, failure: Failure): Failure {
  let { bytes, error } = failure;
  const again = failureOf(target, bytes);
  if (again === null) return { ...failure, error: `${error}\n(fails only after the cases before it)` };
  let left = SHRINKS_MAX;
  for (let piece = bytes.length >> 1; piece > 0; piece >>= 1) {
    for (let at = 0; at + piece <= bytes.length && left > 0; left--) {
      const smaller = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + piece)]);
      const why = failureOf(target, smaller);
      if (why === null) at += piece;
      else {
        bytes = smaller;
        error = why;
      }
    }
  }
  return { ...failure, bytes, error };
}
