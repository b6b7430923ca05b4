/**
 * On which side of a line a point lies, without rounding error: the base of "the boundary belongs to the area" and of
 * every check of an outline. Floating point decides when it can be sure (Shewchuk 1997, the first filter of orient2d);
 * otherwise whole numbers do, which allocate but are hardly ever needed.
 *
 * Assumes finite numbers.
 */

/** Shewchuk's bound on the rounding of the determinant, (3 + 16 eps) eps with eps = 2^-53. */
const FILTER = 3.3306690738754716e-16;

/** Positive when p lies left of the line from a to b, negative right of it, zero on it. */
export function orientation(ax: number, ay: number, bx: number, by: number, px: number, py: number): number {
  const left = (ax - px) * (by - py);
  const right = (ay - py) * (bx - px);
  const determinant = left - right;
  const bound = FILTER * (Math.abs(left) + Math.abs(right));
  // Products that underflow say nothing; a determinant of exactly zero is always looked at again.
  if (determinant > bound || -determinant > bound) return determinant;
  return exactOrientation(ax, ay, bx, by, px, py);
}

/** As orientation(), but zero when floating point can't be sure: for tests that may err towards "it may touch". */
export function roughOrientation(ax: number, ay: number, bx: number, by: number, px: number, py: number): number {
  const left = (ax - px) * (by - py);
  const right = (ay - py) * (bx - px);
  const determinant = left - right;
  const bound = FILTER * (Math.abs(left) + Math.abs(right));
  return determinant > bound || -determinant > bound ? determinant : 0;
}

function exactOrientation(ax: number, ay: number, bx: number, by: number, px: number, py: number): number {
  // The end of one edge is the beginning of the next, and many edges are level or upright: nothing to calculate.
  if ((ax === px && ay === py) || (bx === px && by === py)) return 0;
  if ((ax === px && bx === px) || (ay === py && by === py)) return 0;
  const shift = Math.max(scale(ax), scale(ay), scale(bx), scale(by), scale(px), scale(py));
  const x = whole(px, shift);
  const y = whole(py, shift);
  const determinant = (whole(ax, shift) - x) * (whole(by, shift) - y) - (whole(ay, shift) - y) * (whole(bx, shift) - x);
  return determinant > 0n ? 1 : determinant < 0n ? -1 : 0;
}

const float = new Float64Array(1);
const bits = new BigUint64Array(float.buffer);

/** By how many doublings the number becomes whole, at most. */
function scale(value: number): number {
  float[0] = value;
  const exponent = Number((bits[0]! >> 52n) & 0x7ffn);
  return Math.max(0, 1075 - Math.max(exponent, 1));
}

/** The number times 2^shift, which is whole. */
function whole(value: number, shift: number): bigint {
  float[0] = value;
  const exponent = Number((bits[0]! >> 52n) & 0x7ffn);
  const fraction = bits[0]! & 0xfffffffffffffn;
  const magnitude = (exponent === 0 ? fraction : fraction | 0x10000000000000n) << BigInt(shift);
  const places = Math.max(exponent, 1) - 1075;
  const scaled = places >= 0 ? magnitude << BigInt(places) : magnitude >> BigInt(-places);
  return value < 0 ? -scaled : scaled;
}
