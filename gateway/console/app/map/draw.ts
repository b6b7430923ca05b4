/** Draws a map on a canvas: land, borders, names, and areas over them. Colours are those of the page's tokens, read by colours.ts. */
import { counterclockwise, type Shape } from "./areas.js";
import type { Colours } from "./colours.js";
import { circleRing, type LngLat } from "./geodesic.js";
import { fromOrigin, type Layers } from "./layers.js";
import { metersPerPixel, type Point, toScreen, type View } from "./view.js";

/** From so near on municipalities have their borders. */
const MUNICIPALITY_METERS = 400;
/** Corners of a circle on the screen. */
const CORNERS = 90;
const NAMES_MOST = 80;
const NAME_PIXELS = 13;

export type Canvas = CanvasRenderingContext2D;

export function drawCountry(canvas: Canvas, view: View, layers: Layers | undefined, colours: Colours): void {
  const ratio = devicePixelRatio;
  canvas.setTransform(ratio, 0, 0, ratio, 0, 0);
  canvas.fillStyle = colours.water;
  canvas.fillRect(0, 0, view.width, view.height);
  if (layers === undefined) return;
  const [x, y] = fromOrigin(view.center);
  const scale = view.worldPixels;
  canvas.setTransform(
    ...([ratio * scale, 0, 0, ratio * scale] as const),
    ratio * (view.width / 2 - x * scale),
    ratio * (view.height / 2 - y * scale),
  );
  const stroke = (path: Path2D, colour: string, pixels: number, dash: readonly number[] = []): void => {
    canvas.strokeStyle = colour;
    canvas.lineWidth = pixels / scale;
    canvas.setLineDash(dash.map((length) => length / scale));
    canvas.stroke(path);
  };
  canvas.fillStyle = colours.abroad;
  canvas.fill(layers.neighbours);
  canvas.fillStyle = colours.land;
  canvas.fill(layers.ours);
  stroke(layers.neighbours, colours.border, 0.5);
  if (metersPerPixel(view) < MUNICIPALITY_METERS) stroke(layers.municipalities, colours.border, 0.5);
  stroke(layers.provinces, colours.border, 1.2, layers.isApproximate ? [2, 4] : []);
  stroke(layers.ours, colours.border, 1.2);
  canvas.setLineDash([]);
  canvas.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawNames(canvas, view, layers, colours);
}

/** The largest places first, as long as no name lies over another. */
function drawNames(canvas: Canvas, view: View, { names }: Layers, colours: Colours): void {
  const [middleX, middleY] = fromOrigin(view.center);
  const taken: [number, number, number, number][] = [];
  canvas.font = `${NAME_PIXELS}px system-ui, sans-serif`;
  canvas.textBaseline = "middle";
  canvas.lineWidth = 3;
  canvas.strokeStyle = colours.land;
  canvas.fillStyle = colours.name;
  for (const { name, at } of names) {
    if (taken.length >= NAMES_MOST) return;
    const x = view.width / 2 + (at[0] - middleX) * view.worldPixels;
    const y = view.height / 2 + (at[1] - middleY) * view.worldPixels;
    if (x < 0 || x > view.width || y < 0 || y > view.height) continue;
    const right = x + 10 + name.length * NAME_PIXELS * 0.6;
    const box: [number, number, number, number] = [x - 10, y - NAME_PIXELS, right, y + NAME_PIXELS];
    if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]))
      continue;
    taken.push(box);
    canvas.beginPath();
    canvas.arc(x, y, 2, 0, 2 * Math.PI);
    canvas.fill();
    canvas.strokeText(name, x + 6, y);
    canvas.fillText(name, x + 6, y);
  }
}

export interface Look {
  readonly line: string;
  /** Filled with the colour of the line, so much of it. */
  readonly fill: number;
  readonly pixels: number;
  readonly dash?: readonly number[];
}

/** Areas, several as one: where they overlap nothing is darker, for nobody is asked twice. */
export function drawShapes(canvas: Canvas, view: View, shapes: readonly Shape[], look: Look): void {
  const path = new Path2D();
  for (const shape of shapes) addTo(path, view, shape);
  canvas.globalAlpha = look.fill;
  canvas.fillStyle = look.line;
  canvas.fill(path, "nonzero");
  canvas.globalAlpha = 1;
  canvas.strokeStyle = look.line;
  canvas.lineWidth = look.pixels;
  canvas.setLineDash([...(look.dash ?? [])]);
  canvas.stroke(path);
  canvas.setLineDash([]);
}

function addTo(path: Path2D, view: View, shape: Shape): void {
  if (shape.type === "Municipality") return;
  // All the same way around, so that what lies in two is inside.
  const corners =
    shape.type === "Circle" ? circleRing(shape.center, shape.radiusMeters, CORNERS) : counterclockwise(shape.corners);
  line(
    path,
    corners.map((corner) => toScreen(view, corner)),
  );
  path.closePath();
}

function line(path: Path2D, points: readonly Point[]): void {
  for (const [at, point] of points.entries()) {
    if (at === 0) path.moveTo(...point);
    else path.lineTo(...point);
  }
}

/** Corners that are put down so far, and the way to the hand. */
export function drawCorners(
  canvas: Canvas,
  view: View,
  corners: readonly LngLat[],
  hand: Point | undefined,
  look: Look,
): void {
  const points = corners.map((corner) => toScreen(view, corner));
  const path = new Path2D();
  line(path, hand ? [...points, hand] : points);
  canvas.strokeStyle = look.line;
  canvas.lineWidth = look.pixels;
  canvas.stroke(path);
  canvas.fillStyle = look.line;
  for (const [x, y] of points) canvas.fillRect(x - 4, y - 4, 8, 8);
}

/** Where what is put down by the keyboard goes. */
export function drawCross(canvas: Canvas, { width, height }: View, colour: string): void {
  canvas.strokeStyle = colour;
  canvas.lineWidth = 2;
  canvas.beginPath();
  canvas.moveTo(width / 2 - 12, height / 2);
  canvas.lineTo(width / 2 + 12, height / 2);
  canvas.moveTo(width / 2, height / 2 - 12);
  canvas.lineTo(width / 2, height / 2 + 12);
  canvas.stroke();
}
