/** The side of a line is right to the last bit, also where floating point alone is wrong. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orientation } from "../../../engine/geo/orientation.js";

/** The same in whole numbers; coordinates are multiples of 2^-40. */
function exact(values: readonly bigint[]): number {
  const [ax, ay, bx, by, px, py] = values as [bigint, bigint, bigint, bigint, bigint, bigint];
  const determinant = (ax - px) * (by - py) - (ay - py) * (bx - px);
  return determinant > 0n ? 1 : determinant < 0n ? -1 : 0;
}

describe("orientation", () => {
  const far = fc.bigInt({ min: -180n << 40n, max: 180n << 40n });

  it("agrees with whole numbers on points beside the line by some last bits", () => {
    const nudge = fc.bigInt({ min: -3n, max: 3n });
    fc.assert(
      fc.property(
        far,
        far,
        far,
        far,
        fc.bigInt({ min: 0n, max: 64n }),
        nudge,
        nudge,
        (ax, ay, bx, by, part, dx, dy) => {
          const px = ax + ((bx - ax) * part) / 64n + dx;
          const py = ay + ((by - ay) * part) / 64n + dy;
          const whole = [ax, ay, bx, by, px, py];
          const [a, b, c, d, e, f] = whole.map((value) => Number(value) / 2 ** 40) as [
            number,
            number,
            number,
            number,
            number,
            number,
          ];
          expect(Math.sign(orientation(a, b, c, d, e, f))).toBe(exact(whole));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("knows a point on the line where the plain formula does not", () => {
    const [x, y] = [0.5 + 12 * 2 ** -53, 0.5 + 12 * 2 ** -53];
    expect(orientation(12, 12, 24, 24, x, y)).toBe(0);
    expect(Math.sign(orientation(12, 12, 24, 24, x, y + 2 ** -52))).toBe(1);
    expect(Math.sign(orientation(12, 12, 24, 24, x + 2 ** -52, y))).toBe(-1);
    expect(orientation(0, 0, 5e-324, 5e-324, 1e-320, 1e-320)).toBe(0);
  });
});
