/** The shapes of the API that a map is drawn by: outlines of the country, and places by name or postcode. */
import { z } from "zod";
import { PLACES } from "../limits.js";
import { Position } from "./area.js";
import { numberInQuery } from "./query.js";

/** What a map can draw, each as a whole. */
export const MAP_LAYERS = ["countries", "provinces", "municipalities", "places"] as const;
export const MapLayerName = z.enum(MAP_LAYERS).meta({
  description:
    "countries: land of ours and the neighbours; provinces: the borders between them; municipalities: as they were imported, else none; " +
    "places: names with their inhabitants",
});
export type MapLayerName = z.infer<typeof MapLayerName>;

const feature = <T extends z.ZodType>(geometry: T, properties: z.ZodRawShape) =>
  z.object({ type: z.literal("Feature"), properties: z.object(properties), geometry });
const coordinates = z.array(z.unknown());
const Areas = z.object({ type: z.literal("MultiPolygon"), coordinates });

export const MapLayer = z
  .object({
    type: z.literal("FeatureCollection"),
    features: z.array(
      z.union([
        feature(Areas, { code: z.string(), name: z.string() }),
        feature(z.object({ type: z.literal("MultiLineString"), coordinates }), {
          approximate: z.boolean().meta({
            description: "True without imported municipalities: halfway between the places on either side",
          }),
        }),
        feature(z.object({ type: z.literal("Point"), coordinates }), { name: z.string(), people: z.int() }),
      ]),
    ),
  })
  .meta({ id: "MapLayer", description: "GeoJSON (RFC 7946), with no more points than a screen shows" });
export type MapLayer = z.infer<typeof MapLayer>;

export const PlaceQuery = z.strictObject({
  q: z
    .string()
    .trim()
    .min(2)
    .max(PLACES.soughtCharacters)
    .meta({ description: "The beginning of a name, or a postcode: 1017, or 1017 AB" }),
  limit: numberInQuery("Places at most", 1, PLACES.found),
});

export const FoundPlace = z
  .object({
    kind: z.enum(["postcode", "municipality", "place"]),
    name: z.string(),
    country: z.string().meta({ description: "ISO 3166-1" }),
    municipality: z.string().nullable().meta({ description: "Its code; null where it is not known, and abroad" }),
    center: Position,
  })
  .meta({ id: "FoundPlace" });
export type FoundPlace = z.infer<typeof FoundPlace>;

export const PlaceList = z
  .object({ places: z.array(FoundPlace).meta({ description: "The best first, then by inhabitants" }) })
  .meta({ id: "PlaceList" });
