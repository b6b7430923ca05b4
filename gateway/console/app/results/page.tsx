/** Burgernet in cijfers: what actions came to in a year, for everybody, on a screen and on paper, with the open data beside it. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { ResultsReport } from "../../../../schemas/results/results.js";
import { ask, Latest, type Problem } from "../kit/api.js";
import { LANGUAGES, language } from "../kit/i18n/language.js";
import { THEMES, theme } from "../kit/theme.js";
import { Button } from "../kit/ui/button.js";
import { ChoiceField } from "../kit/ui/field.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { KeyFigures } from "./key-figures.js";
import { Tables } from "./tables.js";
import { words } from "./words.js";

const YEARS = 5;
const LANGUAGE_NAMES = { nl: "Nederlands", en: "English" } as const;

export function ResultsPage(): JSX.Element {
  const thisYear = new Date().getFullYear();
  const year = useSignal(thisYear);
  const report = useSignal<ResultsReport | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const names = useMunicipalityNames();
  const latest = useMemo(() => new Latest(), []);
  useEffect(() => {
    const load = async (): Promise<void> => {
      report.value = undefined;
      problem.value = undefined;
      const path = `/v1/open-results?year=${year.value}`;
      const answer = await latest.run((signal) => ask<ResultsReport>("GET", path, { signal }));
      if (answer?.ok) report.value = answer.value;
      else if (answer) problem.value = answer.problem;
    };
    void load();
  }, [year.value]);
  useEffect(() => {
    document.title = words().title;
  });
  const isEmpty = problem.value?.code === "NOT_FOUND";
  return (
    <main class="results stack">
      <header>
        <h1>{words().title}</h1>
        <Choices
          year={year.value}
          years={Array.from({ length: YEARS }, (_, back) => thisYear - back)}
          onYear={(value) => (year.value = value)}
        />
      </header>
      <p>{words().intro}</p>
      {isEmpty && <Status>{words().none}</Status>}
      {!isEmpty && <ProblemStatus problem={problem.value} />}
      {report.value === undefined && problem.value === undefined && <Status>{words().loading}</Status>}
      {report.value && <Report report={report.value} names={names} />}
      <OpenData year={year.value} />
    </main>
  );
}

function Report({
  report,
  names,
}: {
  readonly report: ResultsReport;
  readonly names: ReadonlyMap<string, string>;
}): JSX.Element {
  const which = useSignal<"total" | "timeCritical">("total");
  const day = (text: string): string =>
    new Date(`${text}T12:00:00`).toLocaleDateString(language.value, { dateStyle: "long" });
  return (
    <>
      <p>
        <strong>{words().period(day(report.from), day(report.to))}</strong>
      </p>
      <ChoiceField
        label={words().which}
        value={which.value}
        onChoose={(value) => {
          which.value = value === "timeCritical" ? "timeCritical" : "total";
        }}
        choices={[
          { value: "total", label: words().all },
          { value: "timeCritical", label: words().timeCritical },
        ]}
      />
      <KeyFigures figures={report[which.value]} />
      <Tables report={report} figures={report[which.value]} names={names} />
    </>
  );
}

interface ChoicesProps {
  readonly year: number;
  readonly years: readonly number[];
  readonly onYear: (year: number) => void;
}

function Choices({ year, years, onYear }: ChoicesProps): JSX.Element {
  return (
    <div class="taste no-print">
      <ChoiceField
        label={words().year}
        value={String(year)}
        onChoose={(value) => onYear(Number(value))}
        choices={years.map((one) => ({ value: String(one), label: String(one) }))}
      />
      <ChoiceField
        label={words().language}
        value={language.value}
        onChoose={(value) => {
          language.value = LANGUAGES.find((one) => one === value) ?? "nl";
        }}
        choices={LANGUAGES.map((one) => ({ value: one, label: LANGUAGE_NAMES[one] }))}
      />
      <ChoiceField
        label={words().theme}
        value={theme.value}
        onChoose={(value) => {
          theme.value = THEMES.find((one) => one === value) ?? "auto";
        }}
        choices={THEMES.map((one) => ({ value: one, label: words()[one] }))}
      />
      <Button onPress={() => print()}>{words().print}</Button>
    </div>
  );
}

function OpenData({ year }: { readonly year: number }): JSX.Element {
  const path = `/v1/open-results?year=${year}`;
  return (
    <section aria-labelledby="open-data">
      <h2 id="open-data">{words().openData}</h2>
      <p class="row">
        <span>{words().openText}</span>
        <a href={`${path}&format=csv`} download={`burgernet-${year}.csv`}>
          {words().csv}
        </a>
        <a href={path} download={`burgernet-${year}.json`}>
          {words().json}
        </a>
      </p>
    </section>
  );
}

/** By code. Where they don't come, municipalities are told by their code. */
function useMunicipalityNames(): ReadonlyMap<string, string> {
  const names = useSignal<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    const load = async (): Promise<void> => {
      const answer = await ask<Layer>("GET", "/v1/map/municipalities");
      if (!answer.ok) return;
      names.value = new Map(answer.value.features.map(({ properties }) => [properties.code, properties.name]));
    };
    void load();
  }, []);
  return names.value;
}

interface Layer {
  readonly features: readonly { readonly properties: { readonly code: string; readonly name: string } }[];
}
