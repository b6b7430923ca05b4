import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { iso1A2Code } from "@rapideditor/country-coder";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadRegistry } from "../../engine/registry/columns/load.js";
import { registryStats } from "../../engine/registry/columns/stats.js";
import { readRecord } from "../../engine/registry/record/record.js";
import { generate, generatedRegistry } from "../../loadtest/registry/generate.js";
import { allot, permutation } from "../../loadtest/registry/random.js";
import { channelBit } from "../../schemas/words.js";
import { flattened, given, withStore } from "../engine/registry/samples.js";
import { temporaryFolder } from "../temp-folder.js";

const PEOPLE = 20_000;

test("the same seed gives the same people, another seed others, in the store as in memory", async () => {
  const folder = temporaryFolder();
  const report = given(await generate(folder, { participants: 5_000, seed: 42 }));
  expect(report.registry).toMatchObject({ participants: 5_000, rows: 5_000, generated: true, seed: 42 });
  const stored = flattened(given(await loadRegistry(folder)));
  expect(stored).toEqual(flattened(generatedRegistry(5_000, 42)));
  expect(flattened(generatedRegistry(5_000, 43)).locations).not.toEqual(stored.locations);
});

test("everybody can be reached at home by SMS about alarm and trace, at any hour, under a number of their own", () => {
  const { numbers, status, locations } = flattened(generatedRegistry(PEOPLE));
  const urgent = channelBit("sms", "alarm") | channelBit("sms", "trace");
  const reached = locations.filter(
    ({ channels, schedule }) => schedule === "always" && (channels! & urgent) === urgent,
  );
  expect(new Set(reached.map(({ participant }) => participant)).size).toBe(PEOPLE);
  expect(new Set(status)).toEqual(new Set([0]));
  expect(new Set(numbers).size).toBe(PEOPLE);
  // Of the shape of a mobile number: 31 6 and eight digits, 49 15 and nine, 32 4 and eight; in series nobody has.
  expect(numbers.filter((number) => !/^(?:316[9067]\d{7}|491500\d{7}|3240\d{7})$/.test(String(number)))).toEqual([]);
});

test("it looks like the country: shares of the app, of work, of the border, and places where people are", async () => {
  const folder = temporaryFolder();
  given(await generate(folder, { participants: PEOPLE }));
  const stats = given(await registryStats(folder));
  expect(stats.app).toBe((PEOPLE * 450_000) / 1_600_000);
  expect(stats.kinds.home).toBe(PEOPLE);
  expect(stats.kinds.work! / PEOPLE).toBeGreaterThan(0.45);
  expect(stats.kinds.work! / PEOPLE).toBeLessThan(0.65);
  expect(stats.terms).toBe(12);
  // Amsterdam has 741,636 of the 15.7 million inhabitants in places, and many who work there.
  expect(stats.municipalities.GM0363! / PEOPLE).toBeGreaterThan(741_636 / 15_700_000);
  expect(Object.keys(stats.municipalities).length).toBeGreaterThan(330);

  const { numbers, locations } = flattened(given(await loadRegistry(folder)));
  let abroad = 0;
  for (const { participant, lng, lat, municipality } of locations) {
    const country = iso1A2Code([lng!, lat!], { level: "country" });
    if (municipality === 0) expect(["DE", "BE"]).toContain(country);
    // A coast is no border: somebody may be drawn a little into the sea, but never into another country.
    else expect([country, participant]).toEqual(["NL", participant]);
    if (municipality === 0 && !String(numbers[participant!]).startsWith("31")) abroad++;
  }
  expect(abroad).toBeGreaterThan(PEOPLE * 0.01);
});

const POSTCODES = [
  "pc4,plaats,gemeente_2022,provincie,inwoners,inwoners16plus,km2,lon,lat",
  '1012,"Amsterdam","Amsterdam",Noord-Holland,8540,8134,1.156,4.89603,52.37455',
  '2511,"\'s-Gravenhage","\'s-Gravenhage",Zuid-Holland,3000,2777,0.9,4.3139,52.0782',
  '9901,"Appingedam","Eemsdelta",Groningen,11000,9500,20.1,6.85,53.32',
  '9999,"Nergenshuizen","Nergensland",Groningen,0,0,1.0,5.0,52.0',
  '8888,"Utopia","Utopia",Groningen,900,850,1.5,3.2,53.7',
];

test("a postcode file is followed: eleven in a hundred, by postcode, in its municipality", async () => {
  const folder = temporaryFolder();
  const postcodes = join(folder, "postcodes.csv");
  writeFileSync(postcodes, POSTCODES.join("\n"));
  const report = given(await generate(folder, { postcodes }));
  const adults = 8_134 + 2_777 + 9_500 + 850;
  expect(report.registry.participants).toBe(Math.round(0.11 * adults));
  expect(report.unmatchedMunicipalities).toEqual(["Utopia"]);
  const { locations } = flattened(given(await loadRegistry(folder)));
  const homes = locations.filter((at, index) => at.participant !== locations[index - 1]?.participant);
  const per = (code: number) => homes.filter(({ municipality }) => municipality === code);
  expect(Math.abs(per(363).length - 0.11 * 8_134)).toBeLessThan(1);
  expect(Math.abs(per(518).length - 0.11 * 2_777)).toBeLessThan(1);
  // Eemsdelta is the name of no place; its number follows from where Appingedam lies.
  const eemsdelta = homes.filter(({ lat }) => lat! > 53.2 && lat! < 53.5);
  expect(Math.abs(eemsdelta.length - 0.11 * 9_500)).toBeLessThan(1);
  expect(new Set(eemsdelta.map(({ municipality }) => municipality))).not.toContain(0);
  expect(per(0).length).toBe(homes.length - per(363).length - per(518).length - eemsdelta.length);
});

test("what can't be generated is said, and nothing is written", async () => {
  const folder = temporaryFolder();
  const code = async (options: Parameters<typeof generate>[1]) => {
    const result = await generate(folder, options);
    return result.ok ? "generated" : `${result.problem.code} ${result.problem.field ?? ""}`.trim();
  };
  expect(await code({ participants: 0 })).toBe("INVALID_FIELD participants");
  expect(await code({ participants: 1e9 })).toBe("INVALID_FIELD participants");
  expect(await code({ seed: -1 })).toBe("INVALID_FIELD seed");
  expect(await code({ postcodes: "/nowhere.csv" })).toBe("INVALID_FIELD /nowhere.csv");
  const bad = join(folder, "bad.csv");
  writeFileSync(bad, [...POSTCODES, "1013,Amsterdam,Amsterdam,Noord-Holland,1,many,1,4.9,52.4"].join("\n"));
  expect(await code({ postcodes: bad })).toBe(`INVALID_FIELD ${bad} line 7`);
  writeFileSync(bad, `${[...POSTCODES, "1013,Amsterdam,Amsterdam,Noord-Holland,1,many,1,4.9,52.4"].join("\n")}\n`);
  expect(await code({ postcodes: bad })).toBe(`INVALID_FIELD ${bad}:7`);
  expect(await code({ participants: 10 })).toBe("generated");
  expect(await code({ participants: 20 })).toBe("REGISTRY_EXISTS");
  const record = await withStore(folder, async (store) => given(readRecord(store)));
  expect(record.participants).toBe(10);
});

test("a permutation meets every number once, and shares add up", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000 }), fc.nat(), (count, seed) => {
      const at = permutation(count, seed);
      const met = new Set(Array.from({ length: count }, (_, index) => at(index)));
      expect(met.size).toBe(count);
      expect(Math.max(...met)).toBe(count - 1);
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { minLength: 1 }), fc.nat(10_000), (weights, total) => {
      fc.pre(weights.some((weight) => weight > 0));
      const sum = weights.reduce((a, b) => a + b, 0);
      const parts = allot(total, weights);
      expect(parts.reduce((a, b) => a + b, 0)).toBe(total);
      parts.forEach((part, index) => {
        expect(Math.abs(part - (total * weights[index]!) / sum)).toBeLessThanOrEqual(1);
      });
    }),
  );
});
