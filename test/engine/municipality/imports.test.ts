/** Imports from the first byte to the registry after them. */
import { expect, test } from "vitest";
import { temporaryFolder } from "../../temp-folder.js";
import type { SamplePerson } from "../registry/samples.js";
import { given, writeSample } from "../registry/samples.js";
import { ELSEWHERE, FIRST_NUMBER, HEADER, HERE, importFile, openRig } from "./rig.js";

/** Participants 0 to 4 live here, 5 to 9 elsewhere. */
function people(): SamplePerson[] {
  return Array.from({ length: 10 }, (_, row) => {
    const [lat, municipality] = row < 5 ? [52.1, HERE] : [52.3, ELSEWHERE];
    const location = { lng: 5.1, lat, channels: 0x000f, schedule: "always", municipality, kind: 0 };
    return { row, number: FIRST_NUMBER + row, status: 0, language: 0, locations: [location] };
  });
}

async function openWithPeople(options: Parameters<typeof openRig>[2] = {}) {
  const folder = temporaryFolder();
  await writeSample(folder, people());
  return openRig(folder, 1_000, options);
}

function row(
  number: number | "",
  changed: { lat?: number; lng?: number; channels?: string; off?: string } = {},
): string {
  const { lat = 52.1, lng = 5.1, channels = "sms:inform+involve+alarm+trace", off = "" } = changed;
  const text = number === "" ? "" : `+${number}`;
  return `,${text},active,nl,home,${lng},${lat},${channels},always,GM0344,${off}\n`;
}

const file = (...rows: string[]) => `${HEADER}\n${rows.join("")}`;

test("newcomers join, known ones change, and the same file again changes nothing", async () => {
  const rig = await openWithPeople();
  const text = file(row(FIRST_NUMBER), row(FIRST_NUMBER + 1, { channels: "sms:alarm" }), row(FIRST_NUMBER + 100));
  const first = await importFile(rig, text);
  expect(first).toMatchObject({ state: "done", rows: 3, problem: undefined });
  expect(first.report).toMatchObject({ added: 1, changed: 1, unchanged: 1, fields: { locations: 1 }, refused: 0 });
  expect(given(rig.live.get(1))?.locations[0]?.channels).toBe(4);
  expect(rig.live.byNumber(FIRST_NUMBER + 100)).toEqual([10]);
  const again = await importFile(rig, text);
  expect(again.report).toMatchObject({ added: 0, changed: 0, unchanged: 3, refused: 0 });
  expect(rig.problems).toEqual([]);
});

test("each row that can't be taken is refused by its line and code, and with allOrNothing nothing changes", async () => {
  const rig = await openWithPeople();
  const text = file(
    row(FIRST_NUMBER + 100),
    row(FIRST_NUMBER + 101, { lng: 2 }),
    row(FIRST_NUMBER + 102, { lat: 52.3 }),
    row(FIRST_NUMBER + 5),
    row(""),
    row(FIRST_NUMBER + 103),
    row(FIRST_NUMBER + 100),
    `77${row(FIRST_NUMBER + 104)}`,
    `6${row("")}`,
    "a,b\n",
  );
  const refused = [
    [3, "POSITION_AT_SEA"],
    [4, "ROW_ELSEWHERE"],
    [5, "NUMBER_TAKEN"],
    [6, "IDENTITY_MISSING"],
    [8, "NUMBER_TAKEN"],
    [9, "PARTICIPANT_UNKNOWN"],
    [10, "PARTICIPANT_UNKNOWN"],
    [11, "FIELD_COUNT"],
  ];
  const whole = await importFile(rig, text);
  expect(whole).toMatchObject({ state: "refused", problem: { code: "IMPORT_REFUSED" } });
  expect(whole.report?.refusals.map(({ line, code }) => [line, code])).toEqual(refused);
  expect(rig.live.count).toBe(10);
  const best = await importFile(rig, text, { mode: "bestEffort" });
  expect(best).toMatchObject({ state: "done" });
  expect(best.report).toMatchObject({ added: 2, refused: 8 });
  expect(best.report?.refusals[4]?.reason).toContain("on line 2");
  expect(JSON.stringify(best)).not.toContain("3169");
  expect(rig.live.count).toBe(12);
});
