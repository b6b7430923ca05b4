/** The areas that the API takes: GeoJSON's polygons, a circle, and a municipality by its code. */
import { z } from "zod";
import { MultiPolygonCoordinates, PolygonCoordinates, Position } from "../coordinates.js";
import { API } from "../limits.js";

export { Position };

/** GeoJSON's bounding box (RFC 7946, 5): taken, since programs write it, and ignored, since the area says all. */
const Bbox = z.array(z.number()).min(4).max(6).optional().meta({ description: "Ignored" });

function withoutBbox<T extends { readonly bbox?: number[] | undefined }>({ bbox: _, ...area }: T): T {
  return area as T;
}

export const Circle = z
  .strictObject({
    type: z.literal("Circle"),
    center: Position,
    radiusMeters: z.number().min(API.radiusMetersMin).max(API.radiusMetersMax),
    bbox: Bbox,
  })
  .overwrite(withoutBbox)
  .meta({
    id: "Circle",
    description: "All that is within radiusMeters along the WGS84 ellipsoid",
    examples: [{ type: "Circle", center: [4.883, 52.086], radiusMeters: 5_000 }],
  });
export const Polygon = z
  .strictObject({ type: z.literal("Polygon"), coordinates: PolygonCoordinates, bbox: Bbox })
  .overwrite(withoutBbox)
  .meta({ id: "Polygon", description: "GeoJSON (RFC 7946)" });
export const MultiPolygon = z
  .strictObject({ type: z.literal("MultiPolygon"), coordinates: MultiPolygonCoordinates, bbox: Bbox })
  .overwrite(withoutBbox)
  .meta({ id: "MultiPolygon", description: "GeoJSON (RFC 7946)" });
/** By CBS. GM0000 is none: its number, 0, stands for all that is beyond the border. */
export const MunicipalityCode = z
  .string()
  .regex(/^GM(?!0000)\d{4}$/, { error: "A municipality's code, GM and four digits" });
export const Municipality = z
  .strictObject({ type: z.literal("Municipality"), code: MunicipalityCode })
  .meta({ id: "Municipality", description: "Everyone registered in the municipality, by CBS code" });
export const AreaInput = z
  .discriminatedUnion("type", [Circle, Polygon, MultiPolygon, Municipality])
  .meta({ id: "Area" });
export type AreaInput = z.infer<typeof AreaInput>;

/** What is asked of an action: a circle without a radius has that of the kind. */
export const AskedArea = z
  .discriminatedUnion("type", [
    z
      .strictObject({ ...Circle.shape, radiusMeters: Circle.shape.radiusMeters.optional() })
      .overwrite(withoutBbox)
      .meta({
        id: "AskedCircle",
        description: "A circle; without radiusMeters it has that of the kind",
        examples: [{ type: "Circle", center: [4.883, 52.086], radiusMeters: 5_000 }],
      }),
    Polygon,
    MultiPolygon,
    Municipality,
  ])
  .meta({ id: "AskedArea" });
