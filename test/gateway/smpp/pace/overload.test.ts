/** What a code is taken for, by what became of others and of the same person. */
import { expect, test } from "vitest";
import { Overload } from "../../../../gateway/smpp/pace/overload.js";
import { OVERLOAD } from "../../../../schemas/limits.js";

const CODE = 0x45;

function says(overload: Overload, person: number, nowMs: number, isPart = false, tries = 0): string {
  const { tooMuch, again } = overload.judge(CODE, person, 0, isPart, tries, nowMs);
  return again ? `${tooMuch}, again` : tooMuch;
}

/** That many others are taken. */
function takes(overload: Overload, count: number, nowMs: number): void {
  for (let other = 0; other < count; other++) overload.taken(1_000_000 + other, 0, nowMs);
}

test("of a carrier that takes nothing, or nothing any more, it is the carrier's trouble", () => {
  const overload = new Overload();
  for (let person = 0; person < 100; person++) expect(says(overload, person, 0)).toBe("no");
  takes(overload, 1, 0);
  for (let person = 0; person < 100; person++) expect(says(overload, person, OVERLOAD.takesMs)).toBe("no");
});

test("is a limit once those to whom it was said were taken later", () => {
  const overload = new Overload();
  takes(overload, 32, 0);
  for (let person = 0; person < OVERLOAD.sure; person++) expect(says(overload, person, 0)).toBe("no, again");
  for (let person = 0; person < OVERLOAD.sure; person++) overload.taken(person, 0, 1_000);
  expect(says(overload, 50, 1_000)).toBe("sure, again");
  expect(says(overload, 51, 1_000, false, OVERLOAD.tries)).toBe("sure");
});

test("is personal once it was said again to some of them, between others who were taken", () => {
  const overload = new Overload();
  for (let nowMs = 0; nowMs <= 1_000; nowMs += 1_000) {
    for (let person = 0; person < OVERLOAD.sure; person++) {
      takes(overload, 32, nowMs);
      const isLast = nowMs > 0 && person === OVERLOAD.sure - 1;
      expect(says(overload, person, nowMs)).toBe(isLast ? "personal" : nowMs > 0 ? "no" : "no, again");
    }
  }
  takes(overload, 1, 1_000);
  expect(says(overload, 50, 1_000)).toBe("personal");
});

test("that is said again at once tells nothing of the person", () => {
  const overload = new Overload();
  for (let times = 0; times < 50; times++) {
    takes(overload, 32, times);
    expect(says(overload, times % 5, times)).not.toBe("personal");
  }
});

test("that is said to half of all slows down, whatever it means", () => {
  const overload = new Overload();
  takes(overload, 32, 0);
  const said = Array.from({ length: 20 }, (_, person) => says(overload, person, 0));
  expect(said.slice(0, OVERLOAD.crowd - 1)).toEqual(new Array(OVERLOAD.crowd - 1).fill("no, again"));
  expect(said.slice(OVERLOAD.crowd - 1)).toEqual(new Array(21 - OVERLOAD.crowd).fill("perhaps, again"));
});

test("is asked about once more, and about a part of a message as often as that may be", () => {
  const overload = new Overload();
  takes(overload, 32, 0);
  expect([says(overload, 2, 0, false, 0), says(overload, 2, 0, false, 1)]).toEqual(["no, again", "no"]);
  for (let tries = 0; tries < OVERLOAD.tries; tries++) expect(says(overload, 1, 0, true, tries)).toBe("perhaps, again");
  expect(says(overload, 1, 0, true, OVERLOAD.tries)).toBe("perhaps");
});

test("is heeded in part where it means both", () => {
  const overload = new Overload();
  for (let round = 0; round < 16; round++) {
    const nowMs = round * 1_000;
    for (let person = 0; person < 2; person++) {
      takes(overload, 32, nowMs);
      says(overload, person, nowMs);
      says(overload, 100 + round * 2 + person, nowMs);
      overload.taken(100 + round * 2 + person, 0, nowMs);
    }
  }
  let sure = 0;
  for (let person = 1_000; person < 1_100; person++) {
    takes(overload, 32, 16_000);
    if (says(overload, person, 16_000) === "sure, again") sure++;
  }
  expect(sure).toBeGreaterThan(35);
  expect(sure).toBeLessThan(70);
});

test("remembers a bounded number of people and codes", () => {
  const overload = new Overload();
  for (let person = 0; person < 3 * OVERLOAD.people; person++) {
    if (person % 16 === 0) takes(overload, 32, person);
    overload.judge(0x400 + (person % 256), person, 0, false, 0, person);
  }
  takes(overload, 32, 0);
  expect(overload.judge(0x4ff, 1, 0, true, 0, 0)).toEqual({ tooMuch: "no", again: false });
});
