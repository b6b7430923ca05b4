/** Asking more people: another area, a circle that grows by itself, the nearest until enough, or where somebody who flees may be by now. */
import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { ChoiceField, TextField } from "../kit/ui/field.js";
import { type Area, areaOf, placesOf, type Shape } from "../map/areas.js";
import type { LngLat } from "../map/geodesic.js";
import { boxOf } from "../map/view.js";
import { type Typed, type, typed } from "./doing.js";
import { action, drawn } from "./state.js";
import { words } from "./words.js";

const WAYS = ["area", "rings", "enough", "fleeing"] as const;
/** Metres per second on foot, by bicycle and on a motorway. */
const SPEEDS = { "1.5": "walking", "5": "cycling", "30": "driving" } as const;
const RINGS_SHOWN = 8;
const MINUTE_SECONDS = 60;

export function WideningFields(): JSX.Element {
  const { way } = typed.value;
  const label = {
    area: words().wayArea,
    rings: words().wayRings,
    enough: words().wayEnough,
    fleeing: words().wayFleeing,
  };
  return (
    <>
      <ChoiceField
        label={words().way}
        value={way}
        choices={WAYS.map((one) => ({ value: one, label: label[one] }))}
        onChoose={(one) => type({ way: WAYS.find((known) => known === one) ?? "area" })}
      />
      {way === "area" && <p class="quiet">{words().drawHint}</p>}
      {way === "enough" && <Figure name="enough" label={words().enough} />}
      {way === "rings" && <Figure name="stepMeters" label={words().step} />}
      {way === "fleeing" && <Speed />}
      {(way === "rings" || way === "fleeing") && <Figure name="everyMinutes" label={words().every} />}
      {(way === "rings" || way === "fleeing") && <Figure name="mostMeters" label={words().most} />}
      {(way === "fleeing" || way === "area") && drawn.value.length === 0 && <p class="quiet">{words().needsPlace}</p>}
    </>
  );
}

type FigureName = "enough" | "stepMeters" | "everyMinutes" | "mostMeters";

function Figure({ name, label }: { readonly name: FigureName; readonly label: string }): JSX.Element {
  const fill = (text: string): void => type({ [name]: text } as Partial<Typed>);
  return <TextField label={label} inputMode="numeric" value={typed.value[name]} onInput={fill} />;
}

function Speed(): JSX.Element {
  return (
    <>
      <p class="quiet">{words().fleeHint}</p>
      <ChoiceField
        label={words().speed}
        value={typed.value.metersPerSecond}
        choices={Object.entries(SPEEDS).map(([speed, name]) => ({ value: speed, label: words()[name] }))}
        onChoose={(speed) => type({ metersPerSecond: speed })}
      />
    </>
  );
}

/** Figures that fit the circle there is: a ring is half of it, and the largest three times as wide. */
export function widenFrom(area: Area): void {
  if (area.type !== "Circle" || typed.value.way !== "area") return;
  const { radiusMeters } = area;
  type({
    stepMeters: String(Math.max(500, Math.round(radiusMeters / 2))),
    mostMeters: String(Math.round(3 * radiusMeters)),
  });
}

/** Where they were last: the middle of what was put down last. */
function placeDrawn(): LngLat | undefined {
  const last = drawn.value.at(-1);
  if (last?.type === "Circle") return last.center;
  return last?.type === "Polygon" ? last.corners[0] : undefined;
}

function middleOf(area: Area): LngLat | undefined {
  if (area.type === "Circle") return area.center;
  const box = boxOf(placesOf(area));
  return box && [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}

/** Path and body of the request; undefined while something is wanted. */
export function widening(): readonly [string, object] | undefined {
  const { way, enough, metersPerSecond } = typed.value;
  const path = "/widenings";
  const area = areaOf(drawn.value);
  const from = placeDrawn();
  const { stepMeters, maxRadiusMeters, everySeconds } = figures();
  if (way === "area") return area && [path, { area }];
  if (way === "enough") return [path, { enough: Number(enough) }];
  if (way === "rings") return [path, { rings: { stepMeters, everySeconds, maxRadiusMeters } }];
  const fleeing = { from, metersPerSecond: Number(metersPerSecond), everySeconds, maxRadiusMeters };
  return from && [path, { fleeing }];
}

function figures() {
  const { stepMeters, mostMeters, everyMinutes } = typed.value;
  const everySeconds = Math.round(Number(everyMinutes) * MINUTE_SECONDS);
  return { stepMeters: Number(stepMeters), maxRadiusMeters: Number(mostMeters), everySeconds };
}

/** What it will ask, drawn ahead of time: each ring to come. */
export const ahead = computed<readonly Shape[]>(() => {
  const { act, way, metersPerSecond } = typed.value;
  const now = action.value;
  if (act !== "widen" || now === undefined) return [];
  const { stepMeters, maxRadiusMeters, everySeconds } = figures();
  const isFleeing = way === "fleeing";
  const center = isFleeing ? placeDrawn() : middleOf(now.area as Area);
  if (center === undefined || (way !== "rings" && !isFleeing)) return [];
  const step = isFleeing ? Number(metersPerSecond) * everySeconds : stepMeters;
  const first = !isFleeing && now.area.type === "Circle" ? now.area.radiusMeters : 0;
  const radii = Array.from({ length: RINGS_SHOWN }, (_, at) => first + (at + 1) * step);
  return radii
    .filter((radius) => radius > 0 && radius <= maxRadiusMeters)
    .map((radiusMeters) => ({ type: "Circle", center, radiusMeters }));
});
