/** Where a place is: by its postcode, or on a map that is moved until the cross in its middle lies there. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Button } from "../kit/ui/button.js";
import { TextField } from "../kit/ui/field.js";
import { country, loadCountry } from "../map/country.js";
import { drawCross } from "../map/draw.js";
import { MapView } from "../map/map-view.js";
import type { View } from "../map/view.js";
import type { Place } from "./state.js";
import { words } from "./words.js";

/** A town fills the map; or the country, where nothing is known yet. */
const WORLD_PIXELS = { town: 1_500_000, country: 40_000 };

export type Spot = Pick<Place, "position" | "postcode">;

interface Props {
  readonly place: Spot;
  readonly onChange: (changed: Partial<Spot>) => void;
  /** Nobody has said yet where it is. */
  readonly isNew?: boolean;
}

export function Where({ place, onChange, isNew = false }: Props): JSX.Element {
  const isOnMap = useSignal(place.postcode === null);
  const { position } = place;
  const view = useSignal<View>({
    center: [position[0], position[1]],
    worldPixels: WORLD_PIXELS[isNew ? "country" : "town"],
    width: 0,
    height: 0,
  });
  useEffect(() => {
    if (isOnMap.value) void loadCountry();
  }, [isOnMap.value]);
  const { map, mapHelp, nearer, farther } = words();
  return (
    <fieldset class="stack">
      <legend>{words().where}</legend>
      {isOnMap.value ? (
        <>
          <p class="quiet">{mapHelp}</p>
          <div class="place-map">
            <MapView
              words={{ map, help: mapHelp, nearer, farther }}
              view={view.value}
              setView={(next) => {
                const hasMoved = next.center !== view.value.center;
                view.value = next;
                // A ten-thousandth of a degree is ten metres: nobody's house is known better than that.
                const [lng, lat] = next.center.map((degrees) => Math.round(degrees * 10_000) / 10_000) as [
                  number,
                  number,
                ];
                if (hasMoved) onChange({ position: [lng, lat], postcode: null });
              }}
              layers={country.value}
              shapes={[]}
              overlay={(canvas, at, colours) => drawCross(canvas, at, colours.name)}
            />
          </div>
          <div>
            <Button
              onPress={() => {
                isOnMap.value = false;
                onChange({ postcode: "" });
              }}
            >
              {words().byPostcode}
            </Button>
          </div>
        </>
      ) : (
        <>
          <TextField
            label={words().postcode}
            value={place.postcode ?? ""}
            autocomplete="postal-code"
            onInput={(value) => onChange({ postcode: value })}
          />
          <div>
            <Button
              onPress={() => {
                isOnMap.value = true;
                onChange({ postcode: null });
              }}
            >
              {words().useMap}
            </Button>
          </div>
        </>
      )}
    </fieldset>
  );
}
