/**
 * Everybody inside an area counts once: as asked, or under the first reason of LEFT_OUT that holds, by brute force over all locations
 * and columns. Who is asked is who is on the roster without those who have no number, were asked too often, or are in another action.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Area, LngLat } from "../../engine/geo/area.js";
import {
  ASKED_COUNTS,
  askedCounts,
  IN_DAY,
  IN_HOUR,
  IN_MONTH,
  RUNNING,
} from "../../engine/selection/query/asked-columns.js";
import { ASKED, Persons, PLACE, type Sparing } from "../../engine/selection/query/persons.js";
import { viewsOf } from "../../engine/selection/rows/regions.js";
import type { SelectionQuery } from "../../engine/selection/selector.js";
import {
  ACTION_KINDS,
  CHANNELS,
  channelSet,
  DOMAINS,
  GROUPS,
  LANGUAGES,
  LEFT_OUT,
  type LeftOut,
  PARTICIPANT_STATUSES,
  STATUS_MASK,
  switchedOffBit,
  URGENCIES,
} from "../../schemas/words.js";
import { seeded } from "../random.js";
import { run, shardsOf } from "./in-thread.js";
import { eligibleRows, makeWorld, offset, rowsInside, type World } from "./world.js";

const MIDDLE: LngLat = [5, 52];
const HOUR_MS = 3_600_000;

/** With languages, and some who were asked before. */
function peopled(random: () => number): World {
  const positions = Array.from({ length: 150 }, () => offset(MIDDLE, 360 * random(), 9_000 * random()));
  const world = makeWorld(positions, random);
  const language = new Uint8Array(world.participants.language);
  const groups = new Uint8Array(world.participants.groups);
  const asked = askedCounts(world.participants.asked);
  for (let person = 0; person < world.participants.count; person += 1) {
    language[person] = Math.floor(random() * LANGUAGES.length);
    groups[person] = random() < 0.5 ? 0 : Math.floor(random() * 128);
    const at = person * ASKED_COUNTS;
    asked[at + IN_HOUR] = Math.floor(random() * 4);
    asked[at + IN_DAY] = asked[at + IN_HOUR]! + Math.floor(random() * 4);
    asked[at + IN_MONTH] = asked[at + IN_DAY]! + Math.floor(random() * 20);
    asked[at + RUNNING] = random() < 0.7 ? 0 : 1;
  }
  return world;
}

function randomQuery(area: Area, random: () => number): SelectionQuery {
  const one = <Word>(words: readonly Word[]): Word => words[Math.floor(random() * words.length)]!;
  const about = { channel: one(CHANNELS), domain: one(DOMAINS), kind: one(ACTION_KINDS), urgency: one(URGENCIES) };
  return { area, ...about, atMs: Date.UTC(2026, 0, 1, 12) + Math.floor(random() * 31_536_000_000) };
}

function randomSparing(random: () => number): Sparing {
  const bound = (most: number): number => (random() < 0.3 ? Infinity : 1 + Math.floor(random() * most));
  return {
    perHour: bound(4),
    perDay: bound(7),
    alone: random() < 0.5,
    only: random() < 0.5 ? 0 : 1 + Math.floor(random() * 127),
  };
}

/** In plain words, each reason for itself; the order is that of LEFT_OUT. */
function reasonsOf(world: World, query: SelectionQuery, { perHour, perDay, alone, only }: Sparing) {
  const { participant } = viewsOf(world.locations);
  const inside = new Set(rowsInside(world, query.area).map((row) => participant[row]!));
  const status = new Uint8Array(world.participants.status);
  const addresses = new Uint8Array(world.participants.addresses);
  const groups = new Uint8Array(world.participants.groups);
  const asked = askedCounts(world.participants.asked);
  const times = (person: number, count: number): number => asked[person * ASKED_COUNTS + count]!;
  const welcomeAt = (atMs: number): Set<number> => {
    return new Set(eligibleRows(world, { ...query, atMs }, true).map((row) => participant[row]!));
  };
  const now = welcomeAt(query.atMs);
  const week = Array.from({ length: 168 }, (_, hour) => welcomeAt(query.atMs + hour * HOUR_MS));
  const holds: Record<LeftOut, (person: number) => boolean> = {
    unconfirmed: (person) => PARTICIPANT_STATUSES[status[person]! & STATUS_MASK] === "unconfirmed",
    paused: (person) => PARTICIPANT_STATUSES[status[person]! & STATUS_MASK] === "paused",
    channelOff: (person) => (status[person]! & switchedOffBit(query.channel)) !== 0,
    noNumber: (person) => (addresses[person]! & channelSet([query.channel])) === 0,
    unwelcome: (person) => !week.some((persons) => persons.has(person)),
    hours: (person) => !now.has(person),
    notInGroup: (person) => only !== 0 && (groups[person]! & only) === 0,
    askedOften: (person) => times(person, IN_HOUR) >= perHour || times(person, IN_DAY) >= perDay,
    otherAction: (person) => alone && times(person, RUNNING) === 1,
  };
  const found = new Map<number, LeftOut | undefined>();
  for (const person of inside) {
    if (PARTICIPANT_STATUSES[status[person]! & STATUS_MASK] === "erased") continue;
    found.set(
      person,
      LEFT_OUT.find((reason) => holds[reason](person)),
    );
  }
  return found;
}

it("everybody inside counts once, under the first reason that holds", () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.boolean(), (state, isCircle) => {
      const random = seeded(state);
      const world = peopled(random);
      const shards = shardsOf(world, 3);
      const circle = { type: "Circle", center: MIDDLE, radiusMeters: 5_000 } as const;
      const asked = randomQuery(isCircle ? circle : { type: "Municipality", code: 3 }, random);
      const sparing = randomSparing(random);
      const reasons = reasonsOf(world, asked, sparing);
      const { counted } = run(world, shards, asked, sparing);
      if (counted === undefined) throw new Error("it was to be counted");
      const tally = (reason: LeftOut | undefined) => [...reasons.values()].filter((found) => found === reason).length;
      expect(counted.leftOut).toEqual(LEFT_OUT.map(tally));
      expect(counted.count).toBe(tally(undefined));
      expect(counted.channels[CHANNELS.indexOf(asked.channel)]).toBe(counted.count);
      const who = [...reasons].flatMap(([person, reason]) => (reason === undefined ? [person] : []));
      const language = new Uint8Array(world.participants.language);
      expect(counted.languages).toEqual(
        LANGUAGES.map((_, index) => who.filter((person) => language[person] === index).length),
      );
      const groups = new Uint8Array(world.participants.groups);
      const isSimple = (person: number) => ((groups[person]! >>> GROUPS.indexOf("simpleLanguage")) & 1) === 1;
      expect(counted.simple).toEqual(
        LANGUAGES.map((_, index) => who.filter((person) => language[person] === index && isSimple(person)).length),
      );
      const times = askedCounts(world.participants.asked);
      const status = new Uint8Array(world.participants.status);
      const active = [...reasons.keys()].filter((person) => (status[person]! & STATUS_MASK) === 0);
      expect(counted.active).toBe(active.length);
      expect(counted.timesInMonth).toBe(
        active.reduce((sum, person) => sum + times[person * ASKED_COUNTS + IN_MONTH]!, 0),
      );
      // A roster has whoever is asked, and those whom its wave leaves out by the same words.
      const persons = new Persons(world.participants, CHANNELS.indexOf(asked.channel), sparing);
      const roster = [...(run(world, shards, asked).part?.participants ?? [])];
      const left = roster.filter((person) => persons.reasonOf(person, PLACE.welcome) === ASKED);
      expect(left.toSorted((a, b) => a - b)).toEqual(who.toSorted((a, b) => a - b));
      const each = new Uint8Array(roster.length);
      persons.reasonsOf(Uint32Array.from(roster), each);
      expect([...each], "all at once as one by one").toEqual(
        roster.map((person) => persons.reasonOf(person, PLACE.welcome)),
      );
      for (const reason of reasons.values()) reached.add(reason ?? "asked");
    }),
    { numRuns: 150 },
  );
  expect(reached.size, "each reason came up").toBe(LEFT_OUT.length + 1);
});
