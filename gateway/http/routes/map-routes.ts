/**
 * The routes that a map asks: outlines of the country, for everybody, since nothing in them is ours; and places by name or postcode, for who has a
 * key that draws or looks at areas.
 */
import type { CountryMap } from "../../../engine/places/screen/country-map.js";
import { MapLayer, MapLayerName, PlaceList, PlaceQuery } from "../../../schemas/api/map.js";
import { PLACES } from "../../../schemas/limits.js";
import { respondKept } from "../request/kept.js";
import { respond } from "../request/response.js";
import { type Route, route } from "../request/route.js";

const PROBLEMS = ["BUSY", "WORKER_DIED"] as const;

export function mapRoutes(map: Pick<CountryMap, "layer" | "find">): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/map/{layer}",
      summary: "What a map draws of the country, simplified for a screen",
      auth: "public",
      params: { layer: MapLayerName },
      response: { status: 200, description: "GeoJSON", schema: MapLayer, tagged: true },
      problems: PROBLEMS,
      handle: async ({ params, ifNoneMatch }) => {
        const layer = await map.layer(params.layer);
        if (!layer.ok) return layer;
        const { bytes, tag } = layer.value;
        return respondKept({ body: bytes, contentType: "application/geo+json", tag }, ifNoneMatch);
      },
    }),
    route({
      method: "GET",
      path: "/v1/places",
      summary: "Where a place, a municipality or a postcode is",
      auth: "key",
      scopes: ["draft", "dispatch", "watch", "registry", "reach"],
      query: PlaceQuery,
      response: { status: 200, description: "What is called so; none where nothing is", schema: PlaceList },
      problems: PROBLEMS,
      handle: async ({ query }) => {
        const found = await map.find(query.q, query.limit ?? PLACES.found);
        return found.ok ? respond({ places: found.value }) : found;
      },
    }),
  ];
}
