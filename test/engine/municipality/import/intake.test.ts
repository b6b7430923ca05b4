/** How much of a file is read in one turn of the event loop. */
import { afterEach, expect, it, vi } from "vitest";
import { Intake } from "../../../../engine/municipality/import/intake.js";
import type { ImportJob } from "../../../../engine/municipality/import/job.js";
import type { Reading } from "../../../../engine/municipality/import/reading.js";
import { MUNICIPALITY } from "../../../../schemas/limits.js";

afterEach(() => void vi.restoreAllMocks());

it("is one slice, however many chunks a socket hands on in it, and in the end all of it", async () => {
  let nowMs = 1;
  vi.spyOn(performance, "now").mockImplementation(() => nowMs);
  let read = 0;
  const reading = {
    rows: 0,
    problem: undefined,
    push: () => {
      read++;
      nowMs++;
    },
    end: () => {},
  } as unknown as Reading;
  const job = { bytes: 0, rows: 0 } as unknown as ImportJob;
  const intake = new Intake(job, reading, () => {});
  const chunk = Buffer.alloc(MUNICIPALITY.sliceBytes);
  const taken = Array.from({ length: 30 }, () => intake.chunk(chunk, () => {}));
  expect(read).toBe(MUNICIPALITY.sliceMs);
  expect(taken.filter((isTaken) => isTaken)).toHaveLength(MUNICIPALITY.sliceMs);
  expect((await intake.end()).ok).toBe(true);
  expect(read).toBe(30);
});
