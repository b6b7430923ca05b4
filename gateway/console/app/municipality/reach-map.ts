/**
 * Reach on the map: each area with its outline; one that falls behind is hatched, darker the more it lacks, and says how many participants
 * are missing where there is room for it.
 */
import type { ReachArea, ReachReport } from "../../../../schemas/api/reach.js";
import type { LngLat } from "../map/geodesic.js";
import { addLine, fromOrigin, linesIn } from "../map/layers.js";
import { boxOf, toScreen, type View } from "../map/view.js";

export interface ReachGeoJson extends Omit<ReachReport, "areas"> {
  readonly features: readonly {
    readonly geometry: { readonly type: string; readonly coordinates: unknown } | null;
    readonly properties: ReachArea;
  }[];
}

export interface DrawnArea {
  readonly center: LngLat;
  readonly path: Path2D;
  readonly needed: number;
  readonly isBehind: boolean;
  /** From west to east, in ways around the world. */
  readonly width: number;
  /** Where it lies, for a map that is to show it. */
  readonly corners: readonly LngLat[];
}

const LABEL_PIXELS = 13;
/** So wide an area is on the screen before a number stands in it. */
const LABEL_ROOM = 34;
const HATCH_PIXELS = 6;
/** Degrees. */
const SPAN = 0.05;
/** Of a sign in place of an outline. */
const SIGN_PIXELS = 9;

export function areasOf({ features }: ReachGeoJson): DrawnArea[] {
  return features.flatMap(({ geometry, properties }) => {
    if (geometry === null || properties.center === null) return [];
    const lines = linesIn(geometry.coordinates);
    const path = new Path2D();
    for (const line of lines) addLine(path, line, true);
    const places = lines.flat();
    const [west = 0, , east = 0] = boxOf(places) ?? [];
    const [lng, lat] = properties.center;
    const { needed, behind } = properties;
    const center = [lng!, lat!] as LngLat;
    const corners = places.length > 0 ? places : around(center);
    return [{ center, corners, path, needed: needed ?? 0, isBehind: behind.length > 0, width: (east - west) / 360 }];
  });
}

/** Some kilometres around a place of which no outline is known. */
function around([lng, lat]: LngLat): LngLat[] {
  return [
    [lng - SPAN, lat - SPAN],
    [lng + SPAN, lat + SPAN],
  ];
}

export function drawReach(canvas: CanvasRenderingContext2D, view: View, areas: readonly DrawnArea[]): void {
  const style = getComputedStyle(canvas.canvas);
  const colour = (token: string): string => style.getPropertyValue(token).trim();
  const [bad, edge, ink, ground] = ["--bad", "--edge", "--ink", "--ground"].map(colour) as [
    string,
    string,
    string,
    string,
  ];
  const ratio = devicePixelRatio;
  const [x, y] = fromOrigin(view.center);
  const scale = view.worldPixels;
  const seen = areas.filter((area) => isSeen(view, area));
  const hatch = hatchOf(canvas, bad);
  canvas.save();
  canvas.setTransform(
    ratio * scale,
    0,
    0,
    ratio * scale,
    ratio * (view.width / 2 - x * scale),
    ratio * (view.height / 2 - y * scale),
  );
  canvas.lineWidth = 1 / scale;
  canvas.strokeStyle = edge;
  // A pattern is laid in the units of what is drawn: here it is to be as wide on the screen at every zoom.
  hatch?.setTransform(new DOMMatrix().scale(1 / scale));
  for (const { path, isBehind } of seen) {
    if (isBehind && hatch) {
      canvas.fillStyle = hatch;
      canvas.fill(path);
    }
    canvas.stroke(path);
  }
  canvas.restore();
  drawNumbers(canvas, view, seen, { ink, ground });
}

function isSeen(view: View, { center, width }: DrawnArea): boolean {
  const [x, y] = toScreen(view, center);
  const rim = width * view.worldPixels + LABEL_ROOM;
  return x > -rim && x < view.width + rim && y > -rim && y < view.height + rim;
}

function hatchOf(canvas: CanvasRenderingContext2D, colour: string): CanvasPattern | null {
  const tile = document.createElement("canvas");
  [tile.width, tile.height] = [HATCH_PIXELS, HATCH_PIXELS];
  const drawn = tile.getContext("2d");
  if (drawn === null) return null;
  drawn.strokeStyle = colour;
  drawn.lineWidth = 1.2;
  drawn.beginPath();
  drawn.moveTo(0, HATCH_PIXELS);
  drawn.lineTo(HATCH_PIXELS, 0);
  drawn.stroke();
  return canvas.createPattern(tile, "repeat");
}

function drawNumbers(
  canvas: CanvasRenderingContext2D,
  view: View,
  areas: readonly DrawnArea[],
  { ink, ground }: { readonly ink: string; readonly ground: string },
): void {
  canvas.font = `600 ${LABEL_PIXELS}px system-ui, sans-serif`;
  canvas.textAlign = "center";
  canvas.textBaseline = "middle";
  canvas.lineWidth = 3;
  canvas.strokeStyle = ground;
  canvas.fillStyle = ink;
  for (const { center, needed, isBehind, width } of areas) {
    const [x, y] = toScreen(view, center);
    if (width === 0) drawSign(canvas, x, y, isBehind, ink);
    const hasRoom = width === 0 || width * view.worldPixels >= LABEL_ROOM;
    if (!isBehind || needed === 0 || !hasRoom) continue;
    const under = width === 0 ? y + 2 * SIGN_PIXELS : y;
    canvas.strokeText(`+${needed}`, x, under);
    canvas.fillText(`+${needed}`, x, under);
  }
  canvas.textAlign = "start";
}

/** A square that is full where people are missing, and empty where there are enough. */
function drawSign(canvas: CanvasRenderingContext2D, x: number, y: number, isBehind: boolean, ink: string): void {
  canvas.save();
  canvas.beginPath();
  canvas.rect(x - SIGN_PIXELS / 2, y - SIGN_PIXELS / 2, SIGN_PIXELS, SIGN_PIXELS);
  canvas.lineWidth = 1;
  canvas.strokeStyle = ink;
  canvas.stroke();
  if (isBehind) canvas.fill();
  canvas.restore();
}
