/** What an import makes of a file: from its first byte to the registry after it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Problem } from "../../../../schemas/errors.js";
import { given } from "../../registry/samples.js";
import {
  ELSEWHERE,
  FIRST_NUMBER,
  file,
  HEADER,
  HERE,
  importFile,
  NEW,
  over,
  people,
  place,
  places,
  row,
} from "../rig.js";
import { rigWith } from "../rig-with.js";

const linesOf = (report: { refusals: readonly { line: number; code: string }[] } | undefined) =>
  report?.refusals.map(({ line, code }) => [line, code]);

test("newcomers join, known ones change, and the same file again changes nothing", async () => {
  const rig = await rigWith(people());
  const text = file(row(FIRST_NUMBER), row(FIRST_NUMBER + 1, { channels: "sms:alarm" }), row(NEW));
  const first = await importFile(rig, text);
  expect(first).toMatchObject({ state: "done", rows: 3, problem: undefined });
  expect(first.report).toMatchObject({ added: 1, changed: 1, unchanged: 1, fields: { locations: 1 }, refused: 0 });
  expect(given(rig.live.get(1))?.locations[0]?.channels).toBe(4);
  expect(rig.live.byNumber(NEW)).toEqual([10]);
  const again = await importFile(rig, text);
  expect(again.report).toMatchObject({ added: 0, changed: 0, unchanged: 3, refused: 0 });
  expect(rig.problems).toEqual([]);
});

test("a dry run reports the same and changes nothing", async () => {
  const rig = await rigWith(people());
  const text = file(row(FIRST_NUMBER, { kind: "work" }), row(NEW), row("", { lng: 2 }));
  const dry = await importFile(rig, text, { dryRun: true });
  expect(dry).toMatchObject({ state: "refused", report: { added: 1, changed: 1, refused: 1 } });
  expect(rig.live.count).toBe(10);
  expect(given(rig.live.get(0))?.locations).toEqual([place()]);
  const real = await importFile(rig, text, { mode: "bestEffort" });
  expect(real.report).toEqual(dry.report);
});

test("each row that can't be taken is refused by its line and code, and with allOrNothing nothing changes", async () => {
  const rig = await rigWith(people());
  const text = file(
    row(NEW),
    row(NEW + 1, { lng: 2 }),
    row(NEW + 2, { lat: 52.3 }),
    row(FIRST_NUMBER + 5),
    row(""),
    row(NEW + 3),
    row(NEW),
    `77${row(NEW + 4)}`,
    `6${row("")}`,
    `,,,,,,,,,,,x\n`,
    row(NEW + 5, { status: "erased" }),
  );
  const refused = [
    [3, "POSITION_AT_SEA"],
    [4, "ROW_ELSEWHERE"],
    [6, "IDENTITY_MISSING"],
    [8, "NUMBER_TAKEN"],
    [9, "PARTICIPANT_UNKNOWN"],
    [10, "PARTICIPANT_UNKNOWN"],
    [11, "FIELD_COUNT"],
    [12, "STATUS_ERASED"],
  ];
  const whole = await importFile(rig, text);
  expect(whole).toMatchObject({ state: "refused", problem: { code: "IMPORT_REFUSED" } });
  expect(linesOf(whole.report)).toEqual(refused);
  expect(rig.live.count).toBe(10);
  const best = await importFile(rig, text, { mode: "bestEffort" });
  expect(best).toMatchObject({ state: "done", report: { added: 3, refused: 8 } });
  expect(best.report?.refusals[3]?.reason).toContain("on line 2");
  expect(JSON.stringify(best)).not.toContain("31612");
  expect(rig.live.count).toBe(13);
});

test("what a participant switched off or paused stays so, whatever the file says", async () => {
  const rig = await rigWith(people());
  given(rig.live.switchSms([0], "off"));
  given(rig.live.change(1, (now) => ({ ...now, status: 1, pausedUntil: 4_000_000_000 })));
  const text = file(row(FIRST_NUMBER), row(FIRST_NUMBER + 1), row(FIRST_NUMBER + 2, { off: "voice" }));
  const job = await importFile(rig, text);
  expect(job.report).toMatchObject({ unchanged: 2, changed: 1, keptOff: 1, fields: { switchedOff: 1 } });
  expect(given(rig.live.get(0))?.switchedOff).toBe(0x10);
  expect(given(rig.live.get(1))).toMatchObject({ status: 1, pausedUntil: 4_000_000_000 });
  expect(given(rig.live.get(2))?.switchedOff).toBe(0x80);
});

test("rows replace the locations here and leave those elsewhere; beside a refused row nothing is taken away", async () => {
  const rig = await rigWith(people());
  const elsewhere = place({ lat: 52.3, municipality: ELSEWHERE, kind: 1 });
  const work = place({ kind: 1, lng: 5.2 });
  for (const each of [0, 1]) {
    given(rig.live.change(each, (now) => ({ ...now, locations: [place(), elsewhere, work] })));
  }
  await importFile(rig, file(row(FIRST_NUMBER, { lng: 5.3 }), row(FIRST_NUMBER + 2)));
  expect(given(rig.live.get(0))?.locations).toEqual([elsewhere, place({ lng: 5.3 })]);
  const text = file(row(FIRST_NUMBER + 1, { channels: "sms:alarm" }), row(FIRST_NUMBER + 1, { kind: "wrok" }));
  const job = await importFile(rig, text, { mode: "bestEffort" });
  expect(linesOf(job.report)).toEqual([[3, "KIND_UNKNOWN"]]);
  expect(given(rig.live.get(1))?.locations).toEqual([place({ channels: 4 }), elsewhere, work]);
});

test("a last line needs no end, half a one is refused; nothing is applied when the body ends early", async () => {
  const rig = await rigWith(people());
  const text = file(row(NEW), row(NEW + 1), row(NEW + 2));
  const cut = await importFile(rig, text.slice(0, -20), { mode: "bestEffort" });
  expect(linesOf(cut.report)).toEqual([[4, "FIELD_COUNT"]]);
  expect(cut.report?.file.lastLineEnded).toBe(false);
  expect(rig.live.count).toBe(12);
  const whole = await importFile(rig, text.slice(0, -1), { mode: "bestEffort" });
  expect(whole).toMatchObject({ state: "done", report: { added: 1, refused: 0, file: { lastLineEnded: false } } });
  const intake = given(rig.imports.begin({ scope: HERE, mode: "bestEffort", dryRun: false }, () => {}));
  intake.chunk(Buffer.from(file(row(NEW + 3))), () => {});
  intake.abort();
  expect(intake.job).toMatchObject({ state: "failed", problem: { code: "IMPORT_REFUSED" } });
  expect(rig.live.byNumber(NEW + 3)).toEqual([]);
  expect((await importFile(rig, text)).state).toBe("done");
});

test("a file with too many rows is refused at that line, at once, and so is one without a header or rows", async () => {
  const rig = await rigWith(people(), { maxRows: 50 });
  const problems: Problem[] = [];
  const intake = given(
    rig.imports.begin({ scope: HERE, mode: "bestEffort", dryRun: false }, (problem) => problems.push(problem)),
  );
  const rows = Array.from({ length: 51 }, (_, index) => row(NEW + index));
  intake.chunk(Buffer.from(file(...rows)), () => {});
  await over(intake.job);
  expect(problems).toEqual([
    { code: "IMPORT_REFUSED", detail: "TOO_MANY_ROWS: an import has at most 50 rows", field: "line 52" },
  ]);
  expect(intake.job).toMatchObject({ state: "refused", rows: 50 });
  expect(rig.live.count).toBe(10);
  for (const text of ["", "number,status\n", "status,language\n", `${HEADER}\n`, HEADER]) {
    const job = await importFile(rig, text).catch((problem) => problem);
    expect(job).toMatchObject({ state: "refused", problem: { code: "IMPORT_REFUSED" } });
  }
});

test("the columns of participant, status and municipality may lack", async () => {
  const rig = await rigWith(people());
  const header = "number,language,kind,lng,lat,channels,schedule";
  const lines = [FIRST_NUMBER, NEW].map((number) => `+${number},nl,home,5.1,52.1,sms:alarm,always`);
  const job = await importFile(rig, `${[header, ...lines].join("\r\n")}\r\n`);
  expect(job.report).toMatchObject({ added: 1, changed: 1, fields: { locations: 1 } });
  expect(given(rig.live.get(10))).toMatchObject({ status: 0, joinedDay: 20_000, number: NEW });
});

test("who does not exist joins no registry of people, and a phone's row needs its person's before it", async () => {
  const rig = await rigWith(people());
  const header = "number,language,kind,lng,lat,channels,schedule,origin";
  const lines = [
    `${NEW},nl,home,5.1,52.1,sms:alarm,always,`,
    `${NEW},nl,phone,,,sms:alarm,always,`,
    `${NEW + 1},nl,home,5.1,52.1,sms:alarm,always,generated`,
    `${NEW + 2},nl,phone,,,sms:alarm,always,`,
    `${NEW + 3},nl,,,,,always,`,
  ];
  const job = await importFile(rig, `${[header, ...lines].join("\n")}\n`, { mode: "bestEffort" });
  const missing = "LOCATION_MISSING";
  expect(linesOf(job.report)).toEqual([
    [4, "ORIGIN_GENERATED"],
    [5, missing],
    [6, missing],
  ]);
  expect(given(rig.live.get(10))).toMatchObject({ number: NEW, phone: undefined });
});

test("without outlines, a file that says in which municipality its rows are is believed", async () => {
  const guessed = { ...places, boundaries: undefined };
  const rig = await rigWith(people(), { places: guessed });
  const job = await importFile(rig, file(row(NEW, { lat: 52.3 }), row(NEW + 1, { lng: 2 })), { mode: "bestEffort" });
  expect(linesOf(job.report)).toEqual([[3, "POSITION_AT_SEA"]]);
  expect(given(rig.live.get(10))?.locations[0]?.municipality).toBe(HERE);
});

test("all columns of the registry's CSV are taken, and what a file lacks stays", async () => {
  const rig = await rigWith(people());
  const header =
    "number,language,kind,lng,lat,channels,schedule,type,name,mail,needs,pausedUntil,status,joinedOn,except,timeZone,inDanger";
  const mail = "info@example.org";
  const cells = [
    NEW,
    "en",
    "work",
    5.1,
    52.1,
    "sms:alarm",
    "mo-fr 08-18",
    "company",
    '"De Boer, Zn."',
    mail,
    "simpleLanguage",
  ];
  const rest = ["2040-01-01T00:00:00Z", "paused", "2020-01-02", "sms:burglary", "Europe/Berlin", "nothing"];
  const first = await importFile(rig, `${header}\n${[...cells, ...rest].join(",")}\n`);
  expect(first.report).toMatchObject({ added: 1, refused: 0 });
  const before = given(rig.live.get(10));
  expect(before).toMatchObject({
    name: "De Boer, Zn.",
    kind: 1,
    mail,
    needs: 2,
    status: 1,
    pausedUntil: 2_208_988_800,
    joinedDay: 18_263,
  });
  expect(before?.locations[0]?.terms).toMatchObject({ except: 2, zone: 2, inDanger: 2 });
  const short = await importFile(rig, `${header.slice(0, header.indexOf(",type"))}\n${cells.slice(0, 7).join(",")}\n`);
  expect(short.report).toMatchObject({ unchanged: 1 });
  expect(given(rig.live.get(10))).toEqual(before);
});

test("newcomers beyond the room that is left are refused before anything is changed", async () => {
  const rig = await rigWith(people());
  Object.defineProperty(rig.live, "room", { value: 2 });
  const text = file(row(NEW), row(NEW + 1), row(NEW + 2));
  expect((await importFile(rig, text)).report).toMatchObject({ refusedByCode: { REGISTRY_FULL: 1 } });
  expect(rig.live.count).toBe(10);
});

test("however the body is cut into pieces, the report is the same", async () => {
  const rig = await rigWith(people());
  const text = file(
    row(FIRST_NUMBER),
    `"${NEW}${row("")}`,
    row(NEW),
    row(NEW, { kind: "work" }),
    "\n",
    row(NEW + 1, { lng: 1 }),
  );
  const whole = await importFile(rig, text, { dryRun: true });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 400 }), async (chunkBytes) => {
      const job = await importFile(rig, text, { dryRun: true }, chunkBytes);
      expect(job.report).toEqual(whole.report);
      expect(job.bytes).toBe(Buffer.byteLength(text));
    }),
    { numRuns: 30 },
  );
});
