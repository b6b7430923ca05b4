/**
 * A position that was given as a postcode, over the files that operators import: it follows them, through export and import, backup and
 * erasure, until somebody says where they are.
 */
import { copyFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { backUp, restore } from "../../../engine/backup/backup.js";
import { importPopulation } from "../../../engine/places/import.js";
import { Places } from "../../../engine/places/places.js";
import { exportRegistry } from "../../../engine/registry/csv/export.js";
import { importRegistry } from "../../../engine/registry/csv/import.js";
import type { Participant } from "../../../engine/registry/record/participant.js";
import { applyChange, toView } from "../../../engine/registry/record/profile/profile.js";
import { ParticipantChange } from "../../../schemas/api/participant.js";
import { temporaryFolder } from "../../temp-folder.js";
import { BODEGRAVEN_REEUWIJK, POPULATION, WOERDEN } from "../places/files.js";
import { given, readParticipants, withStore } from "../registry/samples.js";
import { openRig } from "./rig.js";

/** A year later Bodegraven's middle is elsewhere, and 3442 is no postcode any more. */
const NEXT_POPULATION = POPULATION.replace("4.7460,52.0820", "4.7550,52.0810").replace(/^3442.*\n/m, "");
const PEOPLE = [
  "number,lng,lat,postcode,channels",
  "0612345678,,,2411 AB,sms:alarm",
  "0612345678,4.887,52.087,3441AB,sms:alarm",
  "0612345679,,,3442,sms:alarm",
  "",
].join("\n");

async function importPlaces(folder: string, population: string): Promise<void> {
  const file = join(dirname(folder), "population.csv");
  writeFileSync(file, population);
  given(await importPopulation(folder, file, 0));
}

const people = async (folder: string): Promise<Participant[]> => [...(await readParticipants(folder)).values()];
const placesOf = (folder: string): Promise<Places> =>
  withStore(folder, async (store) => given(await Places.load(store)));

async function filled(): Promise<string> {
  const folder = temporaryFolder();
  await importPlaces(folder, POPULATION);
  given(await importRegistry(folder, Readable.from([Buffer.from(PEOPLE)])));
  return folder;
}

async function exported(folder: string): Promise<string> {
  const output = new PassThrough();
  const whole = text(output);
  given(await exportRegistry(folder, output));
  output.end();
  return whole;
}

/** As a start with the files that are there does it. */
async function renewed(folder: string): Promise<Participant[]> {
  const rig = await openRig(folder, { places: await placesOf(folder) });
  await rig.renewal.done();
  await rig.close();
  return people(folder);
}

const BEFORE = [
  [
    { lng: 4.746, lat: 52.082, municipality: BODEGRAVEN_REEUWIJK, postcode: 2_411_002 },
    { lng: 4.887, lat: 52.087, municipality: WOERDEN, postcode: 0 },
  ],
  [{ lng: 4.87, lat: 52.093, municipality: WOERDEN, postcode: 3_442_000 }],
];
/** What was given stays, and so does a place whose postcode is gone. */
const AFTER = [[{ ...BEFORE[0]![0], lng: 4.755, lat: 52.081 }, BEFORE[0]![1]], BEFORE[1]];

const located = (all: readonly Participant[]) =>
  all.map(({ locations }) =>
    locations.map(({ lng, lat, municipality, postcode }) => ({ lng, lat, municipality, postcode })),
  );

test("another population moves who gave a postcode, once it is there, and nobody else", async () => {
  const folder = await filled();
  expect(located(await people(folder))).toEqual(BEFORE);
  expect(located(await renewed(folder))).toEqual(BEFORE);
  await importPlaces(folder, NEXT_POPULATION);
  expect(located(await renewed(folder))).toEqual(AFTER);
});

test("through export and import, and through a backup, it still follows", async () => {
  const folder = await filled();
  const csv = await exported(folder);
  const other = temporaryFolder();
  // Without a population, by which a postcode alone could not be placed.
  given(await importRegistry(other, Readable.from([Buffer.from(csv)])));
  expect([await people(other), await exported(other)]).toEqual([await people(folder), csv]);
  await importPlaces(other, NEXT_POPULATION);
  expect(located(await renewed(other))).toEqual(AFTER);

  const [target, restored] = [join(dirname(folder), "backup"), temporaryFolder()];
  given(await backUp(folder, target));
  copyFileSync(`${folder}.kek`, `${restored}.kek`);
  given(await restore(target, restored));
  await importPlaces(restored, NEXT_POPULATION);
  expect(located(await renewed(restored))).toEqual(AFTER);
});

test("who is erased leaves no postcode, and the others of the block keep theirs", async () => {
  const folder = await filled();
  const rig = await openRig(folder, { places: await placesOf(folder) });
  given(rig.live.erase(0));
  given(await rig.live.settled());
  await rig.close();
  expect(located(await people(folder))).toEqual([BEFORE[1]]);
  expect(await exported(folder)).not.toContain("2411");
});

test("it is shown, stays where a view is sent back, and goes with a position of one's own", async () => {
  const folder = await filled();
  const places = await placesOf(folder);
  const [before] = await people(folder);
  const view = toView(0, before!, undefined);
  expect(view.locations.map(({ postcode }) => postcode)).toEqual(["2411 AB", null]);
  const change = (locations: object[]): Participant => {
    return given(applyChange(before!, ParticipantChange.parse({ locations }), places, 0));
  };
  const { channels } = view.locations[0]!;
  const [position] = view.locations.map((location) => location.position);
  expect(located([change([{ position, channels }])])).toEqual([[BEFORE[0]![0]]]);
  expect(located([change([{ postcode: "2411ab", channels }])])).toEqual([[BEFORE[0]![0]]]);
  const own = change([{ position: [4.7461, 52.082], channels }]);
  expect(located([own])).toEqual([[{ ...BEFORE[0]![0], lng: 4.7461, postcode: 0 }]]);
});
