/** A report that is put together, one action after the other: the totals of a period, and those by month, kind and municipality. */
import type { ResultsReport } from "../../schemas/results/results.js";
import { municipalityCode } from "../geo/municipality-code.js";
import { Summing } from "./figures.js";
import type { ActionResult } from "./result.js";

export interface Period {
  readonly from: string;
  readonly to: string;
  readonly kind: string | undefined;
  readonly municipality: number | undefined;
}

export class Reporting {
  readonly #period: Period;
  readonly #total = new Summing();
  readonly #timeCritical = new Summing();
  readonly #months = new Map<string, Summing>();
  readonly #kinds = new Map<string, Summing>();
  readonly #municipalities = new Map<number, Summing>();
  #unsettled = 0;
  #exercises = 0;
  #tests = 0;

  constructor(period: Period) {
    this.#period = period;
  }

  add(result: ActionResult | undefined, isRested: boolean): void {
    if (result === undefined || !this.#isAsked(result)) return;
    if (result.mode !== "actual") {
      if (result.mode === "exercise") this.#exercises++;
      else this.#tests++;
      return;
    }
    if (!isRested) this.#unsettled++;
    this.#total.add(result);
    if (result.timeCritical) this.#timeCritical.add(result);
    if (result.asked === 0) return;
    of(this.#months, result.day.slice(0, 7)).add(result);
    of(this.#kinds, result.kind).add(result);
    of(this.#municipalities, result.municipality).add(result);
  }

  done(): ResultsReport {
    const { from, to } = this.#period;
    return {
      ...{ from, to, unsettled: this.#unsettled, exercises: this.#exercises, tests: this.#tests },
      ...{ total: this.#total.figures(), timeCritical: this.#timeCritical.figures() },
      months: inOrder(this.#months).map(([month, sums]) => ({ month, ...sums.figures() })),
      kinds: inOrder(this.#kinds).map(([kind, sums]) => ({ kind, ...sums.figures() })),
      municipalities: inOrder(this.#municipalities).map(([number, sums]) => {
        return { municipality: municipalityCode(number) ?? null, ...sums.figures() };
      }),
    };
  }

  #isAsked({ day, kind, municipality }: ActionResult): boolean {
    const { from, to } = this.#period;
    const isTheirs = (this.#period.municipality ?? municipality) === municipality;
    return day >= from && day <= to && (this.#period.kind ?? kind) === kind && isTheirs;
  }
}

function of<Name>(sums: Map<Name, Summing>, name: Name): Summing {
  const known = sums.get(name) ?? new Summing();
  sums.set(name, known);
  return known;
}

function inOrder<Name extends string | number>(sums: ReadonlyMap<Name, Summing>): [Name, Summing][] {
  return [...sums].sort(([one], [other]) => (one < other ? -1 : 1));
}
