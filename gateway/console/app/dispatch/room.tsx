/** The dispatcher's page: a map to draw on, and beside it what is said, who gets it, and the last gesture. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Problem } from "../kit/api.js";
import { ModeBand } from "../kit/ui/last-gesture.js";
import { ProblemStatus } from "../kit/ui/status.js";
import { placesOf } from "../map/areas.js";
import { country, loadCountry } from "../map/country.js";
import { MapView } from "../map/map-view.js";
import { boxOf, COUNTRY, fitted, type View } from "../map/view.js";
import { AreaPanel } from "./area-panel.js";
import { CountsPanel } from "./counts-panel.js";
import { MessagePanel } from "./message-panel.js";
import { PhonesPanel } from "./phones-panel.js";
import { SendBar } from "./send-bar.js";
import { edited, leave, open } from "./sending.js";
import { asked, draft, drawing, enter, kind, loadProblem, otherShapes, take, view } from "./state.js";
import { words } from "./words.js";

/** `rest`: the id of a draft to go on with. */
export function Room({ rest }: { readonly rest: string }): JSX.Element {
  const problem = useSignal<Problem | undefined>(undefined);
  useEffect(enter, []);
  useEffect(() => leave, []);
  useEffect(() => void loadCountry(), []);
  useEffect(() => {
    if (rest !== "" && edited.value?.id !== rest) {
      void open(rest).then((found) => {
        problem.value = found;
      });
    }
  }, [rest]);
  const { mode } = draft.value;
  const title = { actual: words().title, exercise: words().titleExercise, test: words().titleTest }[mode];
  return (
    <div class={`dispatch ${mode}`}>
      <ModeBand mode={mode} />
      <div class="dispatch-map">
        <MapView
          words={{ map: words().map, help: words().mapHelp, nearer: words().nearer, farther: words().farther }}
          view={view.value}
          setView={show}
          layers={country.value}
          shapes={draft.value.shapes}
          others={otherShapes.value}
          drawing={drawing.value}
          onStep={take}
          usualMeters={kind.value?.radiusMeters ?? 1_000}
        />
      </div>
      <div class="dispatch-side stack">
        <h1>{title}</h1>
        <ProblemStatus problem={problem.value ?? loadProblem.value} />
        <AreaPanel />
        <MessagePanel />
        <CountsPanel />
        <PhonesPanel />
      </div>
      <SendBar />
    </div>
  );
}

/** What was drawn before a reload is what the map begins with. */
function show(next: View): void {
  const isFirst = view.value.width === 0 && next.width > 0;
  const drawn = isFirst && asked.value ? boxOf(placesOf(asked.value.area)) : undefined;
  view.value = isFirst ? fitted(next, drawn ?? COUNTRY) : next;
}
