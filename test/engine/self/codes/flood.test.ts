/** Whoever asks for a great many codes, or tries a great many, uses up what is theirs and nothing of anybody else's. */
import { beforeEach, describe, expect, it } from "vitest";
import { SELF } from "../../../../schemas/limits.js";
import { codeOf, given } from "../../registry/samples.js";
import { NUMBER, SelfRig, wrong } from "../rig.js";

const unknown = (at: number): string => `+3161${String(1_000_000 + at)}`;
const CITIZEN = "198.51.100.7";

let rig: SelfRig;
beforeEach(() => {
  rig = new SelfRig();
  rig.person({ number: 31612345678 });
});

describe("wrong codes for numbers that nobody has, from forty networks,", () => {
  it("shut nobody out: a right code from an address that missed none opens, also from one of those networks", async () => {
    let refused = 0;
    for (let at = 0; at < 4_000; at++) {
      const client = `10.0.${at % 40}.${Math.floor(at / 40) % 4}`;
      const asked = rig.service.requestCode({ number: unknown(at % 1_000) }, client);
      rig.beats(1);
      const challenge = asked.ok ? asked.value.challenge : "never-was";
      for (let attempt = 0; attempt < 3; attempt++) {
        if (codeOf(await rig.service.enter({ challenge, code: "000000" }, client)) === "TOO_MANY_REQUESTS") refused++;
      }
      rig.nowMs += 100;
    }
    for (const client of [CITIZEN, "10.0.7.251"]) {
      const { challenge } = given(rig.service.requestCode({ number: NUMBER }, client));
      expect(codeOf(await rig.service.enter({ challenge, code: await rig.codeTo(NUMBER) }, client))).toBe("ok");
    }
    expect(refused).toBeGreaterThan(0);
  });

  it("count for the address that sends them, and in time for its network", async () => {
    const { challenge } = given(rig.service.requestCode({ number: NUMBER }, CITIZEN));
    const code = await rig.codeTo(NUMBER);
    const miss = async (client: string) =>
      codeOf(await rig.service.enter({ challenge: "never-was", code: wrong(code) }, client));
    for (let at = 0; at < SELF.wrongPerNetwork[0].count; at++) {
      expect(await miss(`10.0.0.${at % 240}`)).toBe("CODE_WRONG");
    }
    expect(await miss("10.0.0.1")).toBe("TOO_MANY_REQUESTS");
    expect(await miss("10.0.0.241")).toBe("CODE_WRONG");
    expect(await miss("10.0.0.241")).toBe("TOO_MANY_REQUESTS");
    expect(await miss("10.0.1.1")).toBe("CODE_WRONG");
    expect(codeOf(await rig.service.enter({ challenge, code }, "10.0.0.242"))).toBe("ok");
  });
});

describe("a flood of requests for codes", () => {
  /** Ten for each beat, which is ten times as many as can go out; from as many networks as are given. */
  function flood(seconds: number, networks: number, of: (at: number) => string): Record<string, number> {
    const said: Record<string, number> = {};
    for (let beat = 0, at = 0; beat < (seconds * 1_000) / SELF.paceMs; beat++, rig.nowMs += SELF.paceMs) {
      for (let each = 0; each < 10; each++, at++) {
        const code = codeOf(
          rig.service.requestCode({ number: of(at) }, `10.${(at % networks) >> 8}.${(at % networks) & 255}.1`),
        );
        said[code] = (said[code] ?? 0) + 1;
      }
      rig.beats(1);
    }
    return said;
  }

  const beatsUntilSent = (most: number): number => {
    const sentBefore = rig.channels.number.sent.length;
    for (let beat = 1; beat <= most; beat++) {
      rig.beats(1);
      if (rig.channels.number.sent.length > sentBefore) return beat;
    }
    return Number.POSITIVE_INFINITY;
  };

  it("to strangers, from a few networks or from thousands, holds up no participant for a second", () => {
    for (const networks of [40, 4_000]) {
      const said = flood(6, networks, unknown);
      expect(Object.keys(said)).toEqual(expect.arrayContaining(["CODE_NOT_SENT"]));
      expect(codeOf(rig.service.requestCode({ number: NUMBER }, CITIZEN))).toBe("ok");
      expect(beatsUntilSent(1_000 / SELF.paceMs)).toBeLessThanOrEqual(1_000 / SELF.paceMs);
      rig.minutes(60);
    }
  });

  it("to participants takes none of the beats of those who join", () => {
    for (let at = 0; at < 3_000; at++) rig.person({ number: Number(unknown(at).slice(1)) });
    flood(6, 4_000, (at) => unknown(at % 3_000));
    const joined = rig.service.join({ number: "+31687654321", postcode: "3441 AB", language: "nl" }, CITIZEN);
    expect(codeOf(joined)).toBe("ok");
    rig.beats(1_000 / SELF.paceMs + 2);
    expect(
      rig.channels.number.sent.some(({ contact }) => contact.kind === "number" && contact.number === 31687654321),
    ).toBe(true);
  });

  it("leaves codes that count as they are, however many others are asked for", async () => {
    const { challenge } = given(rig.service.requestCode({ number: NUMBER }, CITIZEN));
    const code = await rig.codeTo(NUMBER);
    flood(60, 60_000, unknown);
    expect(codeOf(await rig.service.enter({ challenge, code }, CITIZEN))).toBe("ok");
  });
});
