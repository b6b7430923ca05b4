/** What an operator says to an action that was sent, each as the word that the action takes; or why it can't be said. */
import type { WideningRequest } from "../../../schemas/api/action/follow-up.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { Actor } from "../../audit/actor.js";
import type { Creating } from "../accepting/creating.js";
import type { CheckRequest } from "../preview/area-check.js";
import { type ActionRecord, isUnderWay } from "../record.js";
import type { Word } from "../transitions/words.js";
import { forToday, wideningOf } from "./plan.js";

/** Whose word it is, and when it was said. */
interface Said {
  readonly by: Actor;
  readonly atMs: number;
}

export interface FollowUpParts {
  readonly creating: Pick<Creating, "roomToGoOn">;
  readonly checkRequest: CheckRequest;
  /** Parts of a text, or why it can't be sent. */
  readonly segments: (text: string) => Result<number>;
}

export class FollowUps {
  readonly #parts: FollowUpParts;

  constructor(parts: FollowUpParts) {
    this.#parts = parts;
  }

  updated(record: ActionRecord, text: string, said: Said): Result<Word> {
    const room = this.#room(record);
    const segments = room.ok ? this.#parts.segments(text) : room;
    return segments.ok ? ok({ type: "updated", ...said, text }) : segments;
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

  corrected(text: string, said: Said): Result<Word> {
    const segments = this.#parts.segments(text);
    return segments.ok ? ok({ type: "corrected", ...said, text }) : segments;
  }

  /** Of one of which nothing more was to be sent: it is one more under way. */
  #room(record: ActionRecord): Result<void> {
    return isUnderWay(record) ? ok(undefined) : this.#parts.creating.roomToGoOn(record);
  }
}
