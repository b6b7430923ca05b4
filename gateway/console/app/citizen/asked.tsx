/** Whether the participant would be asked now, by kind of action: over which channel, and if not, why. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { OwnAsked } from "../../../../schemas/api/asking/own-asked.js";
import type { Channel } from "../../../../schemas/words.js";
import type { Problem } from "../kit/api.js";
import { Button } from "../kit/ui/button.js";
import { ProblemStatus } from "../kit/ui/status.js";
import { Table } from "../kit/ui/table.js";
import { askAsMe, me } from "./state.js";
import { terms } from "./terms.js";
import { words } from "./words.js";

type OfPlace = OwnAsked["kinds"][number]["places"][number];

export function Asked(): JSX.Element {
  const asked = useSignal<OwnAsked | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const load = async (): Promise<void> => {
    const answer = await askAsMe<OwnAsked>("GET", "/v1/self/asked");
    problem.value = answer.ok ? undefined : answer.problem;
    if (answer.ok) asked.value = answer.value;
  };
  useEffect(() => void load(), []);
  const places = asked.value?.kinds[0]?.places ?? [];
  return (
    <div class="stack">
      <p>{words().askedIntro}</p>
      <ProblemStatus problem={problem.value} />
      {problem.value && <Button onPress={() => void load()}>{words().again}</Button>}
      {asked.value && (
        <Table
          caption={words().asked}
          rows={asked.value.kinds}
          keyOf={({ kind, urgency }) => `${kind} ${urgency}`}
          columns={[
            {
              title: words().askedKind,
              show: ({ kind }) => ((terms() as Record<string, unknown>)[kind] as string) ?? kind,
            },
            ...places.map((place, at) => ({
              title: titleOf(place),
              show: (kind: OwnAsked["kinds"][number]) => answerOf(kind.places[at]!),
            })),
          ]}
        />
      )}
    </div>
  );
}

function titleOf({ location }: OfPlace): string {
  const kind = location === null ? undefined : me.value?.locations[location]?.kind;
  if (kind === undefined) return terms().push;
  return kind === "other" ? terms().elsewhere : terms()[kind];
}

/** Yes with the channels, or the reason of the first channel over which something could come. */
function answerOf({ channels }: OfPlace): string {
  const all = Object.entries(channels) as [Channel, OfPlace["channels"][Channel]][];
  const over = all.filter(([, answer]) => answer === "asked").map(([channel]) => terms()[channel]);
  if (over.length > 0) return words().whereYes(over.join(", "));
  const [, why] = all.find(([, answer]) => answer !== "noService" && answer !== "noNumber") ?? all[0]!;
  return `${words().no}: ${terms()[why]}`;
}
