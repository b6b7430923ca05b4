/** The rows that an import refuses: all counted by their code, the first of them with their lines. */
import { REGISTRY } from "../../../schemas/limits.js";
import { IMPORT_CODES, type ImportCode, type RowRefusal } from "./codes.js";

export class Refusals {
  #count = 0;
  readonly #byCode: Partial<Record<ImportCode, number>> = {};
  readonly #first: RowRefusal[] = [];

  get count(): number {
    return this.#count;
  }

  get byCode(): Readonly<Partial<Record<ImportCode, number>>> {
    return this.#byCode;
  }

  /** By line; those of whole persons are found after those of rows. */
  get first(): readonly RowRefusal[] {
    return this.#first.toSorted((a, b) => a.line - b.line).slice(0, REGISTRY.reportedRows);
  }

  /** `rows` that begin at this line. */
  add(line: number, code: ImportCode, rows = 1, reason: string = IMPORT_CODES[code]): void {
    this.#count += rows;
    this.#byCode[code] = (this.#byCode[code] ?? 0) + rows;
    // Twice as many as are shown: the first of the rows and the first of the persons.
    if (this.#first.length < 2 * REGISTRY.reportedRows) this.#first.push({ line, code, reason });
  }
}
