/** Who gets which text: by the columns of languages and groups, as they are when a roster is numbered. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Readers } from "../../../../engine/actions/texts/readers.js";
import { DISPATCH } from "../../../../schemas/limits.js";
import { groupBits, LANGUAGES, NEEDS, PARTICIPANT_KINDS } from "../../../../schemas/words.js";
import { seeded } from "../../../random.js";
import { rosterOf } from "../../dispatch/bare-fixtures.js";

const MANY = 2 * DISPATCH.rosterChunk + 77;
const SETS = 2 ** NEEDS.length;
/** The first that a roster of the fixtures names. */
const FIRST = 1_000;

it("gives each recipient the text of their language and needs, also of a roster of several pieces", async () => {
  const choices = LANGUAGES.length * SETS;
  const choice = fc.array(fc.nat({ max: 17 }), { minLength: choices, maxLength: choices });
  await fc.assert(
    fc.asyncProperty(choice, fc.integer(), fc.constantFrom(1, 40, MANY), async (chosen, seed, count) => {
      const next = seeded(seed);
      const below = (n: number): number => Math.floor(next() * n);
      const people = Array.from({ length: count }, () => ({
        language: below(LANGUAGES.length),
        kind: below(PARTICIPANT_KINDS.length),
        needs: below(SETS),
      }));
      const [language, groups] = [new SharedArrayBuffer(FIRST + count), new SharedArrayBuffer(FIRST + count)];
      new Uint8Array(language).set(
        people.map((person) => person.language),
        FIRST,
      );
      new Uint8Array(groups).set(
        people.map(({ kind, needs }) => groupBits(kind, needs)),
        FIRST,
      );
      const numberOf = (of: number, needs: number): number => chosen[of * SETS + needs]!;
      const roster = { count, participants: rosterOf(count, FIRST) };
      const numbered = await new Readers({ language, groups }).numbered(roster, 18, numberOf);
      const expected = people.map((person) => numberOf(person.language, person.needs));
      expect(numbered.roster).toEqual({ ...roster, textNumbers: Uint8Array.from(expected) });
      const tally = new Array<number>(18).fill(0);
      for (const number of expected) tally[number]!++;
      expect(numbered.recipients).toEqual(tally);
    }),
    { numRuns: 12 },
  );
});

it("leaves a roster as it is where there is one text", async () => {
  const roster = { count: 3, participants: rosterOf(3) };
  const none = new SharedArrayBuffer(2_000);
  const numbered = await new Readers({ language: none, groups: none }).numbered(roster, 1, () => 0);
  expect(numbered.roster).toBe(roster);
  expect(numbered.recipients).toEqual([3]);
});
