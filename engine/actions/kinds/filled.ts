/** What was asked of an action with everything that follows from its kind. It is what is stored, and what all of the engine reads. */

import type { AskedGroups, Wordings } from "../../../schemas/api/about-action.js";
import type { ActionRequest, EndRequest } from "../../../schemas/api/api.js";
import type { AreaInput } from "../../../schemas/api/area.js";
import type { ActionKind, Domain, Mode, Urgency } from "../../../schemas/words.js";

/** What it is about, and how it is sent. */
export interface FilledAbout {
  readonly mode: Mode;
  readonly testGroup?: string | undefined;
  /** Id in the catalogue. */
  readonly kind: string;
  /** What participants' wishes are held against. */
  readonly like: ActionKind;
  readonly domain: Domain;
  readonly urgency: Urgency;
  readonly timeCritical: boolean;
  readonly area: AreaInput;
  readonly groups?: AskedGroups | undefined;
}

export interface FilledRequest
  extends FilledAbout,
    Wordings,
    Pick<
      ActionRequest,
      | "fields"
      | "startAt"
      | "expiresAt"
      | "enough"
      | "arrivals"
      | "onUnknown"
      | "dispatch"
      | "allowNobody"
      | "confirmed"
    > {
  /** For how long it runs where it does not say until when. */
  readonly lifeMinutes: number;
  /** As it was asked, but for the area: what is changed of it, or copied, is filled in anew. */
  readonly asked: Omit<ActionRequest, "area">;
  /** How far its circle reaches was left to its kind. */
  readonly radiusOfKind?: true;
}

/** What was asked. An edit or a copy has confirmed nothing yet. */
export function askedOf({
  asked: { confirmed: _, ...asked },
  area,
  radiusOfKind,
}: Pick<FilledRequest, "asked" | "area" | "radiusOfKind">): ActionRequest {
  if (!radiusOfKind || area.type !== "Circle") return { ...asked, area };
  const { radiusMeters: __, ...circle } = area;
  return { ...asked, area: circle };
}

export interface FilledPreview extends FilledAbout, Pick<FilledRequest, "enough"> {
  /** As of a request. */
  readonly lifeMinutes: number;
  /** Undefined where nothing was written yet. */
  readonly said: Wordings | undefined;
}

export interface FilledEnd extends Wordings, Pick<EndRequest, "outcome" | "confirmed"> {
  /** Absent where it is false, and of actions of before there was one. */
  readonly direct?: true;
  readonly caughtInTheAct?: true;
}
