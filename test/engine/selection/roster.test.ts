/** A roster is its parts one after the other, and other work of the thread gets its turn while a long one is copied. */

import { expect, it } from "vitest";
import { keptOf, overChannel, type Part, partOf, rosterOf } from "../../../engine/selection/roster.js";
import { SELECTION } from "../../../schemas/limits.js";

const numbers = (from: number, count: number): Uint32Array => Uint32Array.from({ length: count }, (_, at) => from + at);

it("is its parts in order, whatever their lengths", async () => {
  const { copiedRows } = SELECTION;
  const lengths = [0, 3, copiedRows, 1, 2 * copiedRows + 7, 0, copiedRows - 1];
  let end = 0;
  const parts = lengths.map((length) => {
    end += length;
    return { participants: numbers(end - length, length) };
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
  await rosterOf([{ participants: numbers(0, pieces * SELECTION.copiedRows) }]);
  copying = false;
  expect(turns).toBeGreaterThanOrEqual(pieces - 1);
});

it("keeps with each of the people over which channels they can be asked, through every cut", async () => {
  const size = 2 * SELECTION.copiedRows + 5;
  const channels = Uint8Array.from({ length: size }, (_, row) => 1 + ((7 * row) % 15));
  const roster = await rosterOf([
    { participants: numbers(0, 10), channels: channels.subarray(0, 10) },
    { participants: numbers(10, size - 10), channels: channels.subarray(10) },
  ]);
  const isTold = ({ participants, channels: told }: Part): boolean => {
    return participants.every((person, row) => told![row] === channels[person]);
  };
  expect(isTold(partOf(roster))).toBe(true);
  const third = await keptOf(roster, (person) => person % 3 === 1);
  expect(third.count).toBe(Math.floor(size / 3) + (size % 3 > 1 ? 1 : 0));
  expect(isTold(partOf(third))).toBe(true);
  expect(isTold(partOf(third, 100, 200))).toBe(true);
  expect(await keptOf(roster, () => true)).toBe(roster);

  const byMail = await overChannel(roster, "email");
  expect(byMail.channels).toBe(undefined);
  expect([...partOf(byMail).participants]).toEqual(
    [...numbers(0, size)].filter((person) => (channels[person]! & 4) !== 0),
  );
  const alone = await rosterOf([{ participants: numbers(0, 3) }]);
  expect(await overChannel(alone, "email"), "one that was selected over one channel is for that").toBe(alone);
});
