/** How much of files is read in one turn of the event loop. */
import { afterEach, expect, it, vi } from "vitest";
import { Intake } from "../../../../engine/municipality/import/intake.js";
import type { ImportJob } from "../../../../engine/municipality/import/job.js";
import type { Reading } from "../../../../engine/municipality/import/reading.js";
import { MUNICIPALITY, THREAD } from "../../../../schemas/limits.js";
import { countsByTurn } from "../../../turns.js";

afterEach(() => void vi.restoreAllMocks());

it("is one slice, however many chunks sockets hand on in it for however many files, and in the end all of them", async () => {
  let nowMs = 1;
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  let read = 0;
  const inTurns = countsByTurn();
  const reading = {
    rows: 0,
    problem: undefined,
    push: () => {
      inTurns[0]++;
      read++;
      nowMs++;
    },
    end: () => {},
  } as unknown as Reading;
  const intakes = Array.from({ length: 3 }, () => {
    const job = { bytes: 0, rows: 0 } as unknown as ImportJob;
    return new Intake(job, reading, () => {});
  });
  const chunk = Buffer.alloc(5 * MUNICIPALITY.sliceBytes);
  for (let chunks = 0; chunks < 6; chunks++) {
    for (const intake of intakes) expect(intake.chunk(chunk, () => {})).toBe(false);
  }
  expect(read).toBe(0);
  const ended = await Promise.all(intakes.map((intake) => intake.end()));
  expect(ended.every(({ ok }) => ok)).toBe(true);
  expect(read).toBe(90);
  expect(Math.max(...inTurns)).toBe(THREAD.sliceMs);
});
