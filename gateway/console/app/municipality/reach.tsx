/** Where participants are missing: on the map with how many, and in a table with the same figures. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { ReachArea, ReachLevel, ReachReport } from "../../../../schemas/api/reach.js";
import { count, share } from "../kit/i18n/figures.js";
import { session } from "../kit/session-state.js";
import { ChoiceField } from "../kit/ui/field.js";
import { ProblemStatus, Status } from "../kit/ui/status.js";
import { type Column, Table } from "../kit/ui/table.js";
import { country, loadCountry } from "../map/country.js";
import { MapView } from "../map/map-view.js";
import { boxOf, fitted, type View } from "../map/view.js";
import { useAsked } from "./asked.js";
import { areasOf, drawReach, type ReachGeoJson } from "./reach-map.js";
import { words } from "./words.js";

const LEVELS = ["municipality", "district", "cell"] as const satisfies readonly ReachLevel[];
const START: View = { center: [5.3, 52.2], worldPixels: 45_000, width: 0, height: 0 };
/** In the table; the map has them all. */
const WORST = 50;

export function ReachTab(): JSX.Element {
  const level = useSignal<ReachLevel>(isOfOne() ? "cell" : "municipality");
  const { value, problem } = useAsked<ReachGeoJson>(`/v1/reach?level=${level.value}&format=geojson`);
  useEffect(() => void loadCountry(), []);
  const levels = { municipality: words().levelMunicipality, district: words().levelDistrict, cell: words().levelCell };
  return (
    <div class="stack">
      <ChoiceField
        label={words().level}
        value={level.value}
        onChoose={(chosen) => {
          level.value = LEVELS.find((one) => one === chosen) ?? "municipality";
        }}
        choices={LEVELS.map((one) => ({ value: one, label: levels[one] }))}
      />
      <ProblemStatus problem={problem} />
      {value === undefined && problem === undefined && <Status>{words().loading}</Status>}
      {value && <About about={value} />}
      {value && <ReachMap report={value} />}
      {value && <Worst areas={value.features.map(({ properties }) => properties)} />}
    </div>
  );
}

/** Who keeps one municipality looks for white spots within it. */
function isOfOne(): boolean {
  const now = session.peek();
  return now.is === "open" && now.who.municipalities !== null;
}

function About({ about }: { readonly about: Omit<ReachReport, "areas"> }): JSX.Element {
  const { wanted, national, populationFrom } = about;
  return (
    <>
      <p>
        {words().wanted(count(wanted.k), share(wanted.chance), `${count(wanted.radiusMeters)} m`)}{" "}
        {national.share !== null && words().national(share(national.share))}
      </p>
      {populationFrom === "bundledPlaces" && <Status tone="warn">{words().standIn}</Status>}
    </>
  );
}

function ReachMap({ report }: { readonly report: ReachGeoJson }): JSX.Element {
  const view = useSignal(START);
  const areas = useMemo(() => areasOf(report), [report]);
  const box = useMemo(() => boxOf(areas.flatMap(({ corners }) => corners)), [areas]);
  const isSized = view.value.width > 0;
  useEffect(() => {
    if (box && isSized) view.value = fitted(view.peek(), box);
  }, [box, isSized]);
  const w = words();
  return (
    <figure class="reach">
      <MapView
        words={{ map: w.map, help: w.mapHelp, nearer: w.nearer, farther: w.farther }}
        view={view.value}
        setView={(next) => {
          view.value = next;
        }}
        layers={country.value}
        shapes={[]}
        overlay={(canvas, shown) => drawReach(canvas, shown, areas)}
      />
      <figcaption class="row quiet">
        <span>▨ +12 {w.legendBehind}</span>
        <span>□ {w.legendGood}</span>
      </figcaption>
    </figure>
  );
}

function Worst({ areas }: { readonly areas: readonly ReachArea[] }): JSX.Element {
  const rows = useMemo(() => {
    const lacking = areas.filter(({ needed }) => (needed ?? 0) > 0);
    return lacking.sort((a, b) => (b.needed ?? 0) - (a.needed ?? 0)).slice(0, WORST);
  }, [areas]);
  return (
    <Table caption={words().worst} columns={columns()} rows={rows} keyOf={({ code }) => code} empty={words().nowhere} />
  );
}

function columns(): readonly Column<ReachArea>[] {
  const known = (value: number | null): string => (value === null ? "–" : share(value));
  return [
    { title: words().area, show: ({ name, code }) => (name === null ? code : `${name} (${code})`) },
    { title: words().population, isNumber: true, show: ({ population }) => count(population) },
    {
      title: words().participants,
      isNumber: true,
      show: ({ participants }) => (participants === null ? words().fewer : count(participants)),
    },
    { title: words().share, isNumber: true, show: (area) => known(area.share) },
    { title: words().chance, isNumber: true, show: ({ chance }) => known(chance) },
    { title: words().needed, isNumber: true, show: ({ needed }) => (needed === null ? "–" : count(needed)) },
  ];
}
