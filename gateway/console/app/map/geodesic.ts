/**
 * Distances on the WGS84 ellipsoid, and the circle that is so far from its middle in every direction, as the service measures it.
 *
 * Vincenty (1975), direct and inverse; right to a tenth of a millimetre wherever an area is drawn. The inverse fails for points on opposite
 * sides of the earth, which no map of a country shows: the last approximation counts then.
 */

/** Degrees, longitude first, as GeoJSON has it. */
export type LngLat = readonly [lng: number, lat: number];

const EQUATOR_METERS = 6_378_137;
const FLATTENING = 1 / 298.257223563;
const POLE_METERS = EQUATOR_METERS * (1 - FLATTENING);
const RADIANS = Math.PI / 180;
/** Radians on the sphere below which a step changes nothing: 6 micrometres. */
const SMALL = 1e-12;
const STEPS = 100;

/** Vincenty's A, B for u², the squared second eccentricity by the direction at the equator. */
function series(cosSquaredAlpha: number): readonly [a: number, b: number] {
  const u = (cosSquaredAlpha * (EQUATOR_METERS ** 2 - POLE_METERS ** 2)) / POLE_METERS ** 2;
  return [
    1 + (u / 16_384) * (4_096 + u * (-768 + u * (320 - 175 * u))),
    (u / 1_024) * (256 + u * (-128 + u * (74 - 47 * u))),
  ];
}

function correction(b: number, sinSigma: number, cosSigma: number, cosTwiceMiddle: number): number {
  const squared = cosTwiceMiddle ** 2;
  const second = (b / 6) * cosTwiceMiddle * (4 * sinSigma ** 2 - 3) * (4 * squared - 3);
  return b * sinSigma * (cosTwiceMiddle + (b / 4) * (cosSigma * (2 * squared - 1) - second));
}

function longitudeFactor(cosSquaredAlpha: number): number {
  return (FLATTENING / 16) * cosSquaredAlpha * (4 + FLATTENING * (4 - 3 * cosSquaredAlpha));
}

const reduced = (lat: number): number => Math.atan((1 - FLATTENING) * Math.tan(lat * RADIANS));

/** Where one comes out who goes so far in a direction, in degrees clockwise from north. */
export function destination([lng, lat]: LngLat, bearingDegrees: number, meters: number): LngLat {
  const [sinBearing, cosBearing] = [Math.sin(bearingDegrees * RADIANS), Math.cos(bearingDegrees * RADIANS)];
  const start = reduced(lat);
  const [sinStart, cosStart] = [Math.sin(start), Math.cos(start)];
  const toEquator = Math.atan2(Math.tan(start), cosBearing);
  const sinAlpha = cosStart * sinBearing;
  const cosSquaredAlpha = 1 - sinAlpha ** 2;
  const [a, b] = series(cosSquaredAlpha);
  let sigma = meters / (POLE_METERS * a);
  for (let step = 0; step < STEPS; step += 1) {
    const next =
      meters / (POLE_METERS * a) + correction(b, Math.sin(sigma), Math.cos(sigma), Math.cos(2 * toEquator + sigma));
    const change = Math.abs(next - sigma);
    sigma = next;
    if (change < SMALL) break;
  }
  const [sinSigma, cosSigma] = [Math.sin(sigma), Math.cos(sigma)];
  const across = sinStart * sinSigma - cosStart * cosSigma * cosBearing;
  const up = sinStart * cosSigma + cosStart * sinSigma * cosBearing;
  const toLat = Math.atan2(up, (1 - FLATTENING) * Math.hypot(sinAlpha, across));
  const lambda = Math.atan2(sinSigma * sinBearing, cosStart * cosSigma - sinStart * sinSigma * cosBearing);
  return [
    lng + (lambda - drift(sinAlpha, cosSquaredAlpha, sigma, Math.cos(2 * toEquator + sigma))) / RADIANS,
    toLat / RADIANS,
  ];
}

/** How much longer the way is around the sphere's axis than around the ellipsoid's. */
function drift(sinAlpha: number, cosSquaredAlpha: number, sigma: number, cosTwiceMiddle: number): number {
  const c = longitudeFactor(cosSquaredAlpha);
  const inner = cosTwiceMiddle + c * Math.cos(sigma) * (2 * cosTwiceMiddle ** 2 - 1);
  return (1 - c) * FLATTENING * sinAlpha * (sigma + c * Math.sin(sigma) * inner);
}

/** Metres between two points along the ellipsoid. */
export function distance([lng1, lat1]: LngLat, [lng2, lat2]: LngLat): number {
  const difference = (lng2 - lng1) * RADIANS;
  const [one, other] = [reduced(lat1), reduced(lat2)];
  const [sin1, cos1, sin2, cos2] = [Math.sin(one), Math.cos(one), Math.sin(other), Math.cos(other)];
  let lambda = difference;
  let meters = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const sinSigma = Math.hypot(cos2 * Math.sin(lambda), cos1 * sin2 - sin1 * cos2 * Math.cos(lambda));
    if (sinSigma === 0) return 0;
    const cosSigma = sin1 * sin2 + cos1 * cos2 * Math.cos(lambda);
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (cos1 * cos2 * Math.sin(lambda)) / sinSigma;
    const cosSquaredAlpha = 1 - sinAlpha ** 2;
    const cosTwiceMiddle = cosSquaredAlpha === 0 ? 0 : cosSigma - (2 * sin1 * sin2) / cosSquaredAlpha;
    const [a, b] = series(cosSquaredAlpha);
    meters = POLE_METERS * a * (sigma - correction(b, sinSigma, cosSigma, cosTwiceMiddle));
    const next = difference + drift(sinAlpha, cosSquaredAlpha, sigma, cosTwiceMiddle);
    const change = Math.abs(next - lambda);
    lambda = next;
    if (change < SMALL) break;
  }
  return meters;
}

/**
 * Points of the circle, counterclockwise, the first again at the end. Between two of them a straight line is nearer to the middle, by at
 * most radius × (1 − cos(180°/corners)): with 360 corners 0.004 %, 0.8 m at 20 km.
 */
export function circleRing(center: LngLat, radiusMeters: number, corners: number): LngLat[] {
  const ring = Array.from({ length: corners }, (_, at) => destination(center, (-360 * at) / corners, radiusMeters));
  return [...ring, ring[0]!];
}
