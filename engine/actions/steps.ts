/**
 * The steps of accepted actions that nobody waits for: the selection with the wave that comes of it, the waves of its rounds, and the
 * thank-you.
 *
 * What was accepted is done. A step that is not possible just now, because too much is under way or workers died, is tried
 * again after a pause until the action expires; so is, a few times, one that met a mistake of the program's own, for a rare
 * coincidence must not cost an alarm. Meanwhile the record says what it waits for. What really fails says why, and may be
 * dispatched again, or asked once more where it was a round. Promises that nothing here ever rejects, and that a step of an action
 * runs once at a time.
 */
import type { Problem, Result } from "../../schemas/errors.js";
import { API, RETRY } from "../../schemas/limits.js";
import type { Mode } from "../../schemas/words.js";
import type { ActionRecord } from "./record.js";
import { readyRound } from "./rounds/ready.js";
import type { ActionEvent } from "./transitions/words.js";

/** An action as a log names it. */
export interface Named {
  readonly actionId: string;
  readonly mode: Mode;
}

export interface StepHooks {
  now(): number;
  /** An action failed, or (`isPassing`) waits to be tried again. Never with personal data. */
  onProblem(action: Named, problem: Problem, isPassing: boolean): void;
  /** A step threw: a mistake of the program's own. */
  onMistake(actionId: string, error: unknown): void;
}

/** The actions that are under way. */
interface Actions {
  current(id: string): ActionRecord | undefined;
  /** The round that is at work, where one is. */
  roundAtWork(id: string): number | undefined;
  apply(id: string, event: ActionEvent): Promise<void>;
}

/** The status in which a step begins, or that of an action with a round that is ready. */
type Stage = "selecting" | "ending" | "following";

interface Running {
  attempts: number;
  mistakes: number;
  /** It was to be run once more while it ran. */
  isWantedAgain: boolean;
  timer: NodeJS.Timeout | undefined;
}

export class Steps {
  /** By stage and action. */
  readonly #running = new Map<string, Running>();
  #closed = false;
  readonly #actions: Actions;
  readonly #hooks: StepHooks;

  constructor(actions: Actions, hooks: StepHooks) {
    this.#actions = actions;
    this.#hooks = hooks;
  }

  /** Runs a step until it is done, or has failed, or the action is no longer at this stage. Settles after the first attempt. */
  async run(stage: Stage, id: string, step: () => Promise<Result<void>>): Promise<void> {
    const key = `${stage} ${id}`;
    const before = this.#running.get(key);
    if (before) before.isWantedAgain = true;
    if (before || this.#closed) return;
    const running: Running = { attempts: 0, mistakes: 0, isWantedAgain: false, timer: undefined };
    this.#running.set(key, running);
    await this.#attempt(stage, id, running, step);
  }

  /** Nothing is tried any more; the next start takes up what is left. */
  close(): void {
    this.#closed = true;
    for (const { timer } of this.#running.values()) clearTimeout(timer);
  }

  async #attempt(stage: Stage, id: string, running: Running, step: () => Promise<Result<void>>): Promise<void> {
    const before = this.#actions.current(id);
    // Nobody is selected for what nobody would be sent.
    if (stage === "selecting" && before?.status === stage && this.#hooks.now() >= before.expiresAtMs) {
      this.#running.delete(`${stage} ${id}`);
      const what = before.reason ? `: ${before.reason.detail}` : "";
      void this.#actions.apply(id, { type: "expired", detail: `it waited until it expired${what}` });
      return;
    }
    const done = await this.#withoutThrowing(id, step);
    const record = this.#actions.current(id);
    // Who stopped or ended it meanwhile has said what becomes of it; and what a stopping service leaves, the next start takes up.
    if (done.ok || !record || !isAt(stage, record) || done.problem.code === "NOT_READY") {
      this.#running.delete(`${stage} ${id}`);
      if (done.ok && running.isWantedAgain) await this.run(stage, id, step);
      return;
    }
    const { problem } = done;
    if (this.#hooks.now() >= untilMs(record)) {
      this.#fail(stage, record, { code: "EXPIRED", detail: `it waited until it expired: ${problem.detail}` });
    } else if (mayPass(problem, running)) {
      this.#wait(record, problem);
      running.isWantedAgain = false;
      const pauseMs = RETRY.pausesMs[Math.min(running.attempts++, RETRY.pausesMs.length - 1)];
      if (!this.#closed)
        running.timer = setTimeout(() => void this.#attempt(stage, id, running, step), pauseMs).unref();
    } else {
      this.#fail(stage, record, problem);
    }
  }

  async #withoutThrowing(id: string, step: () => Promise<Result<void>>): Promise<Result<void>> {
    try {
      return await step();
    } catch (error) {
      this.#hooks.onMistake(id, error);
      const detail = "an assumption of the program did not hold; the log of the service says more";
      return { ok: false, problem: { code: "INTERNAL", detail } };
    }
  }

  #wait(record: ActionRecord, problem: Problem): void {
    const { code, detail } = problem;
    if (record.reason?.code !== code)
      this.#hooks.onProblem({ actionId: record.id, mode: record.request.mode }, problem, true);
    void this.#actions.apply(record.id, { type: "waits", reason: { code, detail } });
  }

  #fail(stage: Stage, record: ActionRecord, problem: Problem): void {
    const { code, detail } = problem;
    this.#running.delete(`${stage} ${record.id}`);
    const round = stage === "following" ? this.#actions.roundAtWork(record.id) : undefined;
    void this.#actions.apply(record.id, {
      ...{ type: "failed", reason: { code, detail } },
      ...(round !== undefined && { round }),
    });
  }
}

function isAt(stage: Stage, record: ActionRecord): boolean {
  return stage === "following" ? readyRound(record) !== undefined : record.status === stage;
}

/** The last word of an action is awaited as long as an action is that says nothing of it. */
function untilMs({ status, expiresAtMs, endedAtMs }: ActionRecord): number {
  return status === "ending" ? (endedAtMs ?? 0) + API.expiresHoursDefault * 3_600_000 : expiresAtMs;
}

function mayPass({ code }: Problem, running: Running): boolean {
  if (code === "INTERNAL") return running.mistakes++ < RETRY.mistakes;
  return code === "BUSY" || code === "WORKER_DIED" || code === "DISK_FULL";
}
