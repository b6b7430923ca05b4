/** The strict JSON reader against JSON.parse: the same texts are valid, and duplicates are found wherever they are. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson, Scanner } from "../../../../../gateway/http/request/body/json.js";
import { API } from "../../../../../schemas/limits.js";

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Pieces of JSON in any order: mostly wrong, and wrong in every way. */
const soup = fc
  .array(
    fc.constantFrom(
      ...'{}[],:" \n\\',
      ...[
        '"a"',
        '"b"',
        '"\\u00e9"',
        '"\\x"',
        '"\\ud83d"',
        "0",
        "-1",
        "01",
        "1.",
        "1e5",
        "-",
        "true",
        "nul",
        "null",
        "\t",
        "é",
      ],
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(""));

describe("the scanner", () => {
  it("finds a flaw exactly where JSON.parse refuses", () => {
    fc.assert(
      fc.property(fc.oneof(soup, fc.string(), fc.json()), (text) => {
        const flaw = new Scanner(text).run();
        expect(flaw?.kind === "syntax").toBe(!parses(text) && flaw?.kind !== "duplicate");
        if (flaw?.kind === "syntax") expect(flaw.at).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 20_000 },
    );
  });

  it("finds a flaw in valid JSON that was changed in one place", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom(...'{}[],:"\\0a \u0001'), (json, at, character) => {
        const place = at % json.length;
        const text = json.slice(0, place) + character + json.slice(place + 1);
        const flaw = new Scanner(text).run();
        if (flaw?.kind !== "duplicate") expect(flaw?.kind === "syntax").toBe(!parses(text));
      }),
      { numRuns: 20_000 },
    );
  });

  it("gives what JSON.parse gives", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(Buffer.from(text))).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it.each([
    ['{"a":1,"a":2}', "/a"],
    ['{"a":1,"\\u0061":2}', "/a"],
    ['[0,{"b":[{},{"c/d":1,"c/d":1}]}]', "/1/b/1/c~1d"],
    ['{"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":1,"y":[],"x":2}]}', "/c/1/x"],
  ])("finds the member that appears twice in %s", (text, field) => {
    expect(parseJson(Buffer.from(text))).toMatchObject({ ok: false, problem: { code: "INVALID_FIELD", field } });
  });

  it.each([
    ["spaces", " ".repeat(API.bodyBytes)],
    ["digits", "1".repeat(API.bodyBytes)],
    ["a string", `"${"a".repeat(API.bodyBytes - 2)}"`],
    ["escapes", `"${"\\n".repeat(API.bodyBytes / 2 - 1)}"`],
    ["depth", "[".repeat(API.bodyBytes)],
    ["commas", `[${"0,".repeat(API.bodyBytes / 2 - 2)}0]`],
  ])("takes a whole body of %s without running out of stack", (_name, text) => {
    expect(() => parseJson(Buffer.from(text))).not.toThrow();
  });
});
