/** Colours that stand on each other can be told apart: WCAG 2.2, 4.5 to 1 for text and 3 to 1 for shapes and edges, in both themes. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const SHEET = readFileSync("gateway/console/app/kit/tokens.css", "utf8");

function tokens(selector: string): Map<string, string> {
  const block = SHEET.slice(SHEET.indexOf(`${selector} {`)).split("}")[0]!;
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name!, colour!]));
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** What is written on what. */
const TEXT: readonly (readonly [string, string])[] = [
  ...["ink", "quiet", "accent", "good", "warn", "bad", "exercise"].flatMap((name) => [
    [name, "ground"] as const,
    [name, "panel"] as const,
  ]),
  ...["good", "warn", "bad", "exercise"].flatMap((name) => [
    [name, `${name}-ground`] as const,
    ["ink", `${name}-ground`] as const,
    ["on-state", name] as const,
  ]),
  ["on-accent", "accent"],
];
/** What is seen against what. */
const SHAPES: readonly (readonly [string, string])[] = [
  ...["edge", "focus"].flatMap((name) => [[name, "ground"] as const, [name, "panel"] as const]),
  ...["selected", "sent", "delivered", "failed"].map((name) => [name, "land"] as const),
];

it.each([":root", ':root[data-theme="dark"]'])("in %s", (selector) => {
  const colours = tokens(selector);
  expect(colours.size).toBeGreaterThan(20);
  const tooLow = (pairs: typeof TEXT, least: number): string[] =>
    pairs
      .map(([one, other]) => [one, other, contrast(colours.get(one)!, colours.get(other)!)] as const)
      .filter(([, , found]) => !(found >= least))
      .map(([one, other, found]) => `${one} on ${other}: ${found.toFixed(2)}`);
  expect([...tooLow(TEXT, 4.5), ...tooLow(SHAPES, 3)]).toEqual([]);
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
});
