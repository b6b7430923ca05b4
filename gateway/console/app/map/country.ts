/** The country's layers, asked for once for all pages of a visit. What is not there yet, or failed, is asked for with the next. */
import { signal } from "@preact/signals";
import { ask } from "../kit/api.js";
import { type GeoJson, type Layers, layersOf } from "./layers.js";

export const country = signal<Layers | undefined>(undefined);

let isLoading = false;

export async function loadCountry(): Promise<void> {
  if (country.peek() !== undefined || isLoading) return;
  isLoading = true;
  const names = ["countries", "provinces", "municipalities", "places"] as const;
  const answers = await Promise.all(names.map((name) => ask<GeoJson>("GET", `/v1/map/${name}`)));
  isLoading = false;
  const layers = answers.map((answer) => (answer.ok ? answer.value : undefined));
  const [countries, provinces, municipalities, places] = layers;
  if (countries && provinces && municipalities && places) {
    country.value = layersOf(countries, provinces, municipalities, places);
  }
}
