/**
 * The command `seinpost places`: population and boundaries of the country into a data folder. Not on the folder of a service
 * that is running; it would know nothing of them.
 * What was refused goes to stderr, the results to stdout.
 */

import { Command } from "commander";
import type { Charset } from "../../engine/files/file-text.js";
import { municipalityCode } from "../../engine/geo/municipality-code.js";
import { told } from "../../engine/places/boundaries.js";
import { importBoundaries, importPopulation } from "../../engine/places/import.js";
import type { Store } from "../../engine/store/store.js";
import { alone, type DataOption, onData, report } from "./data.js";
import { EXIT } from "./exit-codes.js";
import { orRefused, putDeed } from "./on-record.js";
import { charset } from "./values.js";

const FORMATS = `
A population file is CSV with a header (as registry import takes it; numbers with the marks that lon and lat have), one row a four-digit postcode, like the CBS table of postcodes:

  pc4,plaats,gemeente_2022,provincie,inwoners,inwoners16plus,km2,lon,lat
  1012,"Amsterdam","Amsterdam",Noord-Holland,8540,8134,1.156,4.89603,52.37455

  Required: pc4; plaats, the town, by which the municipality's number is found; gemeente or gemeente_<year>, its name, NA where
  it is not known; inwoners16plus; km2; lon and lat, the centre in degrees (WGS84). Others are not used.

A file of boundaries is a GeoJSON FeatureCollection (degrees, WGS84) with a Polygon or MultiPolygon for each municipality and,
among its properties, its code (statcode, gemeentecode, code or identificatie: GM0632) or its name (statnaam, gemeentenaam,
naam or name):

  {"type":"FeatureCollection","features":[{"type":"Feature",
    "properties":{"statcode":"GM0632","statnaam":"Woerden"},
    "geometry":{"type":"Polygon","coordinates":[[[4.8,52.1],[4.9,52.1],[4.9,52.0],[4.8,52.1]]]}}]}

  Municipalities that were merged since are put together, as far as the bundled places tell.`;

export function placesCommand(): Command {
  const places = new Command("places").description(
    "population and boundaries, for postcodes, municipalities and reach",
  );
  onData(places.command("import"))
    .description("take population and boundaries; each replaces the one that is there")
    .option("--population <csv>", "inhabitants by postcode")
    .option("--charset <name>", "what the population file is written in, as of registry import", charset)
    .option("--boundaries <geojson>", "outlines of the municipalities")
    .addHelpText("after", FORMATS)
    .action(runImport);
  return places;
}

interface ImportFlags extends DataOption {
  readonly population?: string;
  readonly charset?: Charset;
  readonly boundaries?: string;
}

async function runImport({ data, population, charset, boundaries }: ImportFlags): Promise<void> {
  if (population === undefined && boundaries === undefined) {
    report({ code: "INVALID_FIELD", detail: "give --population, --boundaries or both" });
  }
  if (population !== undefined) await runPopulation(data, population, charset);
  if (boundaries !== undefined && process.exitCode !== EXIT.notDone) await runBoundaries(data, boundaries);
}

const alongside = (store: Store): void => putDeed(store, "places.imported");

async function runPopulation(data: string, path: string, charset?: Charset): Promise<void> {
  const imported = await orRefused(data, "places.imported", () =>
    alone(data, () => importPopulation(data, path, Date.now(), { charset, alongside })),
  );
  if (!imported.ok) return report(imported.problem);
  const { file, unchanged, gone } = imported.value;
  refuse(file.refused.map(({ line, reason }) => `line ${line}: ${reason}`));
  const adults = file.areas.reduce((sum, area) => sum + area.adults, 0);
  say(
    `${file.areas.length} postcodes with ${adults} inhabitants of 16 and older, ${file.names.size} municipalities`,
    unchanged,
  );
  if (gone > 0) say(`${gone} postcodes that were there are not in this file`);
  if (file.nameless > 0) say(`${file.nameless} postcodes without a municipality got that of the nearest one`);
  if (file.unmatched.length > 0) say(`without a municipality number: ${file.unmatched.join(", ")}`);
}

async function runBoundaries(data: string, path: string): Promise<void> {
  const imported = await orRefused(data, "places.imported", () =>
    alone(data, () => importBoundaries(data, path, Date.now(), { alongside })),
  );
  if (!imported.ok) return report(imported.problem);
  const { file, unchanged } = imported.value;
  refuse(file.refused.map(told));
  say(`${file.municipalities} municipalities, ${file.outlines.coords.length / 2} vertices`, unchanged);
  const merged = file.merged.map(({ was, code }) => `${was} (${municipalityCode(code)})`);
  if (merged.length > 0) say(`part of another today: ${merged.join(", ")}`);
  if (file.divided.length > 0) say(`divided among several, counted with the largest: ${file.divided.join(", ")}`);
  if (file.unmatched.length > 0) say(`no place tells their number: ${file.unmatched.join(", ")}`);
}

function refuse(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
  if (lines.length > 0) process.exitCode = EXIT.inPart;
}

function say(text: string, unchanged = false): void {
  process.stdout.write(unchanged ? `this file is there already: ${text}\n` : `${text}\n`);
}
