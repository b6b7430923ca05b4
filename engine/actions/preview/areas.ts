/**
 * What an operator may have got wrong in the area of an action: said in the preview, and where nobody is found. A municipality
 * that became part of another one is asked as that one; one that nobody knows is refused.
 */
import type { Warning } from "../../../schemas/api/api.js";
import type { AreaInput } from "../../../schemas/api/area.js";
import { fail, ok, type Result } from "../../../schemas/errors.js";
import { API } from "../../../schemas/limits.js";
import type { LeftOut } from "../../../schemas/words.js";
import { isExchangedArea } from "../../geo/exchanged.js";
import { municipalityCode, municipalityNumber } from "../../geo/municipality-code.js";
import type { ActionRecord } from "../record.js";

export interface KnownMunicipalities {
  /** The number under which it is known today; undefined where it is not. */
  municipalityToday(number: number): number | undefined;
}

/** The same request for the municipality as it is today, where it asks for one. MUNICIPALITY_UNKNOWN. */
export function forToday<Asked extends { readonly area: AreaInput }>(
  asked: Asked,
  known: KnownMunicipalities,
): Result<Asked> {
  const { area } = asked;
  if (area.type !== "Municipality") return ok(asked);
  const today = known.municipalityToday(municipalityNumber(area.code));
  if (today === undefined) {
    const detail = `the boundaries have no ${area.code}, nor one that it became part of; see whether it was divided or is mistyped`;
    return fail("MUNICIPALITY_UNKNOWN", detail, "/area/code");
  }
  const code = municipalityCode(today)!;
  return ok(code === area.code ? asked : { ...asked, area: { ...area, code } });
}

/** `today`: the area that would be asked in place of `asked`. */
export function warningsOf(asked: AreaInput, today: AreaInput, recipients: number): Warning[] {
  const warnings: Warning[] = [];
  if (recipients === 0) warnings.push({ code: "NOBODY_INSIDE", detail: nobodyInside(asked) });
  if (isExchangedArea(asked)) {
    const field = asked.type === "Circle" ? "/area/center" : "/area/coordinates";
    warnings.push({ code: "COORDINATES_EXCHANGED", detail: EXCHANGED, field });
  }
  if (asked.type === "Circle") warnings.push(...ofRadius(asked.radiusMeters));
  if (asked.type === "Municipality" && today.type === "Municipality" && asked.code !== today.code) {
    const detail = `${asked.code} is part of ${today.code} today, all of which is asked; draw a polygon for the part`;
    warnings.push({ code: "MUNICIPALITY_MERGED", detail, field: "/area/code" });
  }
  return warnings;
}

/** LIFE_SHORT where it would be over before all are asked, or before anybody could have read it. */
export function warningsOfLife(
  { startAtMs, expiresAtMs }: Pick<ActionRecord, "startAtMs" | "expiresAtMs">,
  nowMs: number,
  durationMs: number,
): Warning[] {
  const leftMs = expiresAtMs - (startAtMs ?? nowMs);
  if (leftMs >= Math.max(durationMs, API.lifeMsShort)) return [];
  const whole = durationMs > leftMs ? `, and to send it takes some ${Math.ceil(durationMs / 1_000)} s` : "";
  const detail = `it is over ${Math.floor(leftMs / 1_000)} s after its start${whole}: not everybody will have it in time`;
  return [{ code: "LIFE_SHORT", detail, field: "/expiresAt" }];
}

const EXCHANGED = "longitude and latitude look exchanged: GeoJSON has [longitude, latitude]";

/** Why nobody may have been found, and what to do; the reason of an action that has failed by it. */
export function nobodyInside(area: AreaInput): string {
  const why = isExchangedArea(area)
    ? EXCHANGED
    : "nobody who is registered inside welcomes this by SMS now; look at the area, the domain and the hour, or ask the nearest until there are enough";
  return `${why}. To dispatch all the same: allowNobody`;
}

/** Likewise where somebody was found, and all of them were left out. */
export function nobodyLeft(leftOut: ReadonlyMap<LeftOut, number>): string {
  const [reason] = [...leftOut].sort(([, some], [, others]) => others - some)[0] ?? ["unwelcome"];
  return `everybody inside who welcomes this was left out, most of them as ${reason}. To dispatch all the same: allowNobody`;
}

function ofRadius(meters: number): Warning[] {
  const field = "/area/radiusMeters";
  const unit = "radiusMeters is in metres";
  if (meters < API.radiusMetersSmall) {
    return [
      {
        code: "RADIUS_SMALL",
        detail: `${meters} m is a house or two, and homes are known less exactly; ${unit}`,
        field,
      },
    ];
  }
  if (meters <= API.radiusMetersLarge) return [];
  return [{ code: "RADIUS_LARGE", detail: `${meters} m is more than the country is wide; ${unit}`, field }];
}
