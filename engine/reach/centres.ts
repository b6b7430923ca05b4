/** Which of some thousand centres is nearest to a position: centres in squares, looked through in rings around the position. */

import { assert } from "../../schemas/errors.js";

const SQUARE_METERS = 2_000;

export class CentreIndex {
  readonly #west: number;
  readonly #south: number;
  readonly #columns: number;
  readonly #rows: number;
  /** First place in #centres of each square, and the end of the last. */
  readonly #starts: Uint32Array;
  readonly #centres: Uint32Array;
  readonly #positions: Float64Array;

  /** x and y of each, in metres; at least one. */
  constructor(positions: Float64Array) {
    this.#positions = positions;
    const count = positions.length / 2;
    assert(count > 0, "something is nearest");
    const axis = (offset: number) => Float64Array.from({ length: count }, (_, index) => positions[2 * index + offset]!);
    const [xs, ys] = [axis(0), axis(1)];
    this.#west = xs.reduce((a, b) => Math.min(a, b));
    this.#south = ys.reduce((a, b) => Math.min(a, b));
    this.#columns = 1 + this.#column(xs.reduce((a, b) => Math.max(a, b)));
    this.#rows = 1 + this.#row(ys.reduce((a, b) => Math.max(a, b)));
    const squares = Uint32Array.from(xs, (x, index) => this.#row(ys[index]!) * this.#columns + this.#column(x));
    this.#starts = new Uint32Array(this.#columns * this.#rows + 1);
    for (const square of squares) this.#starts[square + 1]! += 1;
    for (let at = 1; at < this.#starts.length; at += 1) this.#starts[at]! += this.#starts[at - 1]!;
    const next = this.#starts.slice();
    this.#centres = new Uint32Array(count);
    for (const [centre, square] of squares.entries()) {
      this.#centres[next[square]!] = centre;
      next[square]! += 1;
    }
  }

  nearest(x: number, y: number): number {
    // From outside, the search begins at the edge; the distance that a ring is away from there is no more than from here.
    const column = Math.min(this.#columns - 1, Math.max(0, this.#column(x)));
    const row = Math.min(this.#rows - 1, Math.max(0, this.#row(y)));
    const rings = Math.max(this.#columns, this.#rows);
    let least = Number.POSITIVE_INFINITY;
    let nearest = 0;
    for (let ring = 0; ring <= rings; ring += 1) {
      // All that lies in ring n or farther out is at least n - 1 squares away.
      const away = (ring - 1) * SQUARE_METERS;
      if (ring > 0 && away * away > least) break;
      for (let r = row - ring; r <= row + ring; r += 1) {
        if (r < 0 || r >= this.#rows) continue;
        const step = ring === 0 || Math.abs(r - row) === ring ? 1 : 2 * ring;
        for (let c = column - ring; c <= column + ring; c += step) {
          if (c < 0 || c >= this.#columns) continue;
          const square = r * this.#columns + c;
          for (let at = this.#starts[square]!; at < this.#starts[square + 1]!; at += 1) {
            const centre = this.#centres[at]!;
            const dx = this.#positions[2 * centre]! - x;
            const dy = this.#positions[2 * centre + 1]! - y;
            const squared = dx * dx + dy * dy;
            if (squared >= least) continue;
            least = squared;
            nearest = centre;
          }
        }
      }
    }
    return nearest;
  }

  #column(x: number): number {
    return Math.floor((x - this.#west) / SQUARE_METERS);
  }

  #row(y: number): number {
    return Math.floor((y - this.#south) / SQUARE_METERS);
  }
}
