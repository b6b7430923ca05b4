/** The participants in numbers. */
import type { JSX } from "preact";
import type { Statistics } from "../../../../schemas/api/municipality.js";
import { count, dayAndTime } from "../kit/i18n/figures.js";
import { language } from "../kit/i18n/language.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { type Column, Table } from "../kit/ui/table.js";
import { useAsked } from "./asked.js";
import { wordOf, words } from "./words.js";

const DOMAINS = ["inform", "involve", "alarm", "trace"] as const;
type Row = readonly [name: string, times: number];

export function StatisticsTab(): JSX.Element {
  const { value, problem } = useAsked<Statistics>("/v1/statistics");
  if (problem) return <ProblemStatus problem={problem} />;
  if (value === undefined) return <Status>{words().loading}</Status>;
  const { statuses, kinds, needs, locations } = value;
  return (
    <div class="stack">
      <p>
        <strong class="large">{count(value.participants)}</strong> {words().participants.toLowerCase()}
        <span class="quiet"> · {words().countedAt(dayAndTime(value.countedAt))}</span>
      </p>
      <div class="tables">
        <Counts caption={words().status} rows={[...named(statuses), ...reached(value)]} />
        <Counts caption={words().kinds} rows={named(kinds)} />
        <Counts caption={words().languages} rows={languages(value)} />
        <Counts caption={words().needs} rows={named(needs)} />
        <Counts caption={words().locations} rows={named(locations)} />
      </div>
      <Channels statistics={value} />
    </div>
  );
}

function Counts({ caption, rows }: { readonly caption: string; readonly rows: readonly Row[] }): JSX.Element {
  const columns: readonly Column<Row>[] = [
    { title: words().what, show: ([name]) => name },
    { title: words().number, isNumber: true, show: ([, times]) => count(times) },
  ];
  return <Table caption={caption} columns={columns} rows={rows} keyOf={([name]) => name} />;
}

function named(counts: Readonly<Record<string, number>>): Row[] {
  return Object.entries(counts).map(([name, times]) => [wordOf(name), times]);
}

function reached({ withNumber, withMail, phones }: Statistics): Row[] {
  return [
    [words().withNumber, withNumber],
    [words().withMail, withMail],
    [words().phones, phones],
  ];
}

function languages({ languages: spoken }: Statistics): Row[] {
  const names = new Intl.DisplayNames([language.value], { type: "language" });
  return Object.entries(spoken).map(([code, times]) => [names.of(code) ?? code, times]);
}

function Channels({ statistics }: { readonly statistics: Statistics }): JSX.Element {
  type Channel = keyof Statistics["channels"];
  const columns: readonly Column<Channel>[] = [
    { title: words().channel, show: (channel) => wordOf(channel) },
    ...DOMAINS.map((domain) => ({
      title: wordOf(domain),
      isNumber: true,
      show: (channel: Channel) => count(statistics.channels[channel][domain]),
    })),
    { title: words().switchedOff, isNumber: true, show: (channel) => count(statistics.switchedOff[channel]) },
  ];
  const rows = Object.keys(statistics.channels) as Channel[];
  return <Table caption={words().channels} columns={columns} rows={rows} keyOf={(channel) => channel} />;
}
