/** Areas, as the engine knows them. GeoJSON order: [lng, lat], degrees, WGS84. */

export type LngLat = readonly [number, number];

/** Closed rings (first and last position equal); the first is the outline, the others are holes. */
export type Rings = readonly (readonly LngLat[])[];

export type Area =
  | { readonly type: "Circle"; readonly center: LngLat; readonly radiusMeters: number }
  | { readonly type: "Polygon"; readonly coordinates: Rings }
  | { readonly type: "MultiPolygon"; readonly coordinates: readonly Rings[] }
  /** By the municipality that a location is registered in: 363 for GM0363. */
  | { readonly type: "Municipality"; readonly code: number };
