/** The waves that went out, and the rounds that are still to come. */
import type { JSX } from "preact";
import type { Action } from "../../../../schemas/api/api.js";
import { clockTime, count } from "../kit/i18n/figures.js";
import { Table } from "../kit/ui/table.js";
import { wordFor, words } from "./words.js";

const kindWord = (kind: string): string => (kind === "ending" ? words().endingWave : wordFor(kind));
const roundWord = (state: string): string => (state === "failed" ? words().failedRound : wordFor(state));

export function Rounds({ action }: { readonly action: Action }): JSX.Element {
  return (
    <section class="stack">
      <Table
        caption={words().waves}
        rows={action.waves.map((wave, at) => ({ ...wave, at }))}
        keyOf={({ at }) => String(at)}
        columns={[
          { title: words().wave, show: ({ kind }) => kindWord(kind) },
          { title: words().startedAt, show: ({ startedAt }) => (startedAt ? clockTime(startedAt) : "") },
          { title: words().recipients, show: ({ recipients }) => count(recipients), isNumber: true },
          {
            title: words().reached,
            show: ({ counts }) => count(counts.acknowledged + counts.delivered),
            isNumber: true,
          },
          { title: words().text, show: ({ text }) => text },
        ]}
      />
      {action.rounds.length > 0 && (
        <Table
          caption={words().round}
          rows={action.rounds}
          keyOf={({ number }) => String(number)}
          columns={[
            { title: words().round, show: ({ number, kind }) => `${number} ${kindWord(kind)}` },
            {
              title: words().state,
              show: ({ state, reason }) => `${roundWord(state)}${reason ? `: ${reason.detail}` : ""}`,
            },
            { title: words().startedAt, show: ({ at, nextAt }) => clockTime(nextAt ?? at) },
          ]}
        />
      )}
    </section>
  );
}
