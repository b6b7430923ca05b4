/** A page of reach as text: JSON, CSV (RFC 4180, with a header) or GeoJSON (RFC 7946). */

import type { ReachArea, ReachFormat, ReachReport } from "../../schemas/api/reach.js";
import { quoted } from "../registry/csv/csv.js";
import type { ReachGeometry } from "./geometry.js";

const COLUMNS = [
  "code",
  "name",
  "municipality",
  "lng",
  "lat",
  "km2",
  "population",
  "participants",
  "share",
  "chance",
  "needed",
  "behind",
] as const;

export function textOf(report: ReachReport, format: ReachFormat, geometry: ReachGeometry): string {
  if (format === "csv") return csv(report.areas);
  return JSON.stringify(format === "json" ? report : geoJson(report, geometry));
}

function csv(areas: readonly ReachArea[]): string {
  const rows = areas.map((area) => {
    const [lng, lat] = area.center ?? [null, null];
    const fields = { ...area, lng, lat, behind: area.behind.join(" ") };
    return COLUMNS.map((column) => csvField(fields[column])).join(",");
  });
  return [COLUMNS.join(","), ...rows].map((row) => `${row}\r\n`).join("");
}

/** Names come from an operator's file: one that a spreadsheet would take for a formula is marked as text. */
function csvField(value: string | number | null): string {
  if (value === null) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return quoted(text);
}

function geoJson({ areas, ...about }: ReachReport, geometry: ReachGeometry): object {
  const features = areas.map((area) => ({
    type: "Feature",
    id: area.code,
    geometry: geometry.geometryOf(about.level, area.code),
    properties: area,
  }));
  return { type: "FeatureCollection", features, ...about };
}
