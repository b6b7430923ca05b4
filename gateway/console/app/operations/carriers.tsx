/** The carriers as they are now, up to ten times a second: each cell is text that changes in its place, so nothing jumps. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { MonitorCarrier } from "../../../../schemas/monitor.js";
import { count, duration } from "../kit/i18n/figures.js";
import { watchedCarriers } from "../kit/monitor.js";
import { mayAny } from "../kit/session.js";
import { Button } from "../kit/ui/button.js";
import { Status } from "../kit/ui/status.js";
import { type Column, Table } from "../kit/ui/table.js";
import { ControlDialog } from "./control.js";
import { words } from "./words.js";

export function Carriers(): JSX.Element {
  const chosen = useSignal<string | undefined>(undefined);
  const done = useSignal<string | undefined>(undefined);
  const may = mayAny("operate");
  return (
    <section class="stack carriers">
      <Table
        caption={words().carriers}
        columns={may ? withChange(changing((name) => (chosen.value = name))) : columns()}
        rows={[...watchedCarriers.value.values()]}
        keyOf={({ name }) => name}
        empty={words().noCarriers}
      />
      {!may && <p class="quiet">{words().onlyWatching}</p>}
      {done.value && <Status tone="good">{done.value}</Status>}
      {chosen.value && (
        <ControlDialog
          name={chosen.value}
          onDone={(said) => {
            done.value = said;
            chosen.value = undefined;
          }}
          onClose={() => {
            chosen.value = undefined;
          }}
        />
      )}
    </section>
  );
}

const figure = (value: number | null): string => (value === null ? "–" : count(value));
const milliseconds = (value: number | null): string => (value === null ? "–" : `${count(value)} ms`);

function columns(): readonly Column<MonitorCarrier>[] {
  return [
    { title: words().carrier, show: ({ name }) => name },
    { title: words().use, show: (carrier) => <Use carrier={carrier} /> },
    { title: words().binds, isNumber: true, show: ({ binds }) => `${binds.bound}/${binds.configured}` },
    { title: words().submitted, isNumber: true, show: ({ submittedPerSecond }) => figure(submittedPerSecond) },
    { title: words().acknowledged, isNumber: true, show: ({ acknowledgedPerSecond }) => figure(acknowledgedPerSecond) },
    { title: words().receipts, isNumber: true, show: ({ receiptsPerSecond }) => figure(receiptsPerSecond) },
    { title: words().p50, isNumber: true, show: ({ latencyMs }) => milliseconds(latencyMs.p50) },
    { title: words().p99, isNumber: true, show: ({ latencyMs }) => milliseconds(latencyMs.p99) },
    { title: words().window, isNumber: true, show: ({ inFlight, window }) => `${count(inFlight)}/${count(window)}` },
    { title: words().queued, isNumber: true, show: ({ queued }) => count(queued) },
    { title: words().left, isNumber: true, show: timeLeft },
    { title: words().share, isNumber: true, show: ({ share }) => String(share) },
  ];
}

/** What can be done stands where it is seen without scrolling. */
function withChange(change: Column<MonitorCarrier>): readonly Column<MonitorCarrier>[] {
  const [name, use, ...figures] = columns();
  return [name!, use!, change, ...figures];
}

function changing(onChoose: (name: string) => void): Column<MonitorCarrier> {
  return {
    title: words().do,
    show: ({ name }) => (
      <Button label={words().manageOf(name)} onPress={() => onChoose(name)}>
        {words().manage}
      </Button>
    ),
  };
}

/** The sign and the word say what the colour says. */
function Use({ carrier: { state, binds } }: { readonly carrier: MonitorCarrier }): JSX.Element {
  if (binds.bound === 0) return <span class="use bad">✕ {words().down}</span>;
  if (state === "running") return <span class="use good">● {words().running}</span>;
  return <span class="use warn">❚❚ {words()[state]}</span>;
}

/** Of what it has, at the rate at which it takes it. */
function timeLeft({ inFlight, queued, acknowledgedPerSecond }: MonitorCarrier): string {
  const open = inFlight + queued;
  if (open === 0) return "–";
  return acknowledgedPerSecond ? duration(open / acknowledgedPerSecond) : "–";
}
