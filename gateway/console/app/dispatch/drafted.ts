/** An action as the service shows it, as a draft of this page again. */
import type { Action } from "../../../../schemas/api/api.js";
import type { Area } from "../map/areas.js";
import { shapesOf } from "../map/shown.js";
import type { Draft } from "./draft.js";

export function drafted(action: Action): Draft {
  const { area, kind, fields, text, mode, testGroup, urgency, enough } = action;
  const filled = Object.entries(fields ?? {}).map(([name, value]) => [
    name,
    typeof value === "string" ? value : (value.nl ?? ""),
  ]);
  const shapes = area.type === "Municipality" ? [{ ...area, name: area.code }] : shapesOf(area as Area);
  return {
    shapes,
    kind,
    fields: Object.fromEntries(filled),
    ownText: fields === null ? text : null,
    mode,
    testGroup: testGroup ?? "",
    extreme: urgency === "extreme",
    enough: enough ?? 0,
  };
}
