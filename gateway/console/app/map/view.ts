/**
 * What of the world a map shows: Web Mercator, in which circles stay round on the screen, and a scale for the middle of it. Pure: a view is
 * a value, and what moves it gives another one.
 */
import type { LngLat } from "./geodesic.js";

export interface View {
  /** In the middle of the screen. */
  readonly center: LngLat;
  /** Pixels of the screen for the whole way around the world. */
  readonly worldPixels: number;
  readonly width: number;
  readonly height: number;
}

export type Point = readonly [x: number, y: number];
/** West, south, east, north. */
export type Box = readonly [number, number, number, number];

/** The whole of it, and how a map stands before its size is known. */
export const COUNTRY: Box = [3.3, 50.7, 7.3, 53.6];
export const START: View = { center: [5.3, 52.2], worldPixels: 60_000, width: 0, height: 0 };

const EQUATOR_METERS = 40_075_016.69;
/** Pixels around the world: all of Europe on a small screen, and a house on a large one. */
const LEAST_PIXELS = 5_000;
const MOST_PIXELS = 400_000_000;
const RADIANS = Math.PI / 180;
/** Beyond it Mercator has no end. */
const LAT_MAX = 85;

/** From 0 to 1, from west to east and from north to south. */
export function unit([lng, lat]: LngLat): Point {
  const bounded = Math.max(-LAT_MAX, Math.min(LAT_MAX, lat));
  return [lng / 360 + 0.5, 0.5 - Math.log(Math.tan(Math.PI / 4 + (bounded * RADIANS) / 2)) / (2 * Math.PI)];
}

export function toScreen(view: View, place: LngLat): Point {
  const [x, y] = unit(place);
  const [middleX, middleY] = unit(view.center);
  return [view.width / 2 + (x - middleX) * view.worldPixels, view.height / 2 + (y - middleY) * view.worldPixels];
}

export function toPlace(view: View, [x, y]: Point): LngLat {
  const [middleX, middleY] = unit(view.center);
  const unitX = middleX + (x - view.width / 2) / view.worldPixels;
  const unitY = middleY + (y - view.height / 2) / view.worldPixels;
  const lat = (2 * Math.atan(Math.exp((0.5 - unitY) * 2 * Math.PI)) - Math.PI / 2) / RADIANS;
  return [(unitX - 0.5) * 360, Math.max(-LAT_MAX, Math.min(LAT_MAX, lat))];
}

export function metersPerPixel(view: View): number {
  return (Math.cos(view.center[1] * RADIANS) * EQUATOR_METERS) / view.worldPixels;
}

/** The world moves with the hand: what was at a point is so many pixels further. */
export function moved(view: View, right: number, down: number): View {
  return { ...view, center: toPlace(view, [view.width / 2 - right, view.height / 2 - down]) };
}

/** Nearer (above 1) or farther, with what is at that point staying there. */
export function zoomed(view: View, factor: number, at: Point = [view.width / 2, view.height / 2]): View {
  const worldPixels = Math.max(LEAST_PIXELS, Math.min(MOST_PIXELS, view.worldPixels * factor));
  const place = toPlace(view, at);
  const nearer = { ...view, worldPixels };
  const [x, y] = toScreen(nearer, place);
  return moved(nearer, at[0] - x, at[1] - y);
}

/** Shows the whole box, with a rim around it. */
export function fitted(view: View, [west, south, east, north]: Box): View {
  const [left, top] = unit([west, north]);
  const [right, bottom] = unit([east, south]);
  const across = Math.max(right - left, 1e-9);
  const down = Math.max(bottom - top, 1e-9);
  const worldPixels = RIM * Math.min(view.width / across, view.height / down);
  const middle = { ...view, worldPixels: 1, center: [0, 0] as LngLat, width: 0, height: 0 };
  const center = toPlace(middle, [(left + right) / 2 - 0.5, (top + bottom) / 2 - 0.5]);
  return zoomed({ ...view, center, worldPixels }, 1);
}
const RIM = 0.85;

export function boxOf(places: Iterable<LngLat>): Box | undefined {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lng, lat] of places) {
    [west, south] = [Math.min(west, lng), Math.min(south, lat)];
    [east, north] = [Math.max(east, lng), Math.max(north, lat)];
  }
  return west <= east ? [west, south, east, north] : undefined;
}

/** The largest of 1, 2 and 5 with zeros that fits into so many pixels. */
export function scaleBar(view: View, mostPixels: number): { readonly meters: number; readonly pixels: number } {
  const each = metersPerPixel(view);
  const most = mostPixels * each;
  const power = 10 ** Math.floor(Math.log10(most));
  const meters = power * ([5, 2, 1].find((step) => step * power <= most) ?? 1);
  return { meters, pixels: meters / each };
}
