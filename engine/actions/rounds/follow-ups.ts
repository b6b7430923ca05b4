/** What an operator says to an action that was sent, each as the word that the action takes; or why it can't be said. */
import type { Wordings } from "../../../schemas/api/about-action.js";
import type { CorrectionRequest, UpdateRequest, WideningRequest } from "../../../schemas/api/action/follow-up.js";
import type { EndRequest } from "../../../schemas/api/api.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { Actor } from "../../audit/actor.js";
import type { Creating } from "../accepting/creating.js";
import type { Kinds } from "../kinds/kinds.js";
import type { CheckRequest } from "../preview/area-check.js";
import { type ActionRecord, isUnderWay } from "../record.js";
import type { TextChecks } from "../texts/checks.js";
import type { Word } from "../transitions/words.js";
import { forToday, wideningOf } from "./plan.js";

/** Whose word it is, and when it was said. */
interface Said {
  readonly by: Actor;
  readonly atMs: number;
}

export interface FollowUpParts {
  readonly creating: Pick<Creating, "roomToGoOn" | "sayable">;
  readonly checkRequest: CheckRequest;
  readonly kinds: Kinds;
  readonly checks: TextChecks;
}

export class FollowUps {
  readonly #parts: FollowUpParts;

  constructor(parts: FollowUpParts) {
    this.#parts = parts;
  }

  updated(record: ActionRecord, request: UpdateRequest, said: Said): Result<Word> {
    const room = this.#room(record);
    const told = room.ok ? this.#told(record, "update", request, said) : room;
    return told.ok ? ok({ type: "updated", ...said, said: told.value }) : told;
  }

  /** Its area was checked (`today`). */
  widened(record: ActionRecord, request: WideningRequest, said: Said): Result<Word> {
    const room = this.#room(record);
    const widening = room.ok ? wideningOf(request, record, said.atMs) : room;
    return widening.ok ? ok({ type: "widened", ...said, widening: widening.value }) : widening;
  }

  today(request: WideningRequest, record: ActionRecord): Promise<Result<WideningRequest>> {
    return forToday(request, record, this.#parts.checkRequest);
  }

  repeated(record: ActionRecord, said: Said): Result<Word> {
    const room = this.#room(record);
    return room.ok ? ok({ type: "repeated", ...said }) : room;
  }

  corrected(record: ActionRecord, request: CorrectionRequest, said: Said): Result<Word> {
    const told = this.#told(record, "falseAlarm", request, said);
    return told.ok ? ok({ type: "corrected", ...said, said: told.value }) : told;
  }

  ended({ request, expiresAtMs }: ActionRecord, asked: EndRequest, said: Said): Result<Word> {
    const { kinds, checks, creating } = this.#parts;
    const end = kinds.fillInEnd(request, asked, { nowMs: said.atMs, untilMs: expiresAtMs });
    if (!end.ok) return end;
    const verified = checks.verified(end.value, asked.confirmed);
    const fits = verified.ok ? creating.sayable(request.mode, end.value) : verified;
    return fits.ok ? ok({ type: "ended", ...said, end: end.value }) : fits;
  }

  /** As it was written out, or as the action's kind says it, where nothing speaks against it. */
  #told(
    { request, expiresAtMs }: ActionRecord,
    what: "update" | "falseAlarm",
    saying: UpdateRequest | CorrectionRequest,
    { atMs }: Said,
  ): Result<Wordings> {
    const { kinds, checks, creating } = this.#parts;
    const told = kinds.saidLater(request, what, saying, { nowMs: atMs, untilMs: expiresAtMs });
    if (!told.ok) return told;
    const verified = checks.verified(told.value, saying.confirmed);
    const fits = verified.ok ? creating.sayable(request.mode, told.value) : verified;
    return fits.ok ? told : fits;
  }

  /** Of one of which nothing more was to be sent: it is one more under way. */
  #room(record: ActionRecord): Result<void> {
    return isUnderWay(record) ? ok(undefined) : this.#parts.creating.roomToGoOn(record);
  }
}
