/** Imports from the first byte to the registry after them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Persons, personsIn } from "../../../engine/municipality/planned.js";
import type { Problem } from "../../../schemas/errors.js";
import { MUNICIPALITY } from "../../../schemas/limits.js";
import { copyOf } from "../../temp-folder.js";
import { given, withData } from "../registry/samples.js";
import { SOMEBODY } from "../registry/somebody.js";
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
  type Rig,
  row,
} from "./rig.js";
import { rigWith } from "./rig-with.js";

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
  expect(dry).toMatchObject({ state: "done", report: { added: 1, changed: 1, refused: 1 } });
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
    "a,b\n",
    row(NEW + 5, { status: "erased" }),
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
    [12, "STATUS_ERASED"],
  ];
  const whole = await importFile(rig, text);
  expect(whole).toMatchObject({ state: "refused", problem: { code: "IMPORT_REFUSED" } });
  expect(linesOf(whole.report)).toEqual(refused);
  expect(rig.live.count).toBe(10);
  const best = await importFile(rig, text, { mode: "bestEffort" });
  expect(best).toMatchObject({ state: "done", report: { added: 2, refused: 9 } });
  expect(best.report?.refusals[4]?.reason).toContain("on line 2");
  expect(JSON.stringify(best)).not.toContain("3169");
  expect(rig.live.count).toBe(12);
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

test("a file cut in half is refused by its last line; nothing is applied when the body ends early", async () => {
  const rig = await rigWith(people());
  const text = file(row(NEW), row(NEW + 1), row(NEW + 2));
  const cut = await importFile(rig, text.slice(0, -20), { mode: "bestEffort" });
  expect(linesOf(cut.report)).toEqual([[4, "ROW_UNFINISHED"]]);
  expect(rig.live.count).toBe(12);
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
  for (const text of ["", "number,status\n", `${HEADER}\n`, HEADER]) {
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

test("while the registry has no room, an import waits and then goes on", async () => {
  let refusals = 5;
  const rig = await rigWith(people(), {
    place: () =>
      refusals-- > 0 ? { ok: false, problem: { code: "BUSY", detail: "full" } } : { ok: true, value: undefined },
  });
  const job = await importFile(rig, file(row(NEW), row(NEW + 1)));
  expect(job).toMatchObject({ state: "done", overtaken: 0 });
  expect(refusals).toBeLessThan(0);
  expect(rig.live.count).toBe(12);
});

test("what is kept of an import while it is applied opens to nobody afterwards", async () => {
  let kept: { key: Buffer; value: Buffer }[] = [];
  const rig: Rig = await rigWith(people(), {
    place: () => {
      if (kept.length === 0) {
        kept = [...rig.data.store.table("imports").range()].map(({ key, value }) => ({ key, value: given(value) }));
        expect(kept).toHaveLength(2);
        expect(kept.every(({ key, value }) => rig.data.vault.open("imports", value, key).ok)).toBe(true);
      }
      return { ok: true, value: undefined };
    },
  });
  expect((await importFile(rig, file(row(NEW)))).state).toBe("done");
  expect(kept.some(({ value }) => value.includes(String(NEW)))).toBe(false);
  expect(rig.data.vault.needsRenewal).toBe(false);
  for (const { key, value } of kept) expect(rig.data.vault.open("imports", value, key).ok).toBe(false);
  // What the vault would put down next was put down: a start knows no key for it either.
  await rig.close();
  const copy = copyOf(rig.data.store.folder);
  await withData(copy, async ({ vault }) => {
    for (const { key, value } of kept) expect(vault.open("imports", value, key).ok).toBe(false);
  });
});

test("a person is read from a plan as it was written, among any others", () => {
  const text = (max: number) => fc.string({ unit: "grapheme", maxLength: max });
  const word = fc.nat(255);
  const location = fc.record({
    kind: word,
    lng: fc.double({ min: -180, max: 180, noNaN: true }),
    lat: fc.double({ min: -90, max: 90, noNaN: true }),
    channels: fc.nat(0xffff),
    terms: fc.nat(0xffff),
    municipality: fc.nat(0xffff),
  });
  const planned = fc.record({
    ...{ line: fc.nat(), target: fc.nat(0xffff_ffff), number: fc.nat(Number.MAX_SAFE_INTEGER), partial: fc.boolean() },
    ...{ status: word, switchedOff: word, language: word, kind: word, needs: word },
    ...{ pausedUntil: fc.nat(0xffff_ffff), joinedDay: fc.nat(0xffff), mail: text(60), name: text(60) },
    locations: fc.array(location, { maxLength: 16 }),
  });
  fc.assert(
    fc.property(fc.array(planned, { maxLength: 40 }), (all) => {
      const persons = new Persons();
      for (const each of all) persons.add(each);
      expect(all.map((_, index) => persons.at(index))).toEqual(all);
      const pieces = Array.from({ length: persons.pieces }, (_, index) => [...personsIn(persons.piece(index))]);
      expect(pieces.flat()).toEqual(all);
    }),
    { numRuns: 50 },
  );
});

test("who left or joined between plan and applying is taken as they are now", async () => {
  let meanwhile: (() => void) | undefined;
  const rig: Rig = await rigWith(people(), {
    place: () => {
      const once = meanwhile;
      meanwhile = undefined;
      once?.();
      return { ok: true, value: undefined };
    },
  });
  // The first change that is applied is that of 0; the others come after it.
  meanwhile = () => {
    given(rig.live.erase(1));
    given(rig.live.change(2, (now) => ({ ...now, locations: [place({ lat: 52.3, municipality: ELSEWHERE })] })));
    given(rig.live.add({ ...SOMEBODY, number: NEW, locations: [place({ kind: 2 })] }));
    given(rig.live.add({ ...SOMEBODY, number: NEW + 1, locations: [place({ lat: 52.3, municipality: ELSEWHERE })] }));
  };
  const changed = { channels: "sms:alarm" };
  const numbers = [FIRST_NUMBER, FIRST_NUMBER + 1, FIRST_NUMBER + 2, NEW, NEW + 1];
  const job = await importFile(rig, file(...numbers.map((number) => row(number, changed))));
  expect(job).toMatchObject({ state: "done", overtaken: 3, report: { added: 2, changed: 3 } });
  expect(given(rig.live.get(1))).toBeUndefined();
  expect(given(rig.live.get(2))?.locations).toHaveLength(1);
  expect(rig.live.byNumber(NEW)).toEqual([10]);
  expect(given(rig.live.get(10))?.locations).toEqual([place({ channels: 4 })]);
});

test("an import belongs to its municipality, which has one under way at a time", async () => {
  const rig = await rigWith(people());
  const request = { scope: HERE, mode: "bestEffort", dryRun: false } as const;
  const first = given(rig.imports.begin(request, () => {}));
  expect(rig.imports.begin(request, () => {})).toMatchObject({ problem: { code: "BUSY" } });
  const other = given(rig.imports.begin({ ...request, scope: ELSEWHERE }, () => {}));
  expect(rig.imports.get(ELSEWHERE, first.job.id)).toMatchObject({ problem: { code: "NOT_FOUND" } });
  expect(rig.imports.list(HERE)).toEqual([first.job]);
  expect(rig.imports.list(undefined)).toEqual([other.job, first.job]);
  first.abort();
  other.abort();
  expect(rig.imports.begin(request, () => {}).ok).toBe(true);
});

test("a few municipalities import at a time, one after the other is applied, and reports are kept for the last ones", async () => {
  const rig = await rigWith(people());
  const begin = (scope: number) => rig.imports.begin({ scope, mode: "bestEffort", dryRun: false }, () => {});
  const under = Array.from({ length: MUNICIPALITY.importsUnder }, (_, scope) => given(begin(scope + 1)));
  expect(begin(99)).toMatchObject({ problem: { code: "BUSY" } });
  for (const intake of under) intake.abort();
  const elsewhere = row(NEW + 1, { lat: 52.3 }).replace("GM0344", "GM0363");
  const [here, there] = await Promise.all([
    importFile(rig, file(row(NEW))),
    importFile(rig, file(elsewhere), { scope: ELSEWHERE }),
  ]);
  expect([here.state, there.state]).toEqual(["done", "done"]);
  expect(rig.live.count).toBe(12);
  for (let count = 0; count < MUNICIPALITY.importsKnown; count++) given(begin(HERE)).abort();
  expect(rig.imports.get(HERE, here.id)).toMatchObject({ problem: { code: "NOT_FOUND" } });
  expect(rig.imports.list(undefined)).toHaveLength(MUNICIPALITY.importsKnown);
});
