/**
 * What is asked of an action, filled in by its kind: what was left out follows from it, and what it says is made from the fields
 * that were filled in, or was written out. A new catalogue takes the place of the one of before for whatever is asked from then on;
 * what is stored stays as it was filled in.
 */
import type { Fields, Saying, Wordings } from "../../../schemas/api/about-action.js";
import type { ActionRequest, EndRequest, PreviewRequest } from "../../../schemas/api/api.js";
import type { AreaInput } from "../../../schemas/api/area.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { FIRST_LANGUAGE, type Kind } from "../../../schemas/kinds/kinds-file.js";
import { lifeOf } from "../query.js";
import type { Catalogue } from "./catalogue.js";
import { compose, type Moment } from "./compose.js";
import type { FilledAbout, FilledEnd, FilledPreview, FilledRequest } from "./filled.js";
import { mailOnlyWord } from "./mail-only.js";
import type { Occasion, ReadyKind } from "./ready-kind.js";

/** Which of the kind's messages tells how it ended. */
export const TOLD_BY_KIND = {
  success: "success",
  partialSuccess: "partialSuccess",
  noSuccess: "noSuccess",
  cancelled: "falseAlarm",
} as const satisfies Record<EndRequest["outcome"], Occasion>;

/** What of an action its kind goes on from. */
interface SaidOf {
  readonly kind: string;
  readonly urgency: FilledAbout["urgency"];
  readonly fields?: Fields | null | undefined;
}

export class Kinds {
  #catalogue: Catalogue;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  get catalogue(): Catalogue {
    return this.#catalogue;
  }

  replace(catalogue: Catalogue): void {
    this.#catalogue = catalogue;
  }

  /** True of a kind that asks nobody whom another action asks; what is no kind any more asks everybody. */
  isAlone(id: string): boolean {
    const ready = this.#catalogue.get(id);
    return ready.ok && ready.value.kind.alone;
  }

  /** KIND_UNKNOWN, MAIL_ONLY, INVALID_TEXT, or INVALID_FIELD; the field is a JSON pointer into the request. */
  fillIn(request: ActionRequest, nowMs: number): Result<FilledRequest> {
    const ready = this.#catalogue.get(request.kind);
    if (!ready.ok) return ready;
    const { lifeMinutes } = ready.value.kind;
    const life = lifeOf({ ...request, lifeMinutes }, nowMs);
    if (!life.ok) return life;
    const about = aboutOf(ready.value.kind, request);
    if (!about.ok) return about;
    const moment = { nowMs, untilMs: life.value.expiresAtMs };
    const said = this.#said(ready.value, "first", request, request.fields ?? {}, moment, about.value);
    if (!said.ok) return said;
    const { texts: _, simpleText: __, spokenText: ___, ...rest } = request;
    const { area: ____, ...asked } = request;
    const arrivals = request.arrivals ?? ready.value.kind.lateArrivals;
    const enough = enoughOf(ready.value.kind, request, about.value);
    const radiusOfKind = isLeftToKind(request.area) && ({ radiusOfKind: true } as const);
    return ok({ ...rest, ...about.value, ...said.value, ...enough, ...radiusOfKind, arrivals, lifeMinutes, asked });
  }

  /** Likewise; nothing need be written yet. */
  fillInPreview(request: PreviewRequest, nowMs: number): Result<FilledPreview> {
    const ready = this.#catalogue.get(request.kind);
    if (!ready.ok) return ready;
    const { lifeMinutes } = ready.value.kind;
    const about = aboutOf(ready.value.kind, request);
    if (!about.ok) return about;
    const what = { ...about.value, ...enoughOf(ready.value.kind, request, about.value), lifeMinutes };
    if (request.text === undefined && request.fields === undefined) return ok({ ...what, said: undefined });
    const moment = { nowMs, untilMs: nowMs + lifeMinutes * 60_000 };
    const said = this.#said(ready.value, "first", request, request.fields ?? {}, moment, about.value);
    return said.ok ? ok({ ...what, said: said.value }) : said;
  }

  /** The last word of an action: what its kind says of such an outcome, with the fields of before, where nothing is written out. */
  fillInEnd(action: SaidOf, request: EndRequest, moment: Moment): Result<FilledEnd> {
    const { outcome, confirmed, direct, caughtInTheAct } = request;
    const said = this.saidLater(action, TOLD_BY_KIND[outcome], request, moment);
    if (!said.ok) return said;
    const results = { ...(direct && { direct }), ...(caughtInTheAct && { caughtInTheAct }) };
    return ok({ ...said.value, outcome, ...results, ...(confirmed && { confirmed }) });
  }

  /** What is said in the course of an action, as it is written out, or as its kind says it with these fields over those of before. */
  saidLater(action: SaidOf, what: Occasion, saying: Saying, moment: Moment): Result<Wordings> {
    if (saying.text !== undefined) return this.#written(saying, action);
    const ready = this.#catalogue.get(action.kind);
    if (!ready.ok) return fail(ready.problem.code, `${ready.problem.detail}; write the text out`, "/text");
    return this.#said(ready.value, what, saying, { ...action.fields, ...saying.fields }, moment, action);
  }

  #said(
    ready: ReadyKind,
    what: Occasion,
    saying: Saying,
    fields: Fields,
    moment: Moment,
    about: Pick<FilledAbout, "urgency">,
  ): Result<Wordings> {
    if (saying.text !== undefined) return this.#written(saying, about);
    if (what === "first" && saying.fields === undefined) {
      return fail("INVALID_FIELD", "a text, or the fields of which the kind makes one", "/text");
    }
    const other = (["simpleText", "spokenText", "texts"] as const).find((form) => saying[form] !== undefined);
    if (other)
      return fail("INVALID_FIELD", "it goes with a text; the kind makes all forms from its fields", `/${other}`);
    const composed = compose(ready, what, fields, { common: this.#catalogue.common, ...moment });
    return composed.ok ? this.#suiting(composed.value, about, "/fields") : composed;
  }

  #written(
    { text, simpleText, spokenText, texts, fields }: Saying,
    about: Pick<FilledAbout, "urgency">,
  ): Result<Wordings> {
    if (fields !== undefined) return fail("INVALID_FIELD", "either a text or fields of which one is made", "/fields");
    const forms = { ...(simpleText && { simpleText }), ...(spokenText && { spokenText }) };
    return this.#suiting({ text: text!, ...forms, ...(texts && { texts }) }, about, "/text");
  }

  #suiting(said: Wordings, { urgency }: Pick<FilledAbout, "urgency">, field: string): Result<Wordings> {
    const { mailOnly } = this.#catalogue.common;
    const word = urgency === "extreme" ? undefined : mailOnlyWord(said, mailOnly.words);
    if (word === undefined) return ok(said);
    return fail("MAIL_ONLY", `"${word}": ${mailOnly.why.en ?? mailOnly.why[FIRST_LANGUAGE]}`, field);
  }
}

/** What of a request says what it is about. */
type AskedAbout = Pick<
  PreviewRequest,
  "mode" | "testGroup" | "kind" | "domain" | "urgency" | "timeCritical" | "area" | "groups"
>;

function aboutOf(kind: Kind, asked: AskedAbout): Result<FilledAbout> {
  if (!kind.channels.includes("sms")) {
    const why = kind.notFor?.en ?? kind.notFor?.[FIRST_LANGUAGE] ?? "it is not for messages by SMS";
    return fail("MAIL_ONLY", `${kind.id} goes by ${kind.channels.join(", ")}: ${why}`, "/kind");
  }
  // Danger to life is an alarm, whatever the kind is otherwise.
  const domain = asked.domain ?? (asked.urgency === "extreme" ? "alarm" : kind.domain);
  return ok({
    mode: asked.mode,
    ...(asked.testGroup !== undefined && { testGroup: asked.testGroup }),
    kind: kind.id,
    like: kind.like,
    domain,
    // A kind of danger that is not sent as an alarm is no danger to life; nor is an exercise.
    urgency: asked.urgency ?? (domain === "alarm" && asked.mode === "actual" ? kind.urgency : "normal"),
    timeCritical: asked.timeCritical ?? kind.timeCritical,
    area: areaOfKind(asked.area, kind),
    ...(asked.groups && { groups: asked.groups }),
  });
}

/**
 * How many are enough: what was asked, or what the kind says where how far it reaches is left to it as well. Who drew an area means that
 * area; an alarm is for whoever is in danger, however few; and a group or an exercise is for those who are in it.
 */
function enoughOf(
  kind: Kind,
  { area, enough }: Pick<PreviewRequest, "area" | "enough">,
  { domain, mode, groups }: FilledAbout,
): Pick<FilledRequest, "enough"> {
  if (enough !== undefined) return { enough };
  const isForAnybody = domain !== "alarm" && mode === "actual" && !(groups && "only" in groups);
  return isLeftToKind(area) && isForAnybody ? { enough: kind.enough } : {};
}

/** True of a circle that does not say how far it reaches. */
function isLeftToKind(area: AskedAbout["area"]): boolean {
  return area.type === "Circle" && area.radiusMeters === undefined;
}

function areaOfKind(area: AskedAbout["area"], { radiusMeters }: Kind): AreaInput {
  return area.type === "Circle" ? { ...area, radiusMeters: area.radiusMeters ?? radiusMeters } : area;
}
