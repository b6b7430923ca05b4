/** Coordinates in the order that most people say them in, and GeoJSON does not: a mistake that sends an action to Somalia. */
import type { AreaInput } from "../../schemas/api/area.js";
import type { LngLat } from "./area.js";

/** The Netherlands with a wide margin, as longitudes and latitudes: the two have nothing in common. */
const LNG = { least: 2, most: 9 };
const LAT = { least: 50, most: 55 };

export function isExchanged([lng, lat]: LngLat): boolean {
  return lng > LAT.least && lng < LAT.most && lat > LNG.least && lat < LNG.most;
}

/** Whether the whole area would lie here if longitude and latitude changed places. */
export function isExchangedArea(area: AreaInput): boolean {
  switch (area.type) {
    case "Circle":
      return isExchanged(area.center);
    case "Polygon":
      return area.coordinates.flat().every(isExchanged);
    case "MultiPolygon":
      return area.coordinates.flat(2).every(isExchanged);
    case "Municipality":
      return false;
  }
}
