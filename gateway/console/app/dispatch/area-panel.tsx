/** Drawing the area: the tool, a search that moves the map, and what was drawn, each with its figures and a way to take it back. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { FoundPlace } from "../../../../schemas/api/map.js";
import type { Problem } from "../kit/api.js";
import { ask, Latest } from "../kit/api.js";
import { Button } from "../kit/ui/button.js";
import { TextField } from "../kit/ui/field.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { RADIUS_METERS, type Shape } from "../map/areas.js";
import { choose, close, type Tool } from "../map/drawing.js";
import { circleRing } from "../map/geodesic.js";
import { change, draft, drawing, lookAt, lookAtShape, missing, refusedStep, take } from "./state.js";
import { words } from "./words.js";

const TOOLS: readonly Tool[] = ["circle", "polygon", "move"];
/** How much around a place is shown: a town with its surroundings. */
const AROUND_METERS = 6_000;
const SEARCH_PAUSE_MS = 200;

export function AreaPanel(): JSX.Element {
  const { tool, corners } = drawing.value;
  const hint = { circle: words().circleHint, polygon: words().polygonHint, move: words().moveHint }[tool];
  return (
    <section class="stack" aria-labelledby="area-title">
      <h2 id="area-title">{words().area}</h2>
      <Search />
      <fieldset class="tools">
        <legend class="unseen">{words().tools}</legend>
        {TOOLS.map((one) => (
          <Button key={one} isPressed={one === tool} onPress={() => take(choose(one))}>
            {words()[one]}
          </Button>
        ))}
      </fieldset>
      <p class="quiet">{hint}</p>
      {corners.length > 0 && <Button onPress={() => take(close(drawing.value))}>{words().closePolygon}</Button>}
      {refusedStep.value && <Status tone="warn">{words()[refusedStep.value]}</Status>}
      {missing.value.some(({ of }) => of === "municipalityAlone") && (
        <Status tone="warn">{words().municipalityAlone}</Status>
      )}
      <ul class="shapes">
        {draft.value.shapes.map((shape, at) => (
          <ShapeRow key={at} shape={shape} at={at} />
        ))}
      </ul>
    </section>
  );
}

function nameOf(shape: Shape, at: number): string {
  if (shape.type === "Circle") return words().shapeCircle(at + 1);
  if (shape.type === "Polygon") return words().shapePolygon(at + 1, shape.corners.length);
  return words().shapeMunicipality(shape.name);
}

function ShapeRow({ shape, at }: { readonly shape: Shape; readonly at: number }): JSX.Element {
  const name = nameOf(shape, at);
  const resize = (text: string): void => {
    const radiusMeters = Number(text);
    const isRadius = radiusMeters >= RADIUS_METERS.least && radiusMeters <= RADIUS_METERS.most;
    if (shape.type === "Circle" && isRadius)
      change({ shapes: draft.peek().shapes.with(at, { ...shape, radiusMeters }) });
  };
  return (
    <li>
      <button type="button" class="plain" onClick={() => lookAtShape(shape)}>
        {name}
      </button>
      {shape.type === "Circle" && (
        <input
          type="number"
          inputMode="numeric"
          min={RADIUS_METERS.least}
          max={RADIUS_METERS.most}
          aria-label={`${name}: ${words().radius}`}
          value={shape.radiusMeters}
          onInput={({ currentTarget }) => resize(currentTarget.value)}
        />
      )}
      {shape.type === "Circle" && <span class="quiet">m</span>}
      <Button
        label={words().removeOf(name)}
        onPress={() => change({ shapes: draft.peek().shapes.filter((_, index) => index !== at) })}
      >
        {words().remove}
      </Button>
    </li>
  );
}

function Search(): JSX.Element {
  const text = useSignal("");
  const found = useSignal<readonly FoundPlace[] | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const latest = useMemo(() => new Latest(), []);
  const sought = text.value.trim();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    clearTimeout(timer.current);
    if (sought.length >= 2) timer.current = setTimeout(() => void look(), SEARCH_PAUSE_MS);
    else {
      latest.stop();
      found.value = undefined;
    }
    return () => clearTimeout(timer.current);
  }, [sought]);
  const look = async (): Promise<readonly FoundPlace[]> => {
    clearTimeout(timer.current);
    const path = `/v1/places?limit=6&q=${encodeURIComponent(text.peek().trim())}`;
    const answer = await latest.run((signal) =>
      ask<{ readonly places: readonly FoundPlace[] }>("GET", path, { signal }),
    );
    if (answer === undefined) return [];
    problem.value = answer.ok ? undefined : answer.problem;
    found.value = answer.ok ? answer.value.places : undefined;
    return found.value ?? [];
  };
  const show = ({ center }: FoundPlace): void => {
    lookAt(circleRing(center, AROUND_METERS, 8));
    text.value = "";
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const [best] = await look();
    if (best) show(best);
  };
  return (
    <search>
      <form onSubmit={(event) => void submit(event)}>
        <TextField
          label={words().search}
          type="search"
          value={text.value}
          maxLength={60}
          onInput={(value) => {
            text.value = value;
          }}
        />
        <ProblemStatus problem={problem.value} />
        {found.value?.length === 0 && <Status>{words().noneFound}</Status>}
        <ul class="found">
          {found.value?.map((place) => (
            <li key={`${place.kind} ${place.name} ${place.center}`}>
              <button type="button" class="plain" onClick={() => show(place)}>
                {place.name}{" "}
                <span class="quiet">{[place.municipality, place.country].filter(Boolean).join(" · ")}</span>
              </button>
              {place.kind === "municipality" && place.municipality && (
                <WholeMunicipality place={place} onDone={() => show(place)} />
              )}
            </li>
          ))}
        </ul>
      </form>
    </search>
  );
}

function WholeMunicipality({
  place,
  onDone,
}: {
  readonly place: FoundPlace;
  readonly onDone: () => void;
}): JSX.Element {
  const code = place.municipality!;
  return (
    <Button
      label={words().asArea(place.name)}
      onPress={() => {
        change({ shapes: [{ type: "Municipality", code, name: place.name }] });
        onDone();
      }}
    >
      +
    </Button>
  );
}
