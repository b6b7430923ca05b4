/** CSV as files are: every way to write a table reads back to it, and what is broken costs no more than it must. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { CsvRecords, type RecordFault } from "../../../engine/files/csv-records.js";
import { type Charset, charsetNamed } from "../../../engine/files/file-text.js";

const SEED = Number(process.env.FC_SEED ?? 11);
const NAMES = ["number", "name", "note"];

interface Read {
  readonly header: readonly string[];
  readonly records: (readonly [line: number, fields: readonly string[] | RecordFault])[];
  readonly problem: string | undefined;
  readonly reader: CsvRecords;
}

function read(bytes: Buffer, charset?: Charset, chunk = 7): Read {
  let header: readonly string[] = [];
  const records: [number, readonly string[] | RecordFault][] = [];
  const reader = new CsvRecords(
    {
      isColumn: (name) => NAMES.includes(name),
      header: (names) => {
        header = names;
      },
      record: (fields, line) => void records.push([line, fields]),
    },
    charset,
  );
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.subarray(at, at + chunk));
  reader.end();
  return { header, records, problem: reader.problem, reader: reader };
}

function encoded(text: string, charset: Charset, mark: boolean): Buffer {
  if (charset === "utf-8") return Buffer.from((mark ? "\ufeff" : "") + text);
  if (charset === "windows-1252") return Buffer.from(text, "latin1");
  const bytes = Buffer.from((mark ? "\ufeff" : "") + text, "utf16le");
  return charset === "utf-16le" ? bytes : bytes.swap16();
}

/** Letters that all of the charsets have, in the same place of latin1 and windows-1252, and whatever separates and quotes. */
const field = fc
  .array(fc.constantFrom("a", "7", "ë", "ï", " ", ",", ";", "\t", '"', "\n", "|"), { maxLength: 8 })
  .map((letters) => letters.join(""));
const LINES_MOST = 9;
const row = fc.tuple(field, field, field).filter((fields) => fields.join("").split("\n").length <= LINES_MOST);
const table = fc.array(row, { maxLength: 6 });
const writing = fc.record({
  separator: fc.constantFrom(",", ";", "\t", "|"),
  declared: fc.boolean(),
  lineEnd: fc.constantFrom("\n", "\r\n"),
  last: fc.boolean(),
  quoteAll: fc.boolean(),
  charset: fc.constantFrom<Charset>("utf-8", "utf-16le", "utf-16be", "windows-1252"),
  mark: fc.boolean(),
  chunk: fc.integer({ min: 1, max: 40 }),
  emptyLines: fc.boolean(),
  emptyColumns: fc.integer({ min: 0, max: 3 }),
  shortened: fc.boolean(),
});

test("whatever a table is written in, with a charset by mark or by name, it is read back", () => {
  fc.assert(
    fc.property(table, writing, (rows, how) => {
      const { separator, lineEnd, quoteAll, charset, mark } = how;
      const cell = (text: string) => (quoteAll || /[",;|\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
      const more = separator.repeat(how.emptyColumns);
      // What a record lacks is empty, but for a last line that may have been cut off.
      const shortened = (row: readonly string[], at: number): readonly string[] => {
        if (!how.shortened || row.join("").includes("\n") || (at === rows.length - 1 && !how.last)) return row;
        return row.slice(0, Math.max(1, row.findLastIndex((text) => text !== "") + 1));
      };
      const lines = rows.map((row, at) => {
        const written = shortened(row, at);
        return written.map(cell).join(separator) + (written.length === row.length ? more : "");
      });
      const head = [...(how.declared ? [`sep=${separator}`] : []), NAMES.join(separator)];
      const body = how.emptyLines ? lines.flatMap((line) => ["", line, separator.repeat(2)]) : lines;
      const text = [...head, ...body].join(lineEnd) + (how.last ? lineEnd : "");
      const isMarked = mark && charset !== "windows-1252";
      const got = read(encoded(text, charset, mark), isMarked ? undefined : charset, how.chunk);
      expect(got.problem).toBeUndefined();
      expect(got.header).toEqual(NAMES);
      const filled = rows.filter((row) => row.some((one) => one.trim() !== ""));
      expect(got.records.map(([, fields]) => fields)).toEqual(filled);
      expect(got.reader.form).toEqual({ charset, separator, lastLineEnded: how.last });
    }),
    { numRuns: 2_000, seed: SEED },
  );
});

test("a stray quote costs its own row, wherever others are quoted", () => {
  const lines = ["number,name,note", '1,"a,b', "2,b,c", '3,"b","x', 'y"', "4,c,d", '5,d,"e', "6,f,g"];
  const { records } = read(Buffer.from(lines.join("\n")));
  expect(records).toEqual([
    [2, "QUOTE_UNCLOSED"],
    [3, ["2", "b", "c"]],
    [4, ["3", "b", "x\ny"]],
    [6, ["4", "c", "d"]],
    [7, "QUOTE_UNCLOSED"],
    [8, ["6", "f", "g"]],
  ]);
  const long = ["number,name,note", '1,"a', ...Array.from({ length: 20 }, (_, row) => `${row},b,c`)];
  expect(read(Buffer.from(long.join("\n"))).records.filter(([, fields]) => Array.isArray(fields))).toHaveLength(20);
  // Rows that are shorter than the header must not let a quote swallow those behind it; a name on two lines is no row.
  const short = ["number,name,note", '1,"a', '2,b"', '3,"c', 'd"', "4", ""];
  expect(read(Buffer.from(short.join("\n"))).records).toEqual([
    [2, "QUOTE_UNCLOSED"],
    [3, "QUOTE_UNCLOSED"],
    [4, ["3", "c\nd", ""]],
    [6, ["4", "", ""]],
  ]);
});

test("any bytes at all: every line is accounted for, in order, and nothing throws", () => {
  const letters = fc.array(fc.constantFrom("1", ",", '"', "\n", "\n", "x"), { maxLength: 120 });
  fc.assert(
    fc.property(letters, (body) => {
      const { records } = read(Buffer.from(`number,name,note\n${body.join("")}`));
      const at = records.map(([line]) => line);
      expect(at).toEqual([...new Set(at)].toSorted((a, b) => a - b));
    }),
    { numRuns: 1_000, seed: SEED },
  );
});

test("bytes that are not what the file should be written in refuse it, and say how to name it", () => {
  const name = "number,name,note\n1,Café,x\n";
  expect(read(Buffer.from(name, "latin1")).problem).toMatch(/no utf-8.*windows-1252/);
  expect(read(Buffer.from(name, "latin1"), "windows-1252").records).toEqual([[2, ["1", "Café", "x"]]]);
  expect(read(Buffer.from(name, "utf16le")).problem).toMatch(/NUL.*utf-16le/);
  expect(read(Buffer.from(name).subarray(0, 23)).problem).toMatch(/no utf-8/);
  // € and the quotes of Word stand where latin1 has control characters.
  expect(read(Buffer.from([...Buffer.from("number\n"), 0x80, 0x93]), "windows-1252").records).toEqual([[2, ["€“"]]]);
  expect(["latin1", "ISO-8859-1", "utf8", "utf-16", "ebcdic"].map(charsetNamed)).toEqual([
    ...["windows-1252", "windows-1252", "utf-8", "utf-16le", undefined],
  ]);
});
