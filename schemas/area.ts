/** The areas that the API takes: GeoJSON's polygons, a circle, and a municipality by its code. */
import { z } from "zod";
import { MultiPolygonCoordinates, PolygonCoordinates } from "./coordinates.js";
import { API } from "./limits.js";

const Longitude = z.number().min(-180).max(180);
const Latitude = z.number().min(-90).max(90);
export const Position = z.tuple([Longitude, Latitude]).meta({ description: "[lng, lat] in degrees, WGS84" });

export const Circle = z
  .strictObject({
    type: z.literal("Circle"),
    center: Position,
    radiusMeters: z.number().min(API.radiusMetersMin).max(API.radiusMetersMax),
  })
  .meta({ id: "Circle", description: "All that is within radiusMeters along the WGS84 ellipsoid" });
export const Polygon = z
  .strictObject({ type: z.literal("Polygon"), coordinates: PolygonCoordinates })
  .meta({ id: "Polygon", description: "GeoJSON (RFC 7946)" });
export const MultiPolygon = z
  .strictObject({ type: z.literal("MultiPolygon"), coordinates: MultiPolygonCoordinates })
  .meta({ id: "MultiPolygon", description: "GeoJSON (RFC 7946)" });
export const Municipality = z
  .strictObject({ type: z.literal("Municipality"), code: z.string().regex(/^GM\d{4}$/) })
  .meta({ id: "Municipality", description: "Everyone registered in the municipality, by CBS code" });
export const AreaInput = z
  .discriminatedUnion("type", [Circle, Polygon, MultiPolygon, Municipality])
  .meta({ id: "Area" });
export type AreaInput = z.infer<typeof AreaInput>;
