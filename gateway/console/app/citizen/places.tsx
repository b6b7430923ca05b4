/** The places of a participant, each with its wishes. What is changed is kept in the page until it is saved. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Problem } from "../kit/api.js";
import { Button } from "../kit/ui/button.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { PlaceEditor } from "./place.js";
import { change, me, type Place } from "./state.js";
import { words } from "./words.js";

/** As the API takes it: a place by its postcode follows the postcode, any other stays where it is. */
function sent({ municipality: _told, postcode, position, ...wishes }: Place): object {
  return { ...wishes, ...(postcode === null ? { position } : { postcode }) };
}

export function Places(): JSX.Element {
  const problem = useSignal<Problem | undefined>(undefined);
  const isSaved = useSignal(false);
  /** One that is new and not saved yet. */
  const added = useSignal<Place | undefined>(undefined);
  const stored = me.value?.locations ?? [];
  /** Whether it was. */
  const save = async (places: readonly Place[]): Promise<boolean> => {
    isSaved.value = false;
    const answer = await change({ locations: places.map(sent) });
    problem.value = answer.ok ? undefined : answer.problem;
    isSaved.value = answer.ok;
    return answer.ok;
  };
  const add = async (place: Place): Promise<void> => {
    if (await save([...stored, place])) added.value = undefined;
  };
  const first = stored[0];
  return (
    <div class="stack">
      {stored.map((place, at) => (
        <PlaceEditor
          key={JSON.stringify([at, place])}
          place={place}
          onSave={(next) => save(stored.map((one, other) => (other === at ? next : one)))}
          {...(stored.length > 1 && { onRemove: () => save(stored.filter((_, other) => other !== at)) })}
        />
      ))}
      {added.value && <PlaceEditor place={added.value} onSave={add} />}
      <ProblemStatus problem={problem.value} />
      {isSaved.value && <Status tone="good">{words().saved}</Status>}
      {first && !added.value && (
        <div>
          <Button
            onPress={() => {
              added.value = { ...first, kind: "work", postcode: null };
            }}
          >
            {words().addPlace}
          </Button>
        </div>
      )}
    </div>
  );
}
