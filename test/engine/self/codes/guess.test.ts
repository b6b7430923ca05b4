/**
 * How far guessing gets, by counting: whoever takes each of the bounds to its end gets so many guesses judged, and with g
 * guesses at codes that are drawn evenly from a million the chance of being right even once is at most g in a million.
 */
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SELF } from "../../../../schemas/limits.js";
import { seeded } from "../../../random.js";
import { codeOf, given } from "../../registry/samples.js";
import { SelfRig, wrong } from "../rig.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CODES = 10 ** SELF.codeDigits;

/** Who tries every code in turn, under as many addresses as are given, and notes how many were judged. */
class Attacker {
  judged = 0;
  entered = 0;
  readonly #rig: SelfRig;
  readonly #clients: () => string;
  readonly #codes: (guess: number) => string;

  constructor(
    rig: SelfRig,
    clients: () => string,
    codes: (guess: number) => string = (guess) => String(guess % CODES).padStart(6, "0"),
  ) {
    this.#rig = rig;
    this.#clients = clients;
    this.#codes = codes;
  }

  /** Asks for a code to the number and guesses at it until that is refused; false when no code may be asked for. */
  async attack(number: string): Promise<boolean> {
    let client = this.#clients();
    const opened = this.#rig.service.requestCode({ number }, client);
    if (!opened.ok) return false;
    // The codes go on their way, and those for nobody are known for it.
    this.#rig.beats(2);
    const { challenge } = given(opened);
    for (let attempt = 0; attempt < SELF.attempts; attempt++) {
      const answer = { challenge, code: this.#codes(this.judged) };
      let said = codeOf(await this.#rig.service.enter(answer, client));
      if (said === "TOO_MANY_REQUESTS") {
        client = this.#clients();
        said = codeOf(await this.#rig.service.enter(answer, client));
      }
      if (said === "TOO_MANY_REQUESTS") return true;
      this.judged++;
      if (said === "ok") this.entered++;
    }
    return true;
  }
}

const numberOf = (at: number): string => `+3161${String(1_000_000 + at)}`;
/** Each in a block of its own, to which few codes go. */
const scattered = (at: number): string => `+3161${String(1_000_000 + at * 10_000)}`;

describe("guessing", () => {
  it("at one person's code, from everywhere, gets 75 guesses a day", async () => {
    const rig = new SelfRig();
    rig.person({ number: Number(numberOf(0).slice(1)) });
    const attacker = new Attacker(rig, () => rig.client());
    for (const endMs = rig.nowMs + DAY_MS; rig.nowMs < endMs; rig.minutes(1)) await attacker.attack(numberOf(0));
    const perDay = (SELF.codesPerContact[1].count + SELF.codesKeptForContact[1].count) * SELF.attempts;
    expect(attacker.judged).toBe(perDay);
    expect(perDay / CODES).toBeLessThanOrEqual(8e-5);
  });

  it("at everybody's, from one address, gets 60 guesses an hour", async () => {
    const rig = new SelfRig();
    const client = rig.client();
    const attacker = new Attacker(rig, () => client);
    const startMs = rig.nowMs;
    for (let at = 0; rig.nowMs < startMs + 6 * HOUR_MS; at++, rig.nowMs += 10_000) await attacker.attack(numberOf(at));
    expect(attacker.judged).toBe(6 * SELF.wrongPerClient[0].count);
    expect((attacker.judged / 6 / CODES) * 24).toBeLessThan(0.002);
  });

  it("at everybody's, from everywhere, makes codes longer and tries fewer, and shuts nobody out", async () => {
    const rig = new SelfRig();
    const people = 600;
    for (let at = 0; at <= people; at++) rig.person({ number: Number(scattered(at).slice(1)) });
    const attacker = new Attacker(rig, () => rig.client());
    const codes = async (number: string) => {
      const opened = given(rig.ask(number));
      return { challenge: opened.challenge, code: await rig.codeTo(number) };
    };
    expect((await codes(scattered(people))).code).toHaveLength(SELF.codeDigits);
    for (let at = 0; at < people; at++) await attacker.attack(scattered(at));
    for (const misses of [SELF.guessedAttempts, SELF.guessedAttempts - 1]) {
      const answer = await codes(scattered(people));
      expect(answer.code).toHaveLength(SELF.guessedDigits);
      const missed = { ...answer, code: wrong(answer.code) };
      for (let miss = 0; miss < misses; miss++) await rig.service.enter(missed, rig.client());
      const isOver = misses === SELF.guessedAttempts;
      expect(codeOf(await rig.service.enter(answer, rig.client()))).toBe(isOver ? "CODE_WRONG" : "ok");
    }
    // An hour later nobody guesses any more.
    rig.nowMs += HOUR_MS;
    expect((await codes(scattered(people))).code).toHaveLength(SELF.codeDigits);
  });

  it("counts the same at numbers that nobody has, so that the length of codes tells nothing of them", async () => {
    for (const takePart of [true, false]) {
      const rig = new SelfRig();
      const attacker = new Attacker(rig, () => rig.client());
      // The guesses at the last of them make codes longer.
      const numbers = SELF.guesses[0].count / 2 / SELF.attempts;
      const lengths: number[] = [];
      for (let at = 0; at < numbers; at++) {
        if (takePart) rig.person({ number: Number(scattered(at).slice(1)) });
        if (at === numbers - 1) {
          rig.join(scattered(numbers));
          lengths.push((await rig.codeTo(scattered(numbers))).length);
        }
        expect(await attacker.attack(scattered(at))).toBe(true);
      }
      rig.join(scattered(numbers + 1));
      lengths.push((await rig.codeTo(scattered(numbers + 1))).length);
      expect([takePart, ...lengths]).toEqual([takePart, SELF.codeDigits, SELF.guessedDigits]);
    }
  });

  it("at challenges that never were shuts nobody else out", async () => {
    const rig = new SelfRig();
    rig.person({ number: Number(numberOf(0).slice(1)) });
    for (let guess = 0; guess < 2 * SELF.guesses[0].count; guess++) {
      const answer = { challenge: `never-was-${guess}`, code: "000000" };
      expect(codeOf(await rig.service.enter(answer, rig.client()))).toBe("CODE_WRONG");
    }
    const { challenge } = given(rig.service.requestCode({ number: numberOf(0) }, rig.client()));
    const code = await rig.codeTo(numberOf(0));
    expect(codeOf(await rig.service.enter({ challenge, code }, rig.client()))).toBe("ok");
  });

  it("is right as seldom as that says, where codes are so few that it can be seen", async () => {
    const draw = seeded(Number(process.env.FC_SEED ?? 41));
    const few = 1_000;
    const random = { int: () => Math.floor(draw() * few), bytes: (count: number) => randomBytes(count) };
    const rig = new SelfRig(random);
    const attacker = new Attacker(
      rig,
      () => rig.client(),
      (guess) => String(guess % few).padStart(6, "0"),
    );
    let victims = 0;
    for (; victims < 400; victims++, rig.nowMs += HOUR_MS) {
      rig.person({ number: Number(numberOf(victims).slice(1)) });
      for (let code = 0; code < 3; code++) await attacker.attack(numberOf(victims));
    }
    const expected = (attacker.judged - attacker.entered) / few;
    expect(attacker.judged).toBeGreaterThan(victims * 14);
    expect(attacker.entered).toBeGreaterThan(0);
    expect(attacker.entered).toBeLessThan(expected + 5 * Math.sqrt(expected));
  });
});
