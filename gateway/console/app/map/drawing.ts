/**
 * Drawing an area by hand or by keyboard, as steps from one state to the next: a circle from its middle to its rim in one drag, a polygon by
 * corners. Pure, so that every way through it can be tested.
 */
import { crosses, dragged, type Shape } from "./areas.js";
import type { LngLat } from "./geodesic.js";

export type Tool = "move" | "circle" | "polygon";

export interface Drawing {
  readonly tool: Tool;
  /** Of a circle that is being dragged. */
  readonly center: LngLat | undefined;
  readonly radiusMeters: number;
  readonly corners: readonly LngLat[];
}

export const IDLE: Drawing = { tool: "circle", center: undefined, radiusMeters: 0, corners: [] };

export interface Step {
  readonly drawing: Drawing;
  /** That is whole by this step. */
  readonly shape?: Shape;
  /** Why the step was not taken. */
  readonly refused?: "crosses" | "tooFew";
}

const begin = (drawing: Drawing): Drawing => ({ ...IDLE, tool: drawing.tool });

export function choose(tool: Tool): Step {
  return { drawing: { ...IDLE, tool } };
}

/** The hand is put down. */
export function down(drawing: Drawing, place: LngLat): Step {
  return { drawing: drawing.tool === "circle" ? { ...drawing, center: place, radiusMeters: 0 } : drawing };
}

/** It moves while it is down. */
export function drag(drawing: Drawing, place: LngLat): Step {
  if (drawing.center === undefined) return { drawing };
  return { drawing: { ...drawing, radiusMeters: dragged(drawing.center, place) } };
}

/** It is lifted: of a circle that was not dragged the kind's radius counts, of a polygon this is a corner. */
export function up(drawing: Drawing, place: LngLat, usualMeters: number, hasDragged: boolean): Step {
  if (drawing.tool === "polygon") return hasDragged ? { drawing } : corner(drawing, place);
  if (drawing.center === undefined) return { drawing };
  const radiusMeters = hasDragged ? dragged(drawing.center, place) : usualMeters;
  return { drawing: begin(drawing), shape: { type: "Circle", center: drawing.center, radiusMeters } };
}

export function corner(drawing: Drawing, place: LngLat): Step {
  const last = drawing.corners.at(-1);
  if (last !== undefined && last[0] === place[0] && last[1] === place[1]) return { drawing };
  return { drawing: { ...drawing, corners: [...drawing.corners, place] } };
}

export function withoutLast(drawing: Drawing): Step {
  return { drawing: { ...drawing, corners: drawing.corners.slice(0, -1) } };
}

/** The polygon is whole. */
export function close(drawing: Drawing): Step {
  if (drawing.corners.length < 3) return { drawing, refused: "tooFew" };
  if (crosses(drawing.corners)) return { drawing, refused: "crosses" };
  return { drawing: begin(drawing), shape: { type: "Polygon", corners: drawing.corners } };
}

/** What is drawn as if it were there already. */
export function halfDrawn({ center, radiusMeters }: Drawing): Shape | undefined {
  return center !== undefined && radiusMeters > 0 ? { type: "Circle", center, radiusMeters } : undefined;
}
