/** The area of an action as shapes that a map draws; of a municipality there are none, for its outline is on the map. */
import type { Area, Shape } from "./areas.js";

export function shapesOf(area: Area): Shape[] {
  if (area.type === "Circle") return [area];
  if (area.type === "Municipality") return [];
  const polygons = area.type === "Polygon" ? [area.coordinates] : area.coordinates;
  return polygons.map(([outline = []]) => ({ type: "Polygon", corners: outline.slice(0, -1) }));
}
