/** Files of participants as Excel, Google Sheets and municipal systems write them, to the registry that they make. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { importPopulation } from "../../../../engine/places/import.js";
import { type ImportOptions, importRegistry } from "../../../../engine/registry/csv/import.js";
import type { Participant } from "../../../../engine/registry/record/participant.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { POPULATION } from "../../places/files.js";
import { given, readParticipants } from "../samples.js";

async function* whole(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function peopleOf(bytes: Buffer, options: ImportOptions = {}, folder = temporaryFolder()) {
  const report = given(await importRegistry(folder, whole(bytes), options));
  return { report, people: [...(await readParticipants(folder)).values()] };
}

/** What is compared of somebody. */
const shown = ({ number, mail, name, locations }: Participant) => ({
  ...{ number, mail, name },
  at: locations.map(({ lng, lat, channels }) => [lng, lat, channels]),
});

test("Dutch Excel: semicolons, decimal commas, Windows-1252, numbers without their 0, empty rows and columns", async () => {
  const text = [
    "sep=;",
    "Number;Name;Type;Lng;Lat;;",
    "612345678;Café Zoë;company;4,88969;52,37403;;",
    ";;;;;;",
    '"0612345679";"De Boer\r\nen Zn.";company;"5,1";"52,1";;',
  ].join("\r\n");
  const { report, people } = await peopleOf(Buffer.from(text, "latin1"), { charset: "windows-1252" });
  expect(report).toMatchObject({ rows: 2, refused: 0, form: { separator: ";", lastLineEnded: false } });
  expect(report.defaults).toMatchObject({ status: "active", language: "nl", kind: "home", schedule: "always" });
  expect(people.map(shown)).toEqual([
    { number: 31_612_345_678, mail: "", name: "Café Zoë", at: [[4.88969, 52.37403, 0x000f]] },
    { number: 31_612_345_679, mail: "", name: "De Boer en Zn.", at: [[5.1, 52.1, 0x000f]] },
  ]);
});

/** Of sixteen rows at a time Excel writes as many columns as one of them has anything in, the first of all the header. */
const EXCEL_ROWS = 16;

/** A sheet as Excel saves it: fields in quotes where they must be, and no separator behind what the widest of sixteen rows has. */
function asExcel(sheet: readonly (readonly string[])[]): string {
  const lines = sheet.map((row, at) => {
    const block = sheet.slice(at - (at % EXCEL_ROWS), at - (at % EXCEL_ROWS) + EXCEL_ROWS);
    const width = Math.max(...block.map((one) => one.findLastIndex((cell) => cell !== "") + 1));
    return row.slice(0, width).map((cell) => (/[";\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  });
  return lines.map((line) => `${line.join(";")}\r\n`).join("");
}

/** A sheet as LibreOffice and Google Sheets save it: every row as wide as the widest. */
const asLibreOffice = (sheet: readonly (readonly string[])[]): string =>
  sheet.map((row) => `${row.map((cell) => (/[",\n]/.test(cell) ? `"${cell}"` : cell)).join(",")}\n`).join("");

test("Excel leaves what is empty at the end of rows away: the registry is the one of the file with all of its separators", async () => {
  const header = ["number", "type", "name", "lng", "lat", "needs", "mail", "pausedUntil", "", ""];
  const rows = Array.from({ length: 70 }, (_, at) => {
    const [isCompany, isPlaced, hasMail] = [at < 60 && at % 9 === 4, at < 40, at < 20];
    const name = isCompany ? (at % 2 === 0 ? "De Boer\nen Zn." : "Bakkerij") : "";
    const mail = hasMail ? `p${at}@example.org` : "";
    const place = isPlaced ? ["5.1", "52.1"] : ["", ""];
    return [`06123456${10 + at}`, isCompany ? "company" : "", name, ...place, "", mail, "", "", ""];
  });
  const sheet = [header, ...rows];
  const short = asExcel(sheet);
  const widths = new Set(
    short
      .split("\r\n")
      .slice(1, -1)
      .map((line) => line.split(";").length),
  );
  // The sample has rows of five widths, so that it can't be that they are all as wide as the header.
  expect(widths.size).toBeGreaterThan(3);
  const [excel, whole] = [await peopleOf(Buffer.from(short)), await peopleOf(Buffer.from(asLibreOffice(sheet)))];
  expect(excel.report).toMatchObject({ rows: 70, refused: 0, form: { separator: ";", lastLineEnded: true } });
  expect(whole.report).toMatchObject({ rows: 70, refused: 0, form: { separator: "," } });
  expect(excel.people).toEqual(whole.people);
});

test("a row that is short of what belongs together, or has more than there are columns for, is refused by its line", async () => {
  const lines = [
    "number;lng;lat;name;type",
    "0612345678",
    "0612345679;5.1",
    "0612345670;5.1;52.1;;;;;",
    "0612345671;5.1;52.1;;;;x",
    "0612345672;5.1;52.1;De Boer",
    "0612345673;5.1;52.1",
  ];
  const { report, people } = await peopleOf(Buffer.from(lines.join("\n")));
  expect(report.refusals.map(({ line, code }) => [line, code])).toEqual([
    [3, "LAT_INVALID"],
    [5, "FIELD_COUNT"],
    [6, "NAME_INVALID"],
    // It has no end, so it may have been cut off.
    [7, "FIELD_COUNT"],
  ]);
  expect(people.map(({ number, locations }) => [number % 100, locations.length])).toEqual([
    [78, 0],
    [70, 1],
  ]);
});

test("Excel's Unicode text: UTF-16 with tabs; Sheets: UTF-8 with commas and numbers as it formats them", async () => {
  const rows = [
    ["number", "lng", "lat"],
    ["+31 6 12345678", "5.1", "52.1"],
  ];
  const excel = Buffer.from(`\ufeff${rows.map((row) => row.join("\t")).join("\r\n")}\r\n`, "utf16le");
  const sheets = Buffer.from(rows.map((row) => row.join(",")).join("\n"));
  const expected = [{ number: 31_612_345_678, mail: "", name: "", at: [[5.1, 52.1, 0x000f]] }];
  for (const bytes of [excel, Buffer.from(excel).swap16(), sheets]) {
    expect((await peopleOf(bytes)).people.map(shown)).toEqual(expected);
  }
});

test("a number or an address is enough, and what is welcome follows from it; nobody is guessed", async () => {
  const text = "number,mail\n06 12345678,\n,anna@example.org\n020 1234567,bob@example.org\n3.16E+10,\n612,\n,\n";
  const { report, people } = await peopleOf(Buffer.from(text));
  expect(report.refusals.map(({ line, code }) => [line, code])).toEqual([
    [5, "NUMBER_ROUNDED"],
    [6, "NUMBER_IMPOSSIBLE"],
  ]);
  expect(people.map(shown)).toEqual([
    { number: 31_612_345_678, mail: "", name: "", at: [] },
    { number: 0, mail: "anna@example.org", name: "", at: [] },
    { number: 31_201_234_567, mail: "bob@example.org", name: "", at: [] },
  ]);
  const placed = "number;mail;lng;lat\n0201234567;bob@example.org;5.1;52.1\n";
  // Voice and email, of every domain.
  expect((await peopleOf(Buffer.from(placed))).people.map(shown)[0]?.at).toEqual([[5.1, 52.1, 0xff00]]);
});

test("a postcode is a position where the population was imported, and refused where it was not", async () => {
  const text = Buffer.from("number,postcode\n0612345678,3441 AB\n0612345679,3441\n0612345670,9999XX\n");
  const folder = temporaryFolder();
  const without = await importRegistry(folder, whole(text));
  expect(without).toMatchObject({
    problem: { code: "ROW_INVALID", detail: expect.stringContaining("POSTCODES_MISSING") },
  });
  const file = join(dirname(folder), "population.csv");
  writeFileSync(file, POPULATION);
  given(await importPopulation(folder, file, 0));
  const { report, people } = await peopleOf(text, {}, folder);
  expect(report.refusals.map(({ line, code }) => [line, code])).toEqual([[4, "POSTCODE_UNKNOWN"]]);
  expect(people.map(({ locations }) => locations)).toMatchObject([
    [{ lng: 4.887, lat: 52.087, municipality: 632 }],
    [{ lng: 4.887, lat: 52.087, municipality: 632 }],
  ]);
});

test("bytes that are no text refuse the file with the cause, and the registry stays", async () => {
  const bytes = Buffer.from("number,name,type\n0612345678,Café,company\n", "latin1");
  const refused = await importRegistry(temporaryFolder(), whole(bytes));
  expect(refused).toMatchObject({ problem: { code: "ROW_INVALID", detail: expect.stringMatching(/utf-8.*charset/) } });
});
