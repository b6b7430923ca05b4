/**
 * Every way in which two changes of one person can come between the steps of a selection: the changes themselves may be
 * interrupted, as when the main thread is put aside between home and phone of one call, and tables may be replaced meanwhile.
 * One selection shows all of them at a time, each with a person of its own.
 *
 * The steps run in this thread, in the order that is to be shown; live.test.ts and the campaign `selection` have threads.
 */

import { describe, expect, it } from "vitest";
import { prepareArea } from "../../../../engine/geo/search/search.js";
import type { LiveRow } from "../../../../engine/registry/live/placing.js";
import { TermsTable } from "../../../../engine/registry/record/terms.js";
import { Overlay } from "../../../../engine/selection/live/overlay.js";
import { Phones } from "../../../../engine/selection/live/phones.js";
import { renewShard, sortPhones } from "../../../../engine/selection/live/renew-worker.js";
import { knownShard, type View, Views } from "../../../../engine/selection/live/view.js";
import { marksIn, rowsIn, workspaceBytes } from "../../../../engine/selection/query/rows.js";
import { Gathering, roomFor, type SearchTask } from "../../../../engine/selection/query/searching.js";
import { SharedTerms } from "../../../../engine/selection/query/welcome.js";
import { type Borders, makeRows, viewsOf } from "../../../../engine/selection/rows/regions.js";
import { buildShard } from "../../../../engine/selection/rows/shard.js";
import { ok } from "../../../../schemas/errors.js";
import { SELECTION } from "../../../../schemas/limits.js";
import { TIME_ZONES } from "../../../../schemas/words.js";

/** Where a home or a phone may be. */
const PLACES = ["nowhere", "inside", "outside"] as const;
type Place = (typeof PLACES)[number];
interface State {
  readonly home: Place;
  readonly phone: Place;
}

const AREA = prepareArea({ type: "Circle", center: [5, 52], radiusMeters: 1_000 });
const BORDERS: Borders = { depth: 0, splits: new Float64Array(1) };
const rowAt = (place: Place): LiveRow => ({
  ...{ lng: place === "inside" ? 5 : 6, lat: 52, channels: 0xffff, terms: 0, municipality: 1 },
});

/** The moments between the steps: before the shards are read, before the phones, before the overlay. */
const GAPS = [0, 1, 2] as const;

/** What a change does to a home, to a phone, or to both; both in the order that LiveSelection asks for. */
const CHANGES: readonly Partial<State>[] = [
  ...PLACES.map((home) => ({ home })),
  ...PLACES.map((phone) => ({ phone })),
  ...PLACES.flatMap((home) => PLACES.map((phone) => ({ home, phone }))),
];
const SEQUENCES = CHANGES.flatMap((first) => [[first], ...CHANGES.map((second) => [first, second])]);

interface Step {
  readonly gap: number;
  readonly part: Partial<State>;
}

interface Story {
  /** Whether the home is in the overlay when the selection begins. */
  readonly hasChanged: boolean;
  readonly before: State;
  readonly steps: readonly Step[];
  readonly must: boolean;
  readonly may: boolean;
}

/** Each way to have so many steps in the gaps, in their order. */
function gapsOf(steps: number, from = 0): number[][] {
  if (steps === 0) return [[]];
  return GAPS.filter((gap) => gap >= from).flatMap((gap) => gapsOf(steps - 1, gap).map((rest) => [gap, ...rest]));
}

const isInside = ({ home, phone }: State): boolean => home === "inside" || phone === "inside";

function storiesOf(before: State, hasChanged: boolean, changes: readonly Partial<State>[]): Story[] {
  // What counts is where somebody is between two calls, not between two parts of one.
  const states = [before];
  for (const change of changes) states.push({ ...states.at(-1)!, ...change });
  const parts = changes.flatMap(({ home, phone }) => [...(home ? [{ home }] : []), ...(phone ? [{ phone }] : [])]);
  const [must, may] = [states.every(isInside), states.some(isInside)];
  return gapsOf(parts.length).map((gaps) => {
    const steps = parts.map((part, index) => ({ gap: gaps[index]!, part }));
    return { hasChanged, before, steps, must, may };
  });
}

const STORIES = PLACES.flatMap((home) => PLACES.map((phone) => ({ home, phone }))).flatMap((before) => {
  return [false, true].flatMap((hasChanged) => SEQUENCES.flatMap((changes) => storiesOf(before, hasChanged, changes)));
});

function apply(views: Views, person: number, { home, phone }: Partial<State>): void {
  if (home !== undefined && !views.place(person, home === "nowhere" ? [] : [rowAt(home)])) throw new Error("no room");
  if (phone === "nowhere") views.phones.drop(person);
  else if (phone !== undefined) views.phones.move(person, rowAt(phone));
}

/** As it is before a selection: homes in the shard, or in the overlay of who has changed. */
function viewsBefore(): Views {
  const atHome = STORIES.flatMap(({ before, hasChanged }, person) => {
    return hasChanged || before.home === "nowhere" ? [] : [{ person, row: rowAt(before.home) }];
  });
  const locations = makeRows(atHome.length);
  const columns = viewsOf(locations);
  for (const [index, { person, row }] of atHome.entries()) {
    columns.participant[index] = person;
    for (const column of ["lng", "lat", "channels", "terms", "municipality"] as const)
      columns[column][index] = row[column];
  }
  const views = new Views([knownShard(buildShard(locations, 0, atHome.length), 0)], STORIES.length);
  for (const [person, { before, hasChanged }] of STORIES.entries()) {
    apply(views, person, hasChanged ? before : { phone: before.phone });
  }
  return views;
}

const terms = SharedTerms.of(new TermsTable().words()).buffer;

function taskOf({ shards, live }: View): SearchTask {
  return {
    ...{ area: AREA, origin: [0, 0, 0], keysPerUnit: 0, channel: 0, domain: 0, kind: 0, danger: false },
    hours: new Uint8Array(TIME_ZONES.length),
    ...{ counting: undefined, several: undefined, live, persons: STORIES.length, terms },
    shards: shards.map(({ data }) => data),
    status: new SharedArrayBuffer(STORIES.length),
  };
}

/** Who is found when `between` is called in each gap. */
function select(view: View, between: (gap: number) => void): Uint8Array {
  const task = taskOf(view);
  const size = { capacity: roomFor(task), persons: STORIES.length, shares: 1 };
  const workspace = { ...size, memory: new ArrayBuffer(workspaceBytes(size)) };
  const rows = rowsIn(workspace, 0);
  const gathering = new Gathering(task, undefined, rows, marksIn(workspace));
  between(0);
  gathering.shards();
  between(1);
  expect(gathering.phones()).toBe(true);
  between(2);
  expect(gathering.overlay()).toBe(true);
  const found = new Uint8Array(STORIES.length);
  for (const person of rows.participants.subarray(0, gathering.count)) found[person] = 1;
  return found;
}

/** As upkeep does it where nobody moves meanwhile. */
const REPLACE = {
  nothing: () => {},
  "the table of phones": (views: Views) => {
    const sorted = new Phones(views.persons);
    sortPhones({ phones: views.phones.table.data, sorted: sorted.table.data, rows: sorted.rowsBuffer });
    sorted.begin();
    views.phones = sorted;
  },
  "the shards and their overlay": (views: Views) => {
    const { shard } = renewShard({
      ...{ region: 0, borders: BORDERS, overlay: views.overlay.table.data, memory: undefined },
      shard: views.shards[0]?.data,
    });
    views.shards = shard === undefined ? [] : [knownShard(shard, 0)];
    void views.replaceOverlay(new Overlay(SELECTION.overlayRows, views.persons));
  },
} as const satisfies Record<string, (views: Views) => void>;

const CASES = [
  ["nothing", "before", 0],
  ...["the table of phones", "the shards and their overlay"].flatMap((what) => {
    return GAPS.flatMap((gap) => ["before", "after"].map((when) => [what, when, gap] as const));
  }),
] as const;

describe(`${STORIES.length} ways to change between the steps of a selection`, () => {
  it.each(CASES)(
    "miss nobody and bring nobody while %s gives way to a new one, %s what changes in gap %i",
    async (what, when, gap) => {
      const views = viewsBefore();
      const replace = REPLACE[what as keyof typeof REPLACE];
      const found = await views.during(async (view) => {
        return ok(
          select(view, (now) => {
            if (now === gap && when === "before") replace(views);
            for (const [person, { steps }] of STORIES.entries()) {
              for (const { gap, part } of steps) if (gap === now) apply(views, person, part);
            }
            if (now === gap && when === "after") replace(views);
          }),
        );
      });
      if (!found.ok) throw new Error(found.problem.detail);
      const wrong = STORIES.filter(({ must, may }, person) => (found.value[person] === 1 ? !may : must));
      expect(wrong.slice(0, 3)).toEqual([]);
      // And the next one finds exactly those who are inside now.
      const next = await views.during(async (view) => ok(select(view, () => {})));
      if (!next.ok) throw new Error(next.problem.detail);
      const now = STORIES.map(
        ({ before, steps }) => Object.assign({ ...before }, ...steps.map(({ part }) => part)) as State,
      );
      expect(now.findIndex((state, person) => isInside(state) !== (next.value[person] === 1))).toBe(-1);
    },
  );
});
