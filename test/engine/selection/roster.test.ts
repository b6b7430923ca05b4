/** A roster is its parts one after the other, and other work of the thread gets its turn while a long one is copied. */

import { expect, it } from "vitest";
import { rosterOf } from "../../../engine/selection/roster.js";
import { SELECTION } from "../../../schemas/limits.js";

const numbers = (from: number, count: number): Uint32Array => Uint32Array.from({ length: count }, (_, at) => from + at);

it("is its parts in order, whatever their lengths", async () => {
  const { copiedRows } = SELECTION;
  const lengths = [0, 3, copiedRows, 1, 2 * copiedRows + 7, 0, copiedRows - 1];
  let end = 0;
  const parts = lengths.map((length) => {
    end += length;
    return numbers(end - length, length);
  });
  const { count, participants } = await rosterOf(parts);
  expect(count).toBe(end);
  expect(Buffer.from(participants).equals(Buffer.from(numbers(0, end).buffer))).toBe(true);
  expect(await rosterOf([])).toMatchObject({ count: 0, participants: { byteLength: 0 } });
});

it("lets others have a turn after each piece", async () => {
  const pieces = 6;
  let turns = 0;
  let copying = true;
  const turn = (): void => {
    turns += 1;
    if (copying) setImmediate(turn);
  };
  setImmediate(turn);
  await rosterOf([numbers(0, pieces * SELECTION.copiedRows)]);
  copying = false;
  expect(turns).toBeGreaterThanOrEqual(pieces - 1);
});
