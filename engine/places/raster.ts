/**
 * Municipalities by cells of about a kilometre, for the bulk of positions that phones send: most cells lie in one
 * municipality as a whole, and their answer is a number in an array. A cell is worked out when it is first asked for.
 *
 * A cell that a boundary passes has no one answer: there every position is looked up, so that within the outlines a fast
 * answer is the exact one. Where no outline decides (at sea, abroad, and everywhere without boundaries) the answer is that of
 * the middle of the cell, at most 0.8 km away.
 */

/** The Netherlands with a margin: all that has cells. */
const WEST = 3.0;
const SOUTH = 50.5;
/** 1.0 km by 1.0 km at 52 degrees. */
const CELL_LNG = 0.0146;
const CELL_LAT = 0.009;
const COLUMNS = 316;
const ROWS = 367;

/** 0: not worked out yet. */
const ABROAD = 65_533;
const NOWHERE = 65_534;
const MIXED = 65_535;

/** What a look-up gives: a municipality, 0 abroad, undefined where nobody can be. */
export type Look = (lng: number, lat: number) => number | undefined;

export class Raster {
  readonly #cells = new Uint16Array(COLUMNS * ROWS);
  readonly #look: Look;

  /** `eachEdge` calls with both ends of each edge of the outlines. */
  constructor(look: Look, eachEdge: (call: (x1: number, y1: number, x2: number, y2: number) => void) => void) {
    this.#look = look;
    eachEdge((x1, y1, x2, y2) => this.#markEdge(x1, y1, x2, y2));
  }

  at(lng: number, lat: number): number | undefined {
    const column = Math.floor((lng - WEST) / CELL_LNG);
    const row = Math.floor((lat - SOUTH) / CELL_LAT);
    // Also false for what is no number.
    if (!(column >= 0 && column < COLUMNS && row >= 0 && row < ROWS)) return this.#look(lng, lat);
    const cell = row * COLUMNS + column;
    const known = this.#cells[cell]!;
    if (known === MIXED) return this.#look(lng, lat);
    return meaningOf(known === 0 ? this.#fill(cell, column, row) : known);
  }

  #fill(cell: number, column: number, row: number): number {
    const found = this.#look(WEST + (column + 0.5) * CELL_LNG, SOUTH + (row + 0.5) * CELL_LAT);
    const value = found === undefined ? NOWHERE : found === 0 ? ABROAD : found;
    this.#cells[cell] = value;
    return value;
  }

  /** Marks the cells that the edge may pass, in steps so short that each has the cells of its two ends' box. */
  #markEdge(x1: number, y1: number, x2: number, y2: number): void {
    const steps = Math.ceil(Math.max(Math.abs(x2 - x1) / CELL_LNG, Math.abs(y2 - y1) / CELL_LAT)) + 1;
    for (let step = 0; step < steps; step += 1) {
      const [from, to] = [step / steps, (step + 1) / steps];
      this.#markBox(x1 + from * (x2 - x1), y1 + from * (y2 - y1), x1 + to * (x2 - x1), y1 + to * (y2 - y1));
    }
  }

  #markBox(x1: number, y1: number, x2: number, y2: number): void {
    const west = Math.floor((Math.min(x1, x2) - WEST) / CELL_LNG - SLACK);
    const east = Math.floor((Math.max(x1, x2) - WEST) / CELL_LNG + SLACK);
    const south = Math.floor((Math.min(y1, y2) - SOUTH) / CELL_LAT - SLACK);
    const north = Math.floor((Math.max(y1, y2) - SOUTH) / CELL_LAT + SLACK);
    for (let row = Math.max(0, south); row <= Math.min(ROWS - 1, north); row += 1) {
      for (let column = Math.max(0, west); column <= Math.min(COLUMNS - 1, east); column += 1) {
        this.#cells[row * COLUMNS + column] = MIXED;
      }
    }
  }
}

/** Of a cell: what rounding may do to where an edge passes. */
const SLACK = 1e-6;

function meaningOf(value: number): number | undefined {
  return value === ABROAD ? 0 : value === NOWHERE ? undefined : value;
}
