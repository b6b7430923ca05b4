/** Where codes by SMS go, how many of them, and when too few are used. */
import { beforeEach, describe, expect, it } from "vitest";
import { Destinations } from "../../../../engine/self/codes/destinations.js";
import { CODE_COUNTRIES } from "../../../../schemas/api/self.js";
import { SELF } from "../../../../schemas/limits.js";
import { codeOf, given } from "../../registry/samples.js";
import { POSTCODE, SelfRig } from "../rig.js";

let rig: SelfRig;
beforeEach(() => {
  rig = new SelfRig();
});

const join = (number: string, client = rig.client()) =>
  rig.service.join({ number, postcode: POSTCODE, language: "nl" }, client);

/** Likewise, with time for its code. */
function paced(number: string): ReturnType<typeof join> {
  rig.beats(1);
  return join(number);
}

describe("codes by SMS", () => {
  it.each([
    ["a Dutch mobile number", "+31612345678", "ok"],
    ["a Belgian one", "+32470123456", "ok"],
    ["a German one", "+4915112345678", "ok"],
    ["a French one", "+33612345678", "NUMBER_ABROAD"],
    ["one of Guernsey, which looks British", "+447911123456", "NUMBER_ABROAD"],
    ["a satellite telephone's", "+881621412345", "NUMBER_ABROAD"],
    ["a fixed one", "+31201234567", "NUMBER_NOT_MOBILE"],
    ["one over the internet", "+31851234567", "NUMBER_NOT_MOBILE"],
    ["one in no plan", "+31690000001", "NUMBER_IMPOSSIBLE"],
  ])("to %s: joining", (_, number, code) => {
    expect(codeOf(join(number))).toBe(code);
  });

  it("are refused alike to who takes part and to who does not", () => {
    for (const number of ["+33612345678", "+31690000001"]) {
      const before = codeOf(rig.ask(number));
      rig.person({ number: Number(number.slice(1)) });
      expect(codeOf(rig.ask(number))).toBe(before);
      expect(before).toMatch(/^NUMBER_/);
    }
  });

  it("go to generated people, whose numbers are in no plan, where the registry is one of them; and to no others abroad", () => {
    const generated = new Destinations({ countries: CODE_COUNTRIES, generated: true });
    expect(codeOf(generated.check(31_690_000_001))).toBe("ok");
    expect(codeOf(generated.check(33_612_345_678))).toBe("NUMBER_ABROAD");
  });

  it("go to the countries that are configured", () => {
    const french = new Destinations({ countries: ["FR"], generated: false });
    expect([codeOf(french.check(33_612_345_678)), codeOf(french.check(31_612_345_678))]).toEqual([
      "ok",
      "NUMBER_ABROAD",
    ]);
  });
});

describe("a budget", () => {
  const inBlock = (at: number): string => `+3161234${1_000 + at}`;
  const [perHour, perDay] = SELF.smsPerBlock;

  it("bounds what goes to new numbers of one block in an hour and in a day, whoever asks; and says when there is more", () => {
    const ask = () => Array.from({ length: 300 }, (_, at) => paced(inBlock(at)));
    const first = ask();
    expect(first.filter(({ ok }) => ok)).toHaveLength(perHour.count);
    expect(first.at(-1)).toMatchObject({ ok: false, problem: { code: "TOO_MANY_REQUESTS", retryAfterSeconds: 90 } });
    expect(codeOf(join("+31612350001"))).toBe("ok");
    let taken = perHour.count;
    for (let hour = 1; hour < 24; hour++) {
      rig.nowMs += 3_600_000;
      taken += ask().filter(({ ok }) => ok).length;
    }
    expect(taken).toBeGreaterThanOrEqual(perDay.count);
    expect(taken).toBeLessThanOrEqual(2 * perDay.count);
  });

  it("bounds what goes to one country", () => {
    const numbers = Array.from(
      { length: SELF.smsAbroad[0].count + 20 },
      (_, at) => `+32470${String(at * 997 + 100_000).slice(0, 6)}`,
    );
    const said = numbers.map((number) => codeOf(paced(number)));
    expect(said.filter((code) => code === "ok")).toHaveLength(SELF.smsAbroad[0].count);
    expect(codeOf(join("+31612345678"))).toBe("ok");
  });

  it("that newcomers used up leaves participants theirs, and theirs ends without a word", () => {
    for (let at = 0; at < 300; at++) rig.person({ number: Number(inBlock(at).slice(1)) });
    for (let at = 500; at < 600; at++) join(inBlock(at));
    rig.beats(200);
    const before = rig.channels.number.sent.length;
    for (let at = 0; at < 300; at++) {
      expect(codeOf(rig.ask(inBlock(at)))).toBe("ok");
      rig.beats(2);
    }
    expect(rig.channels.number.sent.length - before).toBe(perHour.count);
  });
});

describe("conversion", () => {
  const numberOf = (at: number): string => `+4915112${String(at * 10_007 + 100_000).slice(0, 6)}`;

  async function joins(count: number, used: (at: number) => boolean): Promise<void> {
    for (let at = 0; at < count; at++) {
      const { challenge } = given(join(numberOf(at)));
      const code = await rig.codeTo(numberOf(at));
      if (used(at)) given(await rig.service.enter({ challenge, code }, rig.client()));
    }
  }

  it("of codes to new numbers is watched by country, and few that are used are an alarm", async () => {
    await joins(SELF.conversionFrom, (at) => at % 5 === 0);
    const [counted] = rig.service.converted;
    expect(counted).toEqual({
      country: "DE",
      sent: SELF.conversionFrom,
      used: SELF.conversionFrom / 5,
      isSuspicious: true,
    });
    rig.nowMs += 3_600_000 + 300_000;
    expect(rig.service.converted[0]).toMatchObject({ sent: SELF.conversionFrom, isSuspicious: false });
  });

  it("as people have it is none, nor is that of few; and codes to participants count for nothing", async () => {
    await joins(SELF.conversionFrom - 1, () => false);
    expect(rig.service.converted[0]!.isSuspicious).toBe(false);
    rig.nowMs += 7_200_000;
    await joins(SELF.conversionFrom, (at) => at % 2 === 0);
    expect(rig.service.converted[0]!.isSuspicious).toBe(false);
    const before = rig.service.converted;
    for (let at = 0; at < 10; at++) rig.ask(`+3161234${1_000 + at}`);
    expect(rig.service.converted).toEqual(before);
  });
});
