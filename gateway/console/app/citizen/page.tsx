/** The citizen's page: outside, joining or entering by a code; inside, places, whether one would be asked, and one's data. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Problem } from "../kit/api.js";
import { LANGUAGES, language } from "../kit/i18n/language.js";
import { Button } from "../kit/ui/button.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { Tabs } from "../kit/ui/tabs.js";
import { Asked } from "./asked.js";
import { Data } from "./data.js";
import { Enter } from "./enter.js";
import { Places } from "./places.js";
import { hasEnded, hasLeft, isIn, leave, me, reload } from "./state.js";
import { words } from "./words.js";

export function Page(): JSX.Element {
  return (
    <div class="page">
      <header>
        <h1>Burgernet</h1>
        <div class="row">
          {LANGUAGES.filter((one) => one !== language.value).map((one) => (
            <Button
              key={one}
              onPress={() => {
                language.value = one;
              }}
            >
              <span lang={one}>{one === "nl" ? "Nederlands" : "English"}</span>
            </Button>
          ))}
          {isIn() && <Button onPress={() => void leave()}>{words().signOut}</Button>}
        </div>
      </header>
      <main class="stack">
        {hasEnded.value && <Status tone="warn">{words().ended}</Status>}
        {hasLeft.value && <Status tone="good">{words().gone}</Status>}
        {isIn() ? <Inside /> : <Enter />}
      </main>
    </div>
  );
}

function Inside(): JSX.Element {
  const problem = useSignal<Problem | undefined>(undefined);
  const load = async (): Promise<void> => {
    problem.value = undefined;
    const answer = await reload();
    problem.value = answer.ok ? undefined : answer.problem;
  };
  useEffect(() => {
    if (me.peek() === undefined) void load();
  }, []);
  if (me.value === undefined) {
    return problem.value === undefined ? (
      <Status>{words().loading}</Status>
    ) : (
      <>
        <ProblemStatus problem={problem.value} />
        <Button onPress={() => void load()}>{words().again}</Button>
      </>
    );
  }
  return (
    <Tabs
      label={words().sections}
      tabs={[
        { name: "places", label: words().places, show: () => <Places /> },
        { name: "asked", label: words().asked, show: () => <Asked /> },
        { name: "data", label: words().data, show: () => <Data /> },
      ]}
    />
  );
}
