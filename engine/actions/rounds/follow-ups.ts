/** What an operator says to an action that was sent, each as the word that the action takes; or why it can't be said. */
import type { Wordings } from "../../../schemas/api/about-action.js";
import type { CorrectionRequest, UpdateRequest, WideningRequest } from "../../../schemas/api/action/follow-up.js";
import type { EndRequest } from "../../../schemas/api/api.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { Confirmable } from "../../../schemas/words.js";
import type { Creating } from "../accepting/creating.js";
import type { Moment } from "../kinds/compose.js";
import type { Kinds } from "../kinds/kinds.js";
import type { CheckRequest } from "../preview/area-check.js";
import { type ActionRecord, isUnderWay, precedenceOf } from "../record.js";
import type { TextChecks } from "../texts/checks.js";
import type { Word } from "../transitions/words.js";
import { wideningOf } from "./plan.js";

/** Whose word it is, and when it was said. */
type Spoken = Pick<Word, "by" | "atMs">;

export interface FollowUpParts {
  readonly creating: Pick<Creating, "room" | "sayable">;
  readonly checkRequest: CheckRequest;
  readonly kinds: Kinds;
  readonly checks: TextChecks;
}

export class FollowUps {
  readonly #parts: FollowUpParts;

  constructor(parts: FollowUpParts) {
    this.#parts = parts;
  }

  updated(record: ActionRecord, request: UpdateRequest, spoken: Spoken): Result<Word> {
    const room = this.#room(record);
    const told = room.ok ? this.#told(record, "update", request, spoken) : room;
    return told.ok ? ok({ type: "updated", ...spoken, said: told.value }) : told;
  }

  /** Its area was checked (`today`). */
  widened(record: ActionRecord, request: WideningRequest, spoken: Spoken): Result<Word> {
    const room = this.#room(record);
    const widening = room.ok ? wideningOf(request, record, spoken.atMs) : room;
    return widening.ok ? ok({ type: "widened", ...spoken, widening: widening.value }) : widening;
  }

  /** The same, with an area that was checked, for the municipality as it is today. */
  async today(asked: WideningRequest, { request }: ActionRecord): Promise<Result<WideningRequest>> {
    const { area } = asked;
    if (area === undefined) return ok(asked);
    const today = await this.#parts.checkRequest({ area }, { turn: precedenceOf(request) });
    return today.ok ? ok({ ...asked, area: today.value.area }) : today;
  }

  repeated(record: ActionRecord, spoken: Spoken): Result<Word> {
    const room = this.#room(record);
    return room.ok ? ok({ type: "repeated", ...spoken }) : room;
  }

  corrected(record: ActionRecord, request: CorrectionRequest, spoken: Spoken): Result<Word> {
    const told = this.#told(record, "falseAlarm", request, spoken);
    return told.ok ? ok({ type: "corrected", ...spoken, said: told.value }) : told;
  }

  ended(record: ActionRecord, request: EndRequest, spoken: Spoken): Result<Word> {
    const filled = this.#parts.kinds.fillInEnd(record.request, request, momentOf(record, spoken));
    const end = this.#sendable(record, filled, request.confirmed);
    return end.ok ? ok({ type: "ended", ...spoken, end: end.value }) : end;
  }

  /** As it was written out, or as the action's kind says it, where nothing speaks against it. */
  #told(
    record: ActionRecord,
    what: "update" | "falseAlarm",
    saying: UpdateRequest | CorrectionRequest,
    spoken: Spoken,
  ): Result<Wordings> {
    const told = this.#parts.kinds.saidLater(record.request, what, saying, momentOf(record, spoken));
    return this.#sendable(record, told, saying.confirmed);
  }

  /** The same, or why it can't go out. */
  #sendable<Said extends Wordings>(
    { request }: ActionRecord,
    said: Result<Said>,
    confirmed: readonly Confirmable[] | undefined,
  ): Result<Said> {
    if (!said.ok) return said;
    const verified = this.#parts.checks.verified(said.value, confirmed);
    const fits = verified.ok ? this.#parts.creating.sayable(request.mode, said.value) : verified;
    return fits.ok ? said : fits;
  }

  /** Of one of which nothing more was to be sent: it is one more under way. */
  #room(record: ActionRecord): Result<void> {
    return isUnderWay(record) ? ok(undefined) : this.#parts.creating.room(record);
  }
}

function momentOf({ expiresAtMs }: ActionRecord, { atMs }: Spoken): Moment {
  return { nowMs: atMs, untilMs: expiresAtMs };
}
