/**
 * How the waves of an action are made, each once its record wants it: for whom it is, and that it is opened in one commit with the
 * record that has it. What was said of the action meanwhile counts: a wave that is not wanted any more is not opened.
 */
import { ok, type Result } from "../../../schemas/errors.js";
import type { ActionWaveKind } from "../../../schemas/words.js";
import type { Roster, Selector } from "../../selection/selector.js";
import type { FirstCommits } from "../accepting/first-commit.js";
import type { ActionStore } from "../action-store.js";
import type { FilledRequest } from "../kinds/filled.js";
import { queryOf } from "../query.js";
import { type ActionRecord, type ActionWave, precedenceOf } from "../record.js";
import { askableIn } from "../rounds/askable.js";
import { updatesOf } from "../rounds/moving.js";
import { enoughAround } from "../rounds/nearest.js";
import { readyRound } from "../rounds/ready.js";
import { type ReactedTo, RoundRosters } from "../rounds/rosters.js";
import type { Round } from "../rounds/round.js";
import { step } from "../transitions/step.js";
import type { ActionEvent } from "../transitions/words.js";
import { Audiences } from "./audience.js";
import type { FoundWaves } from "./found-waves.js";
import { type OpeningParts, openFor } from "./opening.js";
import { UNTHANKED } from "./unthanked.js";

/** The actions that are under way. */
export interface Life {
  readonly found: FoundWaves;
  current(id: string): ActionRecord | undefined;
  apply(id: string, event: ActionEvent): Promise<void>;
  /** Takes note of a record that the caller writes. */
  note(record: ActionRecord): void;
}

export interface MakingHooks extends Pick<OpeningParts, "readers" | "forecast" | "paying" | "now"> {
  readonly reactedTo: ReactedTo;
  /** A selection for a dispatch took so long. */
  onSelected(ms: number): void;
}

export class WaveMaking {
  readonly rosters: RoundRosters;
  /** Waves that were opened since the process started, by kind. */
  readonly opened: Partial<Record<ActionWaveKind, number>> = {};
  /** The round of which a wave is being made, by action. */
  readonly #atWork = new Map<string, number>();
  readonly #audiences: Audiences;
  readonly #life: Life;
  readonly #actions: ActionStore;
  readonly #opening: OpeningParts;
  readonly #selector: Selector;
  readonly #firstCommits: Pick<FirstCommits, "selected">;
  readonly #hooks: MakingHooks;

  constructor(
    life: Life,
    actions: ActionStore,
    opening: OpeningParts,
    selector: Selector,
    firstCommits: Pick<FirstCommits, "selected">,
    hooks: MakingHooks,
  ) {
    this.#life = life;
    this.#actions = actions;
    this.#opening = opening;
    this.#selector = selector;
    this.#firstCommits = firstCommits;
    this.#hooks = hooks;
    this.#audiences = new Audiences(opening.waves, opening.registry);
    const { waves, asking } = opening;
    this.rosters = new RoundRosters(life.found, waves, this.#audiences, selector, asking, hooks.reactedTo, hooks.now);
  }

  roundAtWork(id: string): number | undefined {
    return this.#atWork.get(id);
  }

  /** Nothing more is to be made for it. */
  forget(id: string): void {
    this.#atWork.delete(id);
    this.rosters.asked.forget(id);
  }

  async select(id: string): Promise<Result<void>> {
    const asked = this.#life.current(id);
    if (asked?.status !== "selecting") return ok(undefined);
    const startedAt = performance.now();
    const { request } = asked;
    const roster = await this.#everybodyOf(request).finally(() => this.#firstCommits.selected(id));
    const current = this.#life.current(id);
    if (!roster.ok || current?.status !== "selecting") return roster.ok ? ok(undefined) : roster;
    const selectMs = Math.round((performance.now() - startedAt) * 100) / 100;
    this.#hooks.onSelected(selectMs);
    // What follows is known at once; where it fails, nobody waits here until that is written, for it may be dispatched anew.
    const { count } = roster.value;
    void this.#life.apply(id, { type: "selected", atMs: this.#hooks.now(), recipients: count, selectMs });
    const selected = this.#life.current(id);
    if (selected?.status !== "selecting") return ok(undefined);
    const opened = await this.#open(selected, { kind: "first" }, roster.value);
    // What was asked of it meanwhile begins after its first wave.
    if (this.#life.current(id)?.rounds) void this.#life.apply(id, { type: "moment", atMs: this.#hooks.now() });
    return opened;
  }

  /** Everybody in its area, and where it is to be enough the nearest besides until there are as many. */
  async #everybodyOf(request: FilledRequest): Promise<Result<Roster>> {
    const { now } = this.#hooks;
    const turn = precedenceOf(request);
    const { area, enough } = request;
    if (enough === undefined) return this.#selector.select(queryOf(request, now()), turn);
    const parts = { selector: this.#selector, asking: this.#opening.asking, now };
    const reached = await enoughAround(area, enough, askableIn(parts, request, turn));
    return reached.ok ? ok(reached.value.roster) : reached;
  }

  async thank(id: string): Promise<Result<void>> {
    const record = this.#life.current(id);
    if (record?.status !== "ending") return ok(undefined);
    const found = await this.#life.found.all(record.waves);
    const reached = found.ok ? await this.#audiences.of("reached", found.value) : found;
    if (reached.ok && reached.value.count > 0) return this.#open(record, { kind: "ending" }, reached.value);
    if (!reached.ok && !UNTHANKED.includes(reached.problem.code)) return reached;
    // It has ended as it was told to, and whoever looks sees why nobody was thanked.
    const reason = reached.ok ? null : { code: reached.problem.code, detail: reached.problem.detail };
    await this.#life.apply(id, { type: "unthanked", reason });
    return ok(undefined);
  }

  /** Opens the waves of its rounds that can be opened, one after the other. */
  async follow(id: string): Promise<Result<void>> {
    for (;;) {
      const record = this.#life.current(id);
      const round = record && readyRound(record);
      if (!round) return ok(undefined);
      this.#atWork.set(id, round.number);
      const nowMs = this.#hooks.now();
      if (nowMs >= record.expiresAtMs && round.kind !== "correction") {
        await this.#life.apply(id, over(round, nowMs));
        continue;
      }
      const ring = this.rosters.ringOf(round);
      const roster = await this.rosters.of(record, round, ring);
      if (!roster.ok) return roster;
      const nobody = () => this.#life.apply(id, { type: "nobody", round: round.number, ring, atMs: this.#hooks.now() });
      if (roster.value.count === 0) await nobody();
      else {
        const opened = await this.#open(record, { kind: round.kind, round: round.number }, roster.value, ring);
        // All of them were left out.
        if (!opened.ok && opened.problem.code === "NOBODY_INSIDE") await nobody();
        else if (!opened.ok) return opened;
      }
    }
  }

  #open(
    record: ActionRecord,
    what: Pick<ActionWave, "kind" | "round">,
    roster: Roster,
    ring?: number,
  ): Promise<Result<void>> {
    const updates = updatesOf(record);
    return openFor(this.#opening, record, what, roster, (id, wave) => {
      const current = this.#life.current(record.id);
      if (current === undefined) return null;
      const made = { id, channel: wave.channel, ...what };
      const opened = step(current, { type: "opened", wave: made, updates, ring, atMs: wave.startedAtMs });
      // Stopped, ended or corrected while the roster was being written.
      if (opened.record === current) return null;
      this.#life.note(opened.record);
      this.opened[what.kind] = (this.opened[what.kind] ?? 0) + 1;
      const { doubted } = opened.record;
      return { record: opened.record, put: () => this.#actions.put(opened.record), doubted };
    });
  }
}

/** What becomes of a round whose action was over before it could go on. */
function over({ kind, number }: Round, atMs: number): ActionEvent {
  if (kind === "arrivals") return { type: "nobody", round: number, atMs };
  return {
    type: "failed",
    round: number,
    reason: { code: "EXPIRED", detail: "the action was over before it could be sent" },
  };
}
