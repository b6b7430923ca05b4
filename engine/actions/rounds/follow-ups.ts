/** What an operator says to an action that was sent, each as the word that the action takes; or why it can't be said. */
import type { Wordings } from "../../../schemas/api/about-action.js";
import type { CorrectionRequest, UpdateRequest, WideningRequest } from "../../../schemas/api/action/follow-up.js";
import type { EndRequest } from "../../../schemas/api/api.js";
import type { AreaInput } from "../../../schemas/api/area.js";
import { ok, type Result } from "../../../schemas/errors.js";
import type { Confirmable } from "../../../schemas/words.js";
import type { Creating } from "../accepting/creating.js";
import type { Moment } from "../kinds/compose.js";
import type { Kinds } from "../kinds/kinds.js";
import type { CheckRequest } from "../preview/area-check.js";
import { type ActionRecord, isUnderWay, precedenceOf } from "../record.js";
import type { Outgoing, TextChecks } from "../texts/checks.js";
import type { Word } from "../transitions/words.js";
import { wideningOf } from "./plan.js";
import { saidBy } from "./ready.js";
import { areaAtLast } from "./rings.js";

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
    if (!widening.ok) return widening;
    const word: Word = { type: "widened", ...spoken, widening: widening.value };
    const isNew = this.#parts.checks.toldByAnother(record.id, goingOut(record, word)!, request.confirmed);
    return isNew.ok ? ok(word) : isNew;
  }

  /** The same, with an area that was checked, for the municipality as it is today. */
  async today(asked: WideningRequest, { request }: ActionRecord): Promise<Result<WideningRequest>> {
    const { area } = asked;
    if (area === undefined) return ok(asked);
    const today = await this.#parts.checkRequest({ area }, { turn: precedenceOf(request) });
    return today.ok ? ok({ ...asked, area: today.value.area }) : today;
  }

  /** Takes note of what goes out by a word that was heeded, in the commit of that. */
  note(record: ActionRecord, word: Word): void {
    const outgoing = goingOut(record, word);
    if (outgoing) this.#parts.checks.note(record.id, outgoing)();
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
    // The last word goes once, and to whoever was reached.
    const others = what === "update" ? { area: record.request.area, nowMs: spoken.atMs } : undefined;
    return this.#sendable(record, told, saying.confirmed, others);
  }

  /** The same, or why it can't go out. */
  #sendable<Said extends Wordings>(
    { request, rounds = [] }: ActionRecord,
    said: Result<Said>,
    confirmed: readonly Confirmable[] | undefined,
    others?: { readonly area: AreaInput; readonly nowMs: number },
  ): Result<Said> {
    if (!said.ok) return said;
    const told = [request.text, ...rounds.flatMap((round) => round.said?.text ?? [])];
    const verified = this.#parts.checks.followsUp(said.value, told, confirmed, others);
    const fits = verified.ok ? this.#parts.creating.sayable(request.mode, said.value) : verified;
    return fits.ok ? said : fits;
  }

  /** Of one of which nothing more was to be sent: it is one more under way. */
  #room(record: ActionRecord): Result<void> {
    return isUnderWay(record) ? ok(undefined) : this.#parts.creating.room(record);
  }
}

/** What a word sends to people who may have got the same from another action; undefined of one that sends nothing, or to nobody new. */
function goingOut(record: ActionRecord, word: Word): Outgoing | undefined {
  const { area } = record.request;
  const nowMs = word.atMs;
  if (word.type === "updated") return { said: word.said, area, nowMs };
  if (word.type !== "widened") return undefined;
  const { widening } = word;
  const said = saidBy(record);
  if ("enough" in widening) return { said, area, nowMs };
  return { said, area: "area" in widening ? widening.area : areaAtLast(widening.rings), nowMs };
}

function momentOf({ expiresAtMs }: ActionRecord, { atMs }: Spoken): Moment {
  return { nowMs: atMs, untilMs: expiresAtMs };
}
