/** New boundaries and postcodes: everybody is placed by them, once, through kills and stops. */
import { expect, test } from "vitest";
import type { Participant } from "../../../engine/registry/record/participant.js";
import { MUNICIPALITY } from "../../../schemas/limits.js";
import { startNode } from "../../children.js";
import { temporaryFolder } from "../../temp-folder.js";
import { given, somePeople, writeParticipants, writeSample } from "../registry/samples.js";
import { locationAt, SOMEBODY } from "../registry/somebody.js";
import { ELSEWHERE, HERE, MIDDLES, movedPostcodes, openRig, otherPlaces, type Rig, type RigOptions } from "./rig.js";

const CHILD = new URL("./renewal-child.js", import.meta.url);
/** Over two portions and a part of a third. */
const PEOPLE = 2 * MUNICIPALITY.renewedAtOnce + 100;

/** Everybody in a row from south to north, half of them between the two borders; every hundredth at sea. */
function crowd() {
  return somePeople(PEOPLE).map((person, index) => ({
    ...person,
    locations: [
      {
        ...{ lng: index % 100 === 2 ? 2 : 5.1, lat: 52.0 + (index % 4) * 0.03 },
        ...{ channels: 0x000f, schedule: "always", municipality: HERE, kind: 0 },
      },
    ],
  }));
}

function byMunicipality({ live }: Rig): Record<number, number> {
  const found: Record<number, number> = {};
  for (let participant = 0; participant < PEOPLE; participant++) {
    const { municipality } = given(live.get(participant))!.locations[0]!;
    found[municipality] = (found[municipality] ?? 0) + 1;
  }
  return found;
}

/** Of those between the borders, all but who is at sea. */
const MOVED = crowd().filter(({ locations: [at] }) => at!.lng > 3 && at!.lat > 52.05).length;

async function opened(folder: string, options: RigOptions): Promise<{ rig: Rig; changed: number[] }> {
  const changed: number[] = [];
  const rig = await openRig(folder, { ...options, onRenewed: (count) => changed.push(count) });
  return { rig, changed };
}

test("everybody has their municipality by the new boundaries, and who is nowhere by them keeps theirs", async () => {
  const folder = temporaryFolder();
  await writeSample(folder, crowd());
  const { rig, changed } = await opened(folder, { places: otherPlaces });
  await rig.renewal.done();
  expect(changed).toEqual([MOVED]);
  expect(byMunicipality(rig)[ELSEWHERE]).toBe(MOVED);
  expect(rig.live.members(ELSEWHERE)).toBe(MOVED);
  await rig.close();
  const again = await opened(folder, { places: otherPlaces });
  await again.rig.renewal.done();
  expect([again.changed, byMunicipality(again.rig)[ELSEWHERE]]).toEqual([[], MOVED]);
  await again.rig.close();
});

test.each([1, 5_000, MOVED - 10])(
  "killed at change %i, it goes on at the next start and comes out the same",
  async (at) => {
    const folder = temporaryFolder();
    await writeSample(folder, crowd());
    const { signal } = await startNode(CHILD, [folder, String(at)]).ended;
    expect(signal).toBe("SIGKILL");
    const { rig, changed } = await opened(folder, { places: otherPlaces });
    await rig.renewal.done();
    // What was on the disk before the kill is not done again.
    expect(changed[0]).toBeLessThanOrEqual(MOVED);
    expect(changed[0]).toBeGreaterThan(0);
    expect(byMunicipality(rig)[ELSEWHERE]).toBe(MOVED);
    await rig.close();
  },
);

/** Of a third the position was given; of the others every hundredth has a postcode that the next file lacks. */
function postcodeCrowd(): Map<number, Participant> {
  return new Map(
    Array.from({ length: PEOPLE }, (_, index) => {
      const postcode = index % 3 === 0 ? 0 : index % 100 === 1 ? GONE : MIDDLES[index % 2]!.postcode;
      const home = { ...locationAt(5.1, 52.0 + (index % 7) * 0.01, HERE), postcode };
      return [index, { ...SOMEBODY, number: 31_612_000_000 + index, locations: [locationAt(5.2, 52.1, HERE), home] }];
    }),
  );
}

const GONE = 9_999_000;

/** What everybody should be by then. Compared as text: there are many, and who is wrong is shown. */
function expectPlaced({ live }: Rig): void {
  const wrong: object[] = [];
  for (const [participant, before] of postcodeCrowd()) {
    const [work, home] = before.locations;
    const middle = MIDDLES.find(({ postcode }) => postcode === home!.postcode);
    const moved = middle && { lng: middle.at[0], lat: middle.at[1], municipality: middle.municipality };
    const expected = [work, { ...home, ...moved }];
    const { locations } = given(live.get(participant))!;
    if (placesOf(locations) !== placesOf(expected as typeof locations))
      wrong.push({ participant, locations, expected });
  }
  expect(wrong).toEqual([]);
}

/** All of them but the terms, which are the same object for everybody. */
function placesOf(locations: Participant["locations"]): string {
  return JSON.stringify(
    locations.map((one) => [one.kind, one.lng, one.lat, one.channels, one.municipality, one.postcode]),
  );
}

test.each([0, 1, 9_000])(
  "another population moves whom it has the postcode of, and nobody else; killed at change %i",
  async (at) => {
    const folder = temporaryFolder();
    await writeParticipants(folder, postcodeCrowd());
    if (at > 0) expect((await startNode(CHILD, [folder, String(at), "postcodes"]).ended).signal).toBe("SIGKILL");
    const { rig, changed } = await opened(folder, { places: movedPostcodes });
    await rig.renewal.done();
    expect(changed[0]).toBeGreaterThan(0);
    expectPlaced(rig);
    await rig.close();
    const again = await opened(folder, { places: movedPostcodes });
    await again.rig.renewal.done();
    expect(again.changed).toEqual([]);
    await again.rig.close();
  },
);

test("stopped in the middle, it goes on; and a registry without room makes it wait", async () => {
  const folder = temporaryFolder();
  await writeSample(folder, crowd());
  let calls = 0;
  let isStopping = () => {};
  const stopping = new Promise<void>((resolve) => {
    isStopping = resolve;
  });
  const { rig } = await opened(folder, {
    places: otherPlaces,
    place: () => {
      if (++calls === 3_000) isStopping();
      return calls % 71 === 0
        ? { ok: false, problem: { code: "BUSY", detail: "full" } }
        : { ok: true, value: undefined };
    },
  });
  await stopping;
  await rig.close();
  const again = await opened(folder, { places: otherPlaces });
  await again.rig.renewal.done();
  expect(byMunicipality(again.rig)[ELSEWHERE]).toBe(MOVED);
  await again.rig.close();
});
