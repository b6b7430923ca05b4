import { expect, test } from "vitest";
import { baseCellAt, cellName, cornerOf, ROOT, sideMeters, squareOf, squareRing } from "../../../engine/reach/cells.js";
import { fromRd, toRd } from "../../../engine/reach/rd.js";

/** Published with the polynomials: Amersfoort, the Westertoren in Amsterdam, the Martinitoren in Groningen. */
const TOWERS = [
  [5.38720621, 52.1551744, 155_000, 463_000],
  [4.88352559, 52.37453253, 120_700.723, 487_525.502],
  [6.56820053, 53.21938317, 233_883.131, 582_065.167],
] as const;

function rd(lng: number, lat: number): [number, number] {
  const out = new Float64Array(2);
  toRd(lng, lat, out);
  return [out[0]!, out[1]!];
}

test("known towers stand where they should, both ways", () => {
  for (const [lng, lat, x, y] of TOWERS) {
    const [east, north] = rd(lng, lat);
    expect(Math.hypot(east - x, north - y)).toBeLessThan(0.5);
    const [back, up] = fromRd(x, y);
    expect(Math.hypot((back - lng) * 68_000, (up - lat) * 111_000)).toBeLessThan(0.5);
  }
});

const RADIANS = Math.PI / 180;
const BESSEL = { a: 6_377_397.155, f: 1 / 299.1528128 };
const WGS84 = { a: 6_378_137, f: 1 / 298.257223563 };

/** WGS84 to the ellipsoid of Bessel, by the seven parameters of EPSG:28992. */
function toBessel(lng: number, lat: number): [number, number] {
  const e2 = WGS84.f * (2 - WGS84.f);
  const normal = WGS84.a / Math.sqrt(1 - e2 * Math.sin(lat * RADIANS) ** 2);
  const [px, py, pz] = [
    normal * Math.cos(lat * RADIANS) * Math.cos(lng * RADIANS) - 565.2369,
    normal * Math.cos(lat * RADIANS) * Math.sin(lng * RADIANS) - 50.0087,
    normal * (1 - e2) * Math.sin(lat * RADIANS) - 465.658,
  ];
  const [rx, ry, rz] = [-0.406857330322398, 0.350732676542563, -1.8703473836068].map((s) => (s / 3_600) * RADIANS) as [
    number,
    number,
    number,
  ];
  const scale = 1 + 4.0812e-6;
  const x = (px + rz * py - ry * pz) / scale;
  const y = (-rz * px + py + rx * pz) / scale;
  const z = (ry * px - rx * py + pz) / scale;
  const b2 = BESSEL.f * (2 - BESSEL.f);
  let phi = Math.atan2(z, Math.hypot(x, y) * (1 - b2));
  for (let round = 0; round < 10; round += 1) {
    const n = BESSEL.a / Math.sqrt(1 - b2 * Math.sin(phi) ** 2);
    phi = Math.atan2(z + b2 * n * Math.sin(phi), Math.hypot(x, y));
  }
  return [Math.atan2(y, x), phi];
}

/** The oblique stereographic projection (EPSG method 9809, IOGP guidance note 7-2). */
function project(lng: number, lat: number): [number, number] {
  const [phi0, lambda0] = [52.1561605555556 * RADIANS, 5.38763888888889 * RADIANS];
  const e2 = BESSEL.f * (2 - BESSEL.f);
  const e = Math.sqrt(e2);
  const sin0 = Math.sin(phi0);
  const rho = (BESSEL.a * (1 - e2)) / (1 - e2 * sin0 ** 2) ** 1.5;
  const nu = BESSEL.a / Math.sqrt(1 - e2 * sin0 ** 2);
  const r = Math.sqrt(rho * nu);
  const n = Math.sqrt(1 + (e2 * Math.cos(phi0) ** 4) / (1 - e2));
  const power = (sin: number) => (((1 + sin) / (1 - sin)) * ((1 - e * sin) / (1 + e * sin)) ** e) ** n;
  const w1 = power(sin0);
  const chi00 = (w1 - 1) / (w1 + 1);
  const c = ((n + sin0) * (1 - chi00)) / ((n - sin0) * (1 + chi00));
  const chiOf = (w: number) => Math.asin((c * w - 1) / (c * w + 1));
  const chi0 = chiOf(w1);
  const [lambda, phi] = toBessel(lng, lat);
  const chi = chiOf(power(Math.sin(phi)));
  const turn = n * (lambda - lambda0);
  const b = 1 + Math.sin(chi) * Math.sin(chi0) + Math.cos(chi) * Math.cos(chi0) * Math.cos(turn);
  const k = 2 * r * 0.9999079;
  return [
    155_000 + (k * Math.cos(chi) * Math.sin(turn)) / b,
    463_000 + (k * (Math.sin(chi) * Math.cos(chi0) - Math.cos(chi) * Math.sin(chi0) * Math.cos(turn))) / b,
  ];
}

test("all over the country it is within a metre of the projection itself, and it comes back to where it was", () => {
  let worst = 0;
  for (let lng = 3.3; lng <= 7.25; lng += 0.05) {
    for (let lat = 50.7; lat <= 53.6; lat += 0.05) {
      const [x, y] = rd(lng, lat);
      const [east, north] = project(lng, lat);
      worst = Math.max(worst, Math.hypot(x - east, y - north));
      const [back, up] = fromRd(x, y);
      expect(Math.hypot((back - lng) * 68_000, (up - lat) * 111_000)).toBeLessThan(1);
    }
  }
  expect(worst).toBeLessThan(1);
});

test("a cell is found by a position in it, and lies in the larger ones around it", () => {
  for (const [lng, lat, x, y] of TOWERS) {
    const base = baseCellAt(x + 0.5, y + 0.5)!;
    for (let level = 0; level <= ROOT; level += 1) {
      const corner = cornerOf(base >> (2 * level), level);
      const meters = sideMeters(level);
      expect(x + 0.5 - corner.x).toBeGreaterThanOrEqual(0);
      expect(x + 0.5 - corner.x).toBeLessThan(meters);
      expect(y + 0.5 - corner.y).toBeLessThan(meters);
      if (meters <= 8_000) expect([corner.x % meters, corner.y % meters]).toEqual([0, 0]);
    }
    expect(squareOf(cellName(base, 0))).toEqual({ ...cornerOf(base, 0), meters: 500 });
    const ring = squareRing(squareOf(cellName(base >> 2, 1)));
    expect(ring[0]).toEqual(ring[4]);
    expect(Math.min(...ring.map(([at]) => at)) <= lng && Math.max(...ring.map(([at]) => at)) >= lng).toBe(true);
    expect(Math.min(...ring.map(([, at]) => at)) <= lat && Math.max(...ring.map(([, at]) => at)) >= lat).toBe(true);
  }
  expect(baseCellAt(-1, 300_000)).toBeUndefined();
  expect(baseCellAt(100_000, 1_000)).toBeUndefined();
  expect(baseCellAt(Number.NaN, 300_000)).toBeUndefined();
});
