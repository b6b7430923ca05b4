/**
 * Metres on a map that is flat around a point: for telling near from far within a country, where half a per cent does not
 * matter. Who is in an action's circle is decided elsewhere, and exactly (engine/geo).
 */

export const METERS_PER_DEGREE = 111_320;

/** Metres in a degree of longitude at this latitude. */
export function metersPerDegreeLng(lat: number): number {
  return METERS_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
}

/** The distance of two points that are near each other. */
export function nearMeters(a: { lng: number; lat: number }, b: { lng: number; lat: number }): number {
  return Math.hypot((a.lng - b.lng) * metersPerDegreeLng(a.lat), (a.lat - b.lat) * METERS_PER_DEGREE);
}

/** Metres from the point to the nearest point of the edge from (x1, y1) to (x2, y2); all in degrees. */
export function metersToEdge(
  lng: number,
  lat: number,
  perLng: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): number {
  const ax = (x1 - lng) * perLng;
  const ay = (y1 - lat) * METERS_PER_DEGREE;
  const dx = (x2 - x1) * perLng;
  const dy = (y2 - y1) * METERS_PER_DEGREE;
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, -(ax * dx + ay * dy) / length));
  return Math.hypot(ax + along * dx, ay + along * dy);
}
