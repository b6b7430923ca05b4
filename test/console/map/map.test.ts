import geodesic from "geographiclib-geodesic";
import { describe, expect, it } from "vitest";
import {
  type Area,
  areaOf,
  CIRCLE_CORNERS,
  crosses,
  dragged,
  type Shape,
} from "../../../gateway/console/app/map/areas.js";
import { circleRing, destination, distance, type LngLat } from "../../../gateway/console/app/map/geodesic.js";
import {
  boxOf,
  fitted,
  metersPerPixel,
  moved,
  scaleBar,
  toPlace,
  toScreen,
  type View,
  zoomed,
} from "../../../gateway/console/app/map/view.js";
import { AskedArea } from "../../../schemas/api/area.js";
import { seeded } from "../../random.js";

const { WGS84 } = geodesic.Geodesic;
const meters = ([lng1, lat1]: LngLat, [lng2, lat2]: LngLat): number => WGS84.Inverse(lat1, lng1, lat2, lng2).s12!;
const WEESP: LngLat = [5.041, 52.307];
const VIEW: View = { center: WEESP, worldPixels: 1_000_000, width: 900, height: 600 };

/** Somewhere on the map of the country and its neighbours. */
function someCircle(random: () => number): readonly [LngLat, number] {
  return [[2 + 6.5 * random(), 50 + 4 * random()], 10 ** (1 + 4.6 * random())];
}

describe("a circle that is drawn", () => {
  it("is as large as it says, in every direction, to a millimetre, and is measured so", () => {
    const random = seeded(21);
    for (let round = 0; round < 200; round += 1) {
      const [center, radius] = someCircle(random);
      for (const corner of circleRing(center, radius, 8)) {
        expect(Math.abs(meters(center, corner) - radius), `${center} ${radius}`).toBeLessThan(0.001);
        expect(Math.abs(distance(center, corner) - radius), `${center} ${radius}`).toBeLessThan(0.001);
      }
    }
    expect(distance(WEESP, WEESP)).toBe(0);
  });

  it("is a polygon beside another area, short of the circle by 0.004 % at most", () => {
    const random = seeded(22);
    for (let round = 0; round < 20; round += 1) {
      const [center, radius] = someCircle(random);
      const ring = circleRing(center, radius, CIRCLE_CORNERS);
      for (const [at, corner] of ring.slice(1).entries()) {
        const before = ring[at]!;
        const short = 1 - meters(center, [(corner[0] + before[0]) / 2, (corner[1] + before[1]) / 2]) / radius;
        // A straight line in degrees is none on the ellipsoid: what that adds grows with the circle, and is part of the error.
        expect(Math.abs(short), `${center} ${radius}`).toBeLessThan(radius > 50_000 ? 0.0002 : 0.00005);
      }
    }
  });

  it("has a radius that a hand can aim at", () => {
    const radii = [0, 3, 444, 2_222, 33_333].map((far) => dragged(WEESP, destination(WEESP, 30, far)));
    expect(radii).toEqual([1, 1, 440, 2_200, 33_300]);
  });
});

describe("areas that are drawn", () => {
  const circle: Shape = { type: "Circle", center: WEESP, radiusMeters: 1_500 };
  const corners: LngLat[] = [
    [5, 52],
    [5, 52.1],
    [5.1, 52.1],
  ];
  const accepted = (area: Area | undefined) => AskedArea.parse(JSON.parse(JSON.stringify(area)));

  it("are what the API takes, one as it is and several together, whichever way somebody went around", () => {
    expect(accepted(areaOf([circle]))).toEqual({ type: "Circle", center: WEESP, radiusMeters: 1_500 });
    const polygon = accepted(areaOf([{ type: "Polygon", corners }]));
    expect(polygon).toEqual({
      type: "Polygon",
      coordinates: [
        [
          [5.1, 52.1],
          [5, 52.1],
          [5, 52],
          [5.1, 52.1],
        ],
      ],
    });
    expect(accepted(areaOf([{ type: "Polygon", corners: [...corners].reverse() }]))).toEqual(polygon);
    expect(accepted(areaOf([circle, { type: "Polygon", corners }])).type).toBe("MultiPolygon");
    expect(accepted(areaOf([{ type: "Municipality", code: "GM0363", name: "Amsterdam" }])).type).toBe("Municipality");
  });

  it("are none where nothing is drawn, or a municipality beside something else", () => {
    expect(areaOf([])).toBeUndefined();
    expect(areaOf([circle, { type: "Municipality", code: "GM0363", name: "Amsterdam" }])).toBeUndefined();
  });

  it("are known to cross themselves", () => {
    expect(crosses(corners)).toBe(false);
    expect(
      crosses([
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 1],
      ]),
    ).toBe(true);
    expect(
      crosses([
        [0, 0],
        [2, 0],
        [2, 2],
        [1, 0.5],
        [0, 2],
      ]),
    ).toBe(false);
  });
});

describe("a view", () => {
  const near = ([lng, lat]: LngLat, [otherLng, otherLat]: LngLat) => {
    expect(lng).toBeCloseTo(otherLng, 9);
    expect(lat).toBeCloseTo(otherLat, 9);
  };

  it("finds the place of a point on the screen, and the point of a place", () => {
    const random = seeded(23);
    for (let round = 0; round < 100; round += 1) {
      const point = [900 * random(), 600 * random()] as const;
      const [x, y] = toScreen(VIEW, toPlace(VIEW, point));
      expect([x, y].map((v) => Number(v.toFixed(6)))).toEqual(point.map((v) => Number(v.toFixed(6))));
    }
  });

  it("moves with the hand, and keeps what is under it in its place while it comes nearer", () => {
    const grabbed = toPlace(VIEW, [100, 200]);
    near(toPlace(moved(VIEW, 30, -40), [130, 160]), grabbed);
    near(toPlace(zoomed(VIEW, 3, [100, 200]), [100, 200]), grabbed);
    expect(zoomed(VIEW, 0).worldPixels).toBeGreaterThan(1_000);
    expect(zoomed(VIEW, Number.MAX_VALUE).worldPixels).toBeLessThan(1e9);
  });

  it("shows a whole box", () => {
    const box = boxOf([
      [3.3, 50.7],
      [7.3, 53.6],
    ])!;
    const view = fitted(VIEW, box);
    for (const corner of [
      [3.3, 53.6],
      [7.3, 50.7],
    ] as const) {
      const [x, y] = toScreen(view, corner);
      expect(x >= 0 && x <= 900 && y >= 0 && y <= 600, `${x}, ${y}`).toBe(true);
    }
    expect(boxOf([])).toBeUndefined();
  });

  it("has a scale that is right in its middle", () => {
    const { meters: told, pixels } = scaleBar(VIEW, 120);
    expect(pixels).toBeLessThanOrEqual(120);
    expect(pixels).toBeGreaterThan(40);
    const real = meters(toPlace(VIEW, [450 - pixels / 2, 300]), toPlace(VIEW, [450 + pixels / 2, 300]));
    // On the sphere of Mercator: a third of a per cent off the ellipsoid.
    expect(Math.abs(real / told - 1)).toBeLessThan(0.004);
    expect(metersPerPixel(zoomed(VIEW, 2))).toBeCloseTo(metersPerPixel(VIEW) / 2, 6);
  });
});
