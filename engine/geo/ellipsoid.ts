/**
 * The WGS84 ellipsoid: positions in space as whole numbers, and how far apart two positions are for certain.
 *
 * Positions are earth-centred coordinates in units of 1/256 m. As Int32 they reach 8,388 km, cost 12 bytes, and are off by
 * at most half a unit an axis anywhere on Earth, poles and date line included: there are no seams to look after.
 *
 * Promise: for two positions whose geodesic distance is s, the chord c through the Earth obeys
 * 2 Rmin sin(s / 2 Rmin) <= c <= 2 Rmax sin(s / 2 Rmax), where Rmin = b^2/a and Rmax = a^2/b are the extreme radii of
 * curvature. The lower bound is Schur's comparison theorem: a geodesic bends nowhere more than 1/Rmin. The upper bound is
 * Blaschke's rolling theorem: the ellipsoid is an intersection of balls of radius Rmax, so it holds the spindle of all
 * arcs of that radius between the two positions, and a path on the surface can't be shorter than one around the spindle.
 */

import geodesic from "geographiclib-geodesic";

const A = 6_378_137;
const F = 1 / 298.257223563;
const B = A * (1 - F);
const E2 = F * (2 - F);
const RADIANS = Math.PI / 180;
/** The extreme radii of curvature: along the meridian at the equator, and at the poles. */
const R_MIN = (B * B) / A;
const R_MAX = (A * A) / B;

/** Units of a stored coordinate in a metre. */
const UNITS_PER_METER = 256;
/** No two positions are farther apart in space, in units. */
export const EARTH_UNITS = 2 * A * UNITS_PER_METER + 2;
/** What rounding to units can do to a distance (half a unit on three axes is 3.4 mm), with room for floating point. */
const ROUNDING_METERS = 0.004;

/** Writes the position in units, not rounded, to `out[at]`, `out[at + 1]`, `out[at + 2]`; degrees in. */
export function toSpace(lng: number, lat: number, out: Float64Array | Int32Array, at: number): void {
  const sinLat = Math.sin(lat * RADIANS);
  const cosLat = Math.cos(lat * RADIANS);
  const normal = (A * UNITS_PER_METER) / Math.sqrt(1 - E2 * sinLat * sinLat);
  const parallel = normal * cosLat;
  out[at] = parallel * Math.cos(lng * RADIANS);
  out[at + 1] = parallel * Math.sin(lng * RADIANS);
  out[at + 2] = normal * (1 - E2) * sinLat;
}

/**
 * A box in space, in units: smallest x, y, z, then largest, around every position between these degrees, whose lng does not
 * run over the date line. Of each axis the extremes of its factors are known, so that the box is at most a little too large.
 */
export function spaceBox(west: number, south: number, east: number, north: number): Int32Array {
  const across = south <= 0 && north >= 0 ? 0 : Math.min(Math.abs(south), Math.abs(north));
  const parallels = [across, Math.max(Math.abs(south), Math.abs(north))].map((lat) => at(0, lat)[0]!);
  const cosines = [west, east, 0].filter((lng) => lng >= west && lng <= east).map((lng) => Math.cos(lng * RADIANS));
  const turns = [west, east, -90, 90].filter((lng) => lng >= west && lng <= east);
  const sines = turns.map((lng) => Math.sin(lng * RADIANS));
  const products = (factors: number[]): number[] => parallels.flatMap((r) => factors.map((factor) => r * factor));
  const axes = [products(cosines), products(sines), [at(0, south)[2]!, at(0, north)[2]!]];
  return Int32Array.from([
    ...axes.map((values) => Math.floor(Math.min(...values)) - 1),
    ...axes.map((values) => Math.ceil(Math.max(...values)) + 1),
  ]);
}

function at(lng: number, lat: number): Float64Array {
  const space = new Float64Array(3);
  toSpace(lng, lat, space, 0);
  return space;
}

/** The surface position, [lng, lat], on the line from the centre of the Earth's normal through a point not far below it. */
export function toSurface(x: number, y: number, z: number): [number, number] {
  const parallel = Math.hypot(x, y);
  return [Math.atan2(y, x) / RADIANS, Math.atan2(z, parallel * (1 - E2)) / RADIANS];
}

/** Squared chords, in units, at or below which a stored position is within `meters` for certain; -1 where none is. */
export function certainlyInside(meters: number): number {
  const chord = (2 * R_MIN * Math.sin(meters / (2 * R_MIN)) - ROUNDING_METERS) * UNITS_PER_METER;
  return chord < 0 ? -1 : chord * chord;
}

/** Squared chords, in units, above which a stored position is farther than `meters` for certain. */
export function certainlyOutside(meters: number): number {
  const chord = (2 * R_MAX * Math.sin(meters / (2 * R_MAX)) + ROUNDING_METERS) * UNITS_PER_METER;
  return chord * chord;
}

/** The geodesic distance in metres, exact to some nanometres (Karney 2013). Slow: microseconds. */
export function geodesicMeters(lngA: number, latA: number, lngB: number, latB: number): number {
  const { s12 } = geodesic.Geodesic.WGS84.Inverse(latA, lngA, latB, lngB, geodesic.Geodesic.DISTANCE);
  return s12 ?? Number.NaN;
}
