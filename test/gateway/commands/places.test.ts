import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startNode } from "../../children.js";
import { BOUNDARIES, POPULATION } from "../../engine/places/files.js";
import { temporaryFolder } from "../../temp-folder.js";

const COMMAND = new URL("../../../gateway/main.js", import.meta.url);

async function run(folder: string, args: readonly string[]) {
  const child = startNode(COMMAND, ["places", ...args], { env: { SEINPOST_DATA: folder } });
  const { code } = await child.ended;
  return { code, text: child.lines.join("\n"), errors: child.errors() };
}

function files(): { folder: string; population: string; boundaries: string } {
  const home = temporaryFolder();
  const [population, boundaries] = [join(home, "population.csv"), join(home, "boundaries.geojson")];
  writeFileSync(population, POPULATION);
  writeFileSync(boundaries, BOUNDARIES);
  return { folder: join(home, "data"), population, boundaries };
}

test("population and boundaries go in together, and the same files again change nothing", async () => {
  const { folder, population, boundaries } = files();
  const args = ["import", "--population", population, "--boundaries", boundaries];
  const first = await run(folder, args);
  expect(first).toMatchObject({ code: 0, errors: "" });
  expect(first.text).toContain("8 postcodes with 54800 inhabitants of 16 and older, 3 municipalities");
  expect(first.text).toContain("1 postcodes without a municipality got that of the nearest one");
  expect(first.text).toContain("2 municipalities, 10 vertices");
  const again = await run(folder, args);
  expect(again.code).toBe(0);
  expect(again.text.match(/this file is there already/g)).toHaveLength(2);
});

test("with bad rows the good ones go in, the bad ones are named on stderr, and it ends with 1", async () => {
  const { folder, population } = files();
  writeFileSync(population, POPULATION.replace("52.0870", "12.0870"));
  const { code, text, errors } = await run(folder, ["import", "--population", population]);
  expect([code, errors]).toEqual([1, "line 2: lon and lat must be degrees in the Netherlands\n"]);
  expect(text).toContain("7 postcodes");
});

test("what can't be done ends with 2 and the problem's code, and makes no folder", async () => {
  const { folder, population, boundaries } = files();
  writeFileSync(population, POPULATION.slice(0, POPULATION.length / 2));
  const failing: readonly (readonly [string[], string])[] = [
    [["import"], "INVALID_FIELD"],
    [["import", "--population", "/nowhere.csv"], "INVALID_FIELD"],
    [["import", "--population", population], "IMPORT_REFUSED"],
    [["import", "--population", boundaries], "IMPORT_REFUSED"],
    [["import", "--boundaries", population], "IMPORT_REFUSED"],
    [["import", "--population", population, "--boundaries", boundaries], "IMPORT_REFUSED"],
  ];
  for (const [args, said] of failing) {
    const { code, errors } = await run(folder, args);
    expect([args, code, errors]).toEqual([args, 2, expect.stringContaining(said)]);
    expect(existsSync(folder)).toBe(false);
  }
  const help = await run(folder, ["import", "--help"]);
  expect(help).toMatchObject({ code: 0, text: expect.stringContaining("pc4,plaats,gemeente_2022") });
});
