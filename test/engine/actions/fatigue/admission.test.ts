/**
 * Who of a roster is admitted is what one look at each of its people in turn says, whether they are few or many; and where many rosters
 * are admitted at once, each counts whom it asks before another looks at them.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Asked } from "../../../../engine/actions/fatigue/asked.js";
import { type AskedBounds, Asking } from "../../../../engine/actions/fatigue/asking.js";
import { ASKED_COUNTS, askedCounts, IN_HOUR, RUNNING } from "../../../../engine/selection/query/asked-columns.js";
import { ASKED, Persons, PLACE } from "../../../../engine/selection/query/persons.js";
import type { Roster } from "../../../../engine/selection/selector.js";
import { ASKING } from "../../../../schemas/limits.js";
import { CHANNELS, GROUPS, LEFT_OUT, PARTICIPANT_STATUSES, switchedOffBit } from "../../../../schemas/words.js";
import { seeded } from "../../../random.js";

/** So many that some rosters are of many, and some of few. */
const PEOPLE = 2 * ASKING.peoplePerTurn;
const SMS = CHANNELS.indexOf("sms");
const SCHOOL = 1 << GROUPS.indexOf("school");
const ABOUT = { kind: "question", urgency: "normal", mode: "actual" } as const;

function columns(random: () => number) {
  const made = {
    status: new SharedArrayBuffer(PEOPLE),
    addresses: new SharedArrayBuffer(PEOPLE),
    groups: new SharedArrayBuffer(PEOPLE),
    asked: new SharedArrayBuffer(8 * PEOPLE),
  };
  const [status, groups] = [new Uint8Array(made.status), new Uint8Array(made.groups)];
  const addresses = new Uint8Array(made.addresses);
  const asked = askedCounts(made.asked);
  for (let person = 0; person < PEOPLE; person += 1) {
    status[person] = random() < 0.9 ? 0 : Math.floor(random() * PARTICIPANT_STATUSES.length);
    if (random() < 0.05) status[person]! |= switchedOffBit("sms");
    addresses[person] = random() < 0.05 ? 0b1110 : 0b1111;
    groups[person] = random() < 0.5 ? 0 : SCHOOL;
    for (let at = 0; at < ASKED_COUNTS; at += 1) asked[person * ASKED_COUNTS + at] = random() < 0.2 ? 1 : 0;
  }
  return made;
}

/** Of people in no order, each once. */
function rosterOf(count: number, random: () => number): Roster {
  const all = Uint32Array.from({ length: PEOPLE }, (_, person) => person);
  for (let at = 0; at < count; at += 1) {
    const other = at + Math.floor(random() * (PEOPLE - at));
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  const people = new Uint32Array(new SharedArrayBuffer(4 * count));
  people.set(all.subarray(0, count));
  return { count, participants: people.buffer };
}

function people({ count, participants }: Roster): number[] {
  return [...new Uint32Array(participants, 0, count)];
}

function askingOver(made: ReturnType<typeof columns>, bounds: AskedBounds, isAlone: boolean) {
  const asked = new Asked(made.asked, {
    rosterPieces: () => {
      throw new Error("nothing is read again here");
    },
  });
  const asking = new Asking(
    made,
    asked,
    bounds,
    () => PEOPLE,
    () => isAlone,
  );
  return { asked, asking };
}

/** Without a list of differences, which takes seconds of so many. */
function same(some: ArrayLike<number>, others: ArrayLike<number>): boolean {
  return some.length === others.length && Array.prototype.every.call(some, (one, at) => one === others[at]);
}

const SIZES = [0, 1, 300, ASKING.peoplePerTurn, ASKING.peoplePerTurn + 1, PEOPLE];

describe("an admission", () => {
  it("leaves out whom one look at each in turn would leave out, keeps the order, and counts the others", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.constantFrom(...SIZES),
        fc.constantFrom("nobody", "first", "only"),
        fc.boolean(),
        async (state, size, divided, isAlone) => {
          const random = seeded(state);
          const made = columns(random);
          const bounds = { perHour: random() < 0.5 ? 1 : Infinity, perDay: random() < 0.5 ? 1 : Infinity };
          const found = rosterOf(size, random);
          const groups = divided === "nobody" ? null : ({ [divided]: ["school"] } as { only: ["school"] });
          const sparing = { ...bounds, alone: isAlone, only: divided === "only" ? SCHOOL : 0 };
          const persons = new Persons(made, SMS, sparing);
          const reasons = people(found).map((person) => persons.reasonOf(person, PLACE.welcome));
          const kept = people(found).filter((_, at) => reasons[at] === ASKED);
          const isFirst = (person: number): boolean => divided !== "first" || persons.isIn(person, SCHOOL);
          const before = askedCounts(made.asked).slice();
          const { asking, asked } = askingOver(made, bounds, isAlone);
          const admitted = await asking.admit("first", found, { ...ABOUT, groups });
          const order = [...kept.filter(isFirst), ...kept.filter((one) => !isFirst(one))];
          expect(same(people(admitted.roster), order)).toBe(true);
          for (const [index, reason] of LEFT_OUT.entries()) {
            expect(admitted.leftOut.get(reason) ?? 0).toBe(reasons.filter((one) => one === index).length);
          }
          asked.settle();
          const counted = new Set(kept);
          const after = askedCounts(made.asked);
          const wrong = after.findIndex((count, at) => {
            return count !== before[at]! + (counted.has(Math.floor(at / ASKED_COUNTS)) ? 1 : 0);
          });
          expect(wrong, "whoever is asked counts once more in each window, and nobody else").toBe(-1);
          expect(asked.timesInMonth).toBe(kept.length);
          await admitted.giveBack();
          expect(same(after, before)).toBe(true);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("asks nobody once too often where many come at once, few and many, and some come to nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 }), async (state) => {
        const random = seeded(state);
        const made = columns(random);
        new Uint8Array(made.status).fill(0);
        new Uint8Array(made.addresses).fill(0xf);
        const counts = askedCounts(made.asked).fill(0);
        const perHour = 1 + Math.floor(random() * 3);
        const { asked, asking } = askingOver(made, { perHour, perDay: Infinity }, false);
        const rosters = Array.from({ length: 8 }, () => {
          return rosterOf(
            random() < 0.5 ? Math.floor(random() * 9_000) : PEOPLE - Math.floor(random() * 9_000),
            random,
          );
        });
        const wanted = new Uint16Array(PEOPLE);
        for (const roster of rosters) for (const person of people(roster)) wanted[person]! += 1;
        const admitted = await Promise.all(rosters.map((roster) => asking.admit("first", roster, ABOUT)));
        const times = new Uint16Array(PEOPLE);
        for (const { roster } of admitted) for (const person of people(roster)) times[person]! += 1;
        const wrong = times.findIndex((count, person) => count !== Math.min(perHour, wanted[person]!));
        expect(wrong, "each is asked as often as they may be, or as they were to be").toBe(-1);
        asked.settle();
        expect(times.every((count, person) => counts[person * ASKED_COUNTS + IN_HOUR] === count)).toBe(true);
        const [first, ...others] = admitted;
        for (const person of people(first!.roster)) times[person]! -= 1;
        await first!.giveBack();
        expect(times.every((count, person) => counts[person * ASKED_COUNTS + RUNNING] === count)).toBe(true);
        for (const one of others) await one.giveBack();
        expect(counts.every((count) => count === 0)).toBe(true);
      }),
      { numRuns: 15 },
    );
  });
});
