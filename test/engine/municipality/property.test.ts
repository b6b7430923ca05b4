/**
 * Any file at all, over a registry that the files before it have changed: what must hold whatever its rows say. Few numbers,
 * addresses and places, so that rows meet each other and people who are there, here and elsewhere.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isClaimed } from "../../../engine/registry/record/contact-marks.js";
import type { Participant } from "../../../engine/registry/record/participant.js";
import { given } from "../registry/samples.js";
import { ELSEWHERE, FIRST_NUMBER, file, HEADER, importFile, people, place, type Rig } from "./rig.js";
import { rigWith } from "./rig-with.js";

const SEED = Number(process.env.FC_SEED ?? 4);

const orNone = (values: readonly (string | number)[]) => fc.constantFrom("", "", ...values);
const cells = fc.record({
  participant: orNone([0, 1, 5, 6]),
  number: orNone([0, 1, 2, 5, 6, 100, 101, 102].map((more) => `+${FIRST_NUMBER + more}`)),
  status: fc.constantFrom("active", "active", "paused", "unconfirmed", "erased"),
  kind: fc.constantFrom("home", "work"),
  lng: fc.constantFrom(5.1, 5.1, 5.2, 2, "x"),
  lat: fc.constantFrom(52.1, 52.1, 52.1, 52.3),
  channels: fc.constantFrom("sms:alarm", "sms:alarm+trace push:alarm"),
  municipality: fc.constantFrom("", "", "GM0344", "GM0363"),
  off: orNone(["sms", "voice"]),
  mail: orNone(["a@example.org", "b@example.org", "c@example.org"]),
});
type Cells = typeof cells extends fc.Arbitrary<infer T> ? T : never;

function lineOf({ participant, number, status, kind, lng, lat, channels, municipality, off, mail }: Cells): string {
  return `${[participant, number, status, "nl", kind, lng, lat, channels, "always", municipality, off, mail].join(",")}\n`;
}

/** Runs of rows that say the same of the person, as files have them, and rows at random. */
const rows = fc
  .array(fc.tuple(cells, fc.array(fc.constantFrom(5.1, 5.15, 5.2), { maxLength: 2 })), { maxLength: 12 })
  .map((all) =>
    all.flatMap(([one, more]) => [one, ...more.map((lng) => ({ ...one, lng, kind: "work" as const }))].map(lineOf)),
  );

function everybody({ live }: Rig): (Participant | undefined)[] {
  return Array.from({ length: 4_000 }, (_, participant) => given(live.get(participant)));
}

test("any file: the dry run says what happens, the second time nothing new does, and nobody loses what is theirs", async () => {
  const rig = await rigWith(people());
  const mine = { kind: 1, lng: 5.2, lat: 52.3, municipality: ELSEWHERE };
  given(rig.live.change(0, (now) => ({ ...now, mail: "a@example.org", locations: [...now.locations, place(mine)] })));
  given(rig.live.change(6, (now) => ({ ...now, mail: "b@example.org" })));
  const header = `${HEADER},mail\n`;
  await fc.assert(
    fc.asyncProperty(rows, async (lines) => {
      const text = file(...lines).replace(`${HEADER}\n`, header);
      const before = everybody(rig);
      const dry = await importFile(rig, text, { dryRun: true });
      const dryBest = await importFile(rig, text, { dryRun: true, mode: "bestEffort" });
      expect(everybody(rig)).toEqual(before);
      if ((dry.report?.refused ?? 1) > 0) {
        const whole = await importFile(rig, text);
        const { state, problem, report, rows } = whole;
        expect({ state, problem, report, rows }).toEqual({
          state: "refused",
          problem: dry.problem,
          report: dry.report,
          rows: dry.rows,
        });
        expect(dry.state).toBe("refused");
        expect(everybody(rig)).toEqual(before);
      }
      const job = await importFile(rig, text, { mode: "bestEffort" });
      const { state, problem, report } = job;
      expect({ state, problem, report }).toEqual({
        state: dryBest.state,
        problem: dryBest.problem,
        report: dryBest.report,
      });
      if (lines.length === 0) return;
      expect(job).toMatchObject({ state: "done", overtaken: 0, report: dry.report });
      const after = everybody(rig);
      holds(rig, before, after);
      const { added, refused } = job.report!;
      expect(after.filter(Boolean)).toHaveLength(before.filter(Boolean).length + added);
      const again = await importFile(rig, text, { mode: "bestEffort" });
      // Only what was refused may find free the second time what the first one freed, such as an address.
      const moved = again.report!.added + again.report!.changed;
      expect(moved).toBeLessThanOrEqual(refused);
      if (moved === 0) expect(everybody(rig)).toEqual(after);
    }),
    { numRuns: 60, seed: SEED },
  );
  expect(rig.problems).toEqual([]);
});

function holds(rig: Rig, before: readonly (Participant | undefined)[], after: readonly (Participant | undefined)[]) {
  for (const [participant, was] of before.entries()) {
    if (was === undefined) continue;
    const is = after[participant]!;
    const elsewhere = (one: Participant) => one.locations.filter(({ municipality }) => municipality === ELSEWHERE);
    expect(elsewhere(is)).toEqual(elsewhere(was));
    if (elsewhere(was).length === was.locations.length) expect(is).toEqual(was);
    if (elsewhere(was).length > 0) expect({ ...is, locations: [] }).toEqual({ ...was, locations: [] });
    expect(is.switchedOff & was.switchedOff).toBe(was.switchedOff);
    if (was.status === 1) expect(is.status).toBe(1);
    if (was.number !== 0) expect(is.number).not.toBe(0);
  }
  const present = after.filter((one) => one !== undefined);
  const owners = (all: readonly number[], kind: "number" | "mail") =>
    all.filter((each) => !isClaimed(given(rig.live.get(each))!, kind));
  for (const { number, mail } of present) {
    if (number !== 0) expect(owners(rig.live.byNumber(number), "number")).toHaveLength(1);
    if (mail !== "") expect(owners(rig.live.byMail(mail), "mail")).toHaveLength(1);
  }
}
