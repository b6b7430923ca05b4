/** The bytes of terms against what the words say, for every channel, domain, kind and urgency. */
import { expect, it } from "vitest";
import { randomFrom } from "../../../../bench/selection/country.js";
import { TERMS_WORDS } from "../../../../engine/registry/record/terms.js";
import { isWelcome, SharedTerms, Welcome } from "../../../../engine/selection/query/welcome.js";
import { hoursOfWeek } from "../../../../engine/selection/rows/hours.js";
import type { SelectionQuery } from "../../../../engine/selection/selector.js";
import { ACTION_KINDS, CHANNELS, DOMAINS, URGENCIES } from "../../../../schemas/words.js";
import { randomTerms, welcomeMasks } from "../../../property/world.js";

const MASKS = [0, 0xffff, 0x0f0f, 0x8421, 0x1248];
const words = randomTerms(200, randomFrom(9));

function everyQuery(atMs: number): SelectionQuery[] {
  const area = { type: "Municipality", code: 1 } as const;
  return CHANNELS.flatMap((channel) =>
    DOMAINS.flatMap((domain) =>
      ACTION_KINDS.flatMap((kind) => URGENCIES.map((urgency) => ({ area, channel, domain, kind, urgency, atMs }))),
    ),
  );
}

it("terms say of each query what their words say", () => {
  const welcome = new Welcome();
  const { buffer } = SharedTerms.of(words);
  for (const query of [...everyQuery(Date.UTC(2026, 2, 29, 1)), ...everyQuery(Date.UTC(2026, 10, 3, 20))]) {
    const expected = welcomeMasks(words, query);
    const danger = query.domain === "alarm" && query.urgency === "extreme";
    welcome.begin(buffer, { kind: ACTION_KINDS.indexOf(query.kind), danger, hours: hoursOfWeek(query.atMs) });
    const [channel, domain] = [CHANNELS.indexOf(query.channel), DOMAINS.indexOf(query.domain)];
    for (const [row, welcomes] of expected.entries()) {
      for (const mask of MASKS) {
        const said = isWelcome(mask, welcome.bytes[row]!, channel, domain) === 1;
        if (said !== welcomes(mask))
          throw new Error(`terms ${row}, mask ${mask}: ${said} for ${JSON.stringify(query)}`);
      }
    }
  }
});

it("terms that come after a query has begun are included when a location has them", () => {
  const few = words.subarray(0, 3 * TERMS_WORDS);
  const terms = SharedTerms.of(few);
  const [late, early] = [new Welcome(), new Welcome()];
  const query = { kind: 0, danger: true, hours: hoursOfWeek(0) };
  early.begin(terms.buffer, query);
  terms.grow(words);
  early.include(2);
  expect([...early.bytes.subarray(3, 200)].every((byte) => byte === 0)).toBe(true);
  early.include(199);
  late.begin(terms.buffer, query);
  expect(early.bytes).toEqual(late.bytes);
  expect(() => terms.grow(few)).toThrow("grows");
});
