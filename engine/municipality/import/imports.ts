/**
 * Imports of municipalities: received side by side, planned and applied one after the other. A plan is decided in one
 * durable step (redo.ts) and then applied a little at a time, so that selections and everything else go on; a crash leaves
 * either nothing of it or an import that goes on at the next start. While it is applied, a selection may see some of its
 * persons already and others not yet.
 */
import { uuidv7 } from "uuidv7";
import { fail, ok, type Problem, type Result } from "../../../schemas/errors.js";
import { MUNICIPALITY } from "../../../schemas/limits.js";
import { inSlices } from "../../clock/slices.js";
import type { Charset } from "../../files/file-text.js";
import { dayOf } from "../../registry/csv/days.js";
import { applyPiece } from "../plan/applying.js";
import type { FileSense } from "../plan/corrected.js";
import type { Persons } from "../plan/planned.js";
import { plan } from "../plan/planning.js";
import type { Redo } from "../plan/redo.js";
import { fileOf, headOf, jobOf, type RedoHead, termsOf } from "../plan/redo-head.js";
import type { Municipalities, Registry, Scope } from "../ports.js";
import type { Proposing } from "../proposing.js";
import { Intake, type IntakeEnd } from "./intake.js";
import { type ImportJob, type ImportMode, isOver, reportOf } from "./job.js";
import { Reading, type RowSource } from "./reading.js";

export interface ImportParts {
  readonly registry: Registry;
  readonly proposing: Proposing;
  readonly places: Municipalities;
  /** Whether nobody in the registry exists. */
  readonly generated: boolean;
  readonly redo: Redo;
  /** Reads the rows of a file with this header. */
  readonly sourceOf: (names: readonly string[]) => RowSource | { readonly wrong: string };
  /** MUNICIPALITY.importRows when absent. */
  readonly maxRows?: number;
  readonly nowMs?: () => number;
  /** Told how long each turn of planning and applying held the main thread. */
  readonly onTurn?: (tookMs: number) => void;
  /** The store did not commit: the process must end. */
  readonly onFatal: (problem: Problem) => void;
}

export interface ImportRequest {
  readonly scope: Scope;
  readonly mode: ImportMode;
  readonly dryRun: boolean;
  readonly totalBytes?: number;
  /** What the file is written in, where no byte order mark says it; UTF-8 when absent. */
  readonly charset?: Charset;
}

/** Imports since the process started, by how they ended; how many are under way; and whether none is taken any more. */
export interface ImportCounts {
  readonly done: number;
  readonly refused: number;
  readonly failed: number;
  readonly running: number;
  readonly isStuck: boolean;
}

const STOPPED: Problem = { code: "NOT_READY", detail: "the service stopped; nothing was changed" };

export class Imports {
  /** In the order in which they were begun. */
  readonly #jobs = new Map<string, ImportJob>();
  readonly #ended = { done: 0, refused: 0, failed: 0 };
  /** Settles when no import is being planned or applied. */
  #turn: Promise<void> = Promise.resolve();
  #stopping = false;
  /** Why none can be taken any more: one that was decided could not be applied to its end. */
  #stuck: Problem | undefined;
  readonly #nowMs: () => number;
  readonly #parts: ImportParts;

  constructor(parts: ImportParts) {
    this.#parts = parts;
    this.#nowMs = parts.nowMs ?? Date.now;
  }

  /**
   * At start: goes on with an import that was decided, and clears what one left that was not. Where something of it is damaged
   * or missing it stays as it is, and no other import is taken: what it would have done can't be made up for.
   */
  async recover(): Promise<Result<void>> {
    const { redo } = this.#parts;
    const [damaged] = redo.damaged();
    const head = damaged ? { ok: false as const, problem: damaged } : redo.head();
    const total = head.ok ? (head.value as RedoHead | undefined)?.total : undefined;
    const whole = total === undefined ? head : redo.checkLeft(total);
    if (!head.ok || !whole.ok) {
      if (!whole.ok) this.#stuck = whole.problem;
      return ok(undefined);
    }
    if (head.value === undefined) return this.#parts.redo.clear();
    const job = jobOf(head.value as RedoHead);
    this.#jobs.set(job.id, job);
    this.#turn = this.#apply(job, fileOf(head.value as RedoHead));
    return ok(undefined);
  }

  /** BUSY while there is no room for one more, or this municipality has one under way. */
  begin(request: ImportRequest, onRefused: (problem: Problem) => void): Result<Intake> {
    if (this.#stopping) return fail("NOT_READY", "the service is stopping");
    if (this.#stuck !== undefined) return { ok: false, problem: this.#stuck };
    const under = [...this.#jobs.values()].filter((job) => !isOver(job));
    if (under.some(({ scope }) => scope === request.scope)) return fail("BUSY", "an import of yours is under way");
    if (under.length >= MUNICIPALITY.importsUnder) return fail("BUSY", `${under.length} imports are under way`);
    const job = this.#newJob(request);
    const reading = new Reading({ ...this.#parts, scope: request.scope, charset: request.charset });
    return ok(
      new Intake(job, reading, (end) => {
        this.#received(job, reading, end);
        if (end === "refused") onRefused(job.problem!);
      }),
    );
  }

  get counts(): ImportCounts {
    const running = [...this.#jobs.values()].filter((job) => !isOver(job)).length;
    return { ...this.#ended, running, isStuck: this.#stuck !== undefined };
  }

  /** NOT_FOUND for one of another municipality. */
  get(scope: Scope, id: string): Result<ImportJob> {
    const job = this.#jobs.get(id);
    const isTheirs = job !== undefined && (scope === undefined || job.scope === scope);
    return isTheirs ? ok(job) : fail("NOT_FOUND", "there is no such import", "id");
  }

  /** The latest first. */
  list(scope: Scope): ImportJob[] {
    return [...this.#jobs.values()].filter((job) => scope === undefined || job.scope === scope).reverse();
  }

  /** Settles when nothing is being applied any more; what was decided goes on at the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#turn;
  }

  #newJob(request: ImportRequest): ImportJob {
    for (const [id, job] of this.#jobs) {
      if (this.#jobs.size < MUNICIPALITY.importsKnown) break;
      if (isOver(job)) this.#jobs.delete(id);
    }
    const job: ImportJob = {
      id: uuidv7(),
      scope: request.scope,
      mode: request.mode,
      dryRun: request.dryRun,
      totalBytes: request.totalBytes,
      startedMs: this.#nowMs(),
      finishedMs: undefined,
      state: "receiving",
      ...{ bytes: 0, rows: 0, done: 0, total: 0, overtaken: 0 },
      problem: undefined,
      report: undefined,
    };
    this.#jobs.set(job.id, job);
    return job;
  }

  #received(job: ImportJob, reading: Reading, end: IntakeEnd): void {
    if (end === "early") {
      this.#end(job, "failed", { code: "IMPORT_REFUSED", detail: "the body ended early; nothing was changed" });
    } else if (end === "refused") {
      const { code, detail, line } = reading.problem!;
      this.#end(job, "refused", { code: "IMPORT_REFUSED", detail: `${code}: ${detail}`, field: `line ${line}` });
    } else {
      job.state = "planning";
      // Two steps, so that nothing holds what was read while the plan is applied.
      this.#turn = this.#turn
        .then(() => this.#plan(job, reading))
        .then((file) => (file === undefined ? undefined : this.#apply(job, file)));
    }
  }

  /** What applying needs, once the import is decided; undefined when there is nothing to apply. */
  async #plan(job: ImportJob, reading: Reading): Promise<FileSense | undefined> {
    const reason = this.#stopping ? STOPPED : this.#stuck;
    if (reason !== undefined) return this.#fail(job, reason);
    const { persons, refusals } = reading;
    const words = reading.terms.words();
    const today = dayOf(this.#nowMs());
    const file: FileSense = { scope: job.scope, columns: reading.columns!, terms: termsOf(words), today };
    job.total = persons.count;
    const onPerson = (done: number) => {
      job.done = done;
    };
    const { registry, proposing } = this.#parts;
    const steps = plan(registry, proposing, file, persons, refusals, onPerson);
    const planned = await inSlices(steps, this.#parts.onTurn);
    if (!planned.ok) return this.#fail(job, planned.problem);
    const { changes, counts } = planned.value;
    job.report = reportOf(counts, refusals, reading.taken);
    if (job.mode === "allOrNothing" && refusals.count > 0) {
      return this.#end(job, "refused", { code: "IMPORT_REFUSED", detail: `${refusals.count} rows can't be taken` });
    }
    if (job.dryRun || changes.count === 0) return this.#end(job, "done");
    return this.#decide(job, file, words, changes);
  }

  async #decide(job: ImportJob, file: FileSense, words: Uint32Array, changes: Persons): Promise<FileSense | undefined> {
    const decided = await this.#parts.redo.write(headOf(job, file, words, changes.pieces), changes);
    if (!decided.ok) return this.#fail(job, decided.problem);
    job.state = "applying";
    job.total = changes.pieces;
    return file;
  }

  async #apply(job: ImportJob, file: FileSense): Promise<void> {
    const { registry, proposing, redo, onTurn } = this.#parts;
    const left = redo.left();
    job.done = job.total - left.length;
    for (const number of left) {
      const piece = redo.piece(number);
      if (!piece.ok) return this.#stick(job, piece.problem);
      const applied = await applyPiece(registry, proposing, file, piece.value, () => this.#stopping, onTurn);
      if (!applied.ok) return this.#stick(job, applied.problem);
      job.overtaken += applied.value;
      const ticked = await redo.done(number);
      if (!ticked.ok) return this.#stick(job, ticked.problem);
      job.done++;
    }
    const cleared = await redo.clear();
    return cleared.ok ? this.#end(job, "done") : this.#stick(job, cleared.problem);
  }

  /** A decided import that can't go on now: it goes on at the next start, and until then no other may be decided. */
  #stick(job: ImportJob, { code, detail, field }: Problem): void {
    const goesOn = `${detail}; the import was decided and goes on when the service starts again`;
    this.#stuck = { code, detail: goesOn, ...(field !== undefined && { field }) };
    this.#fail(job, this.#stuck);
  }

  #fail(job: ImportJob, problem: Problem): undefined {
    this.#end(job, "failed", problem);
    if (problem.code === "STORE_WRITE_FAILED") this.#parts.onFatal(problem);
  }

  #end(job: ImportJob, state: "done" | "refused" | "failed", problem?: Problem): undefined {
    this.#ended[state]++;
    job.state = state;
    job.problem = problem;
    job.finishedMs = this.#nowMs();
  }
}
