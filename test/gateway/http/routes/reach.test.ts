import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { importPopulation } from "../../../../engine/places/import.js";
import { Places } from "../../../../engine/places/places.js";
import { Reach } from "../../../../engine/reach/reach.js";
import { countReach, reachPage } from "../../../../engine/reach/worker.js";
import { knownShard, type Views } from "../../../../engine/selection/live/view.js";
import { reachRoutes } from "../../../../gateway/http/routes/reach-routes.js";
import { ReachReport } from "../../../../schemas/api/reach.js";
import { ok } from "../../../../schemas/errors.js";
import { POPULATION } from "../../../engine/places/files.js";
import { someSpots, viewOf } from "../../../engine/reach/country.js";
import { given, withStore } from "../../../engine/registry/samples.js";
import { seeded } from "../../../random.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { type Rig, startRig } from "../support.js";

/** Reach over a small country, its tasks in this thread. */
async function startReach(population: boolean): Promise<Rig> {
  const folder = temporaryFolder();
  const file = join(folder, "population.csv");
  writeFileSync(file, POPULATION);
  if (population) given(await importPopulation(folder, file, 1));
  const places = await withStore(folder, async (store) => given(await Places.load(store)));
  const { shards, persons, status } = viewOf(someSpots(3_000, seeded(5)));
  const known = shards.map((data, region) => knownShard(data, region));
  const during: Views["during"] = (count) => count({ shards: known, live: undefined });
  const tasks = { count: countReach, page: async (task: Parameters<typeof reachPage>[0]) => ok(await reachPage(task)) };
  const reach = new Reach(places, { views: { during, persons }, status }, tasks, Date.now);
  const rig = await startRig(undefined, { routes: reachRoutes(reach) });
  onTestFinished(() => rig.close());
  return rig;
}

it("answers JSON that keeps to its schema, CSV and GeoJSON, each with its media type", async () => {
  const rig = await startReach(true);
  const json = await rig.send("GET", "/v1/reach?level=cell&cellMeters=2000&k=7&chance=.9&radiusMeters=800");
  expect(json.status).toBe(200);
  expect(ReachReport.parse(json.json)).toEqual(json.json);
  expect(json.json.wanted).toMatchObject({ k: 7, chance: 0.9, radiusMeters: 800, behindPercent: 75 });
  const csv = await rig.send("GET", "/v1/reach?format=csv");
  expect(csv.headers["content-type"]).toBe("text/csv; charset=utf-8; header=present");
  expect(csv.text).toMatch(/^code,name,.*\r\nGM0344,Utrecht,/);
  const map = await rig.send("GET", "/v1/reach?format=geojson&level=cell");
  expect(map.headers["content-type"]).toBe("application/geo+json");
  expect(map.json).toMatchObject({ type: "FeatureCollection", level: "cell" });
});

it("comes in pages, with a link to the next in every format", async () => {
  const rig = await startReach(true);
  const codes: string[] = [];
  let path: string | undefined = "/v1/reach?level=cell&limit=9&onlyBehind=false&format=csv";
  while (path !== undefined) {
    const page: Awaited<ReturnType<Rig["send"]>> = await rig.send("GET", path);
    expect(page.status).toBe(200);
    codes.push(
      ...page.text
        .split("\r\n")
        .slice(1, -1)
        .map((line) => line.split(",")[0]!),
    );
    path = /^<([^>]+)>; rel="next"$/.exec(String(page.headers.link ?? ""))?.[1];
  }
  const { json } = await rig.send("GET", "/v1/reach?level=cell");
  const { areas } = json as unknown as ReachReport;
  expect(areas.length).toBeGreaterThan(9);
  expect(codes).toEqual(areas.map(({ code }) => code));
});

it("shows all to operators and control rooms, its own to a municipality, and nothing to the app or without a key", async () => {
  const rig = await startReach(true);
  const ask = async (owner: Parameters<Rig["freshKey"]>[0], query = "") => {
    const { status, json } = await rig.send("GET", `/v1/reach${query}`, {
      headers: { authorization: `Bearer ${rig.freshKey(owner)}` },
    });
    return { status, codes: (json as unknown as ReachReport).areas?.map(({ code }) => code), code: json.code };
  };
  const all = ["GM0344", "GM0632", "GM0736", "GM1901"];
  expect(await ask({ role: "operator" })).toMatchObject({ status: 200, codes: all });
  expect(await ask({ role: "controlRoom" })).toMatchObject({ status: 200, codes: all });
  expect(await ask({ role: "operator" }, "?municipality=GM1901")).toMatchObject({ codes: ["GM1901"] });
  const woerden = { role: "municipality", municipality: 632 } as const;
  expect(await ask(woerden)).toMatchObject({ status: 200, codes: ["GM0632"] });
  expect(await ask(woerden, "?municipality=GM0632")).toMatchObject({ status: 200, codes: ["GM0632"] });
  expect(await ask(woerden, "?municipality=GM1901")).toMatchObject({ status: 403, code: "FORBIDDEN" });
  const districts = (await ask(woerden, "?level=district")).codes;
  expect(districts).toEqual(["3441", "3442", "3448", "3449", "3471", "3481"]);
  expect(await ask({ role: "app" })).toMatchObject({ status: 403, code: "FORBIDDEN" });
  expect((await rig.send("GET", "/v1/reach", { headers: { authorization: "" } })).status).toBe(401);
});

it("refuses what can't be asked, by its name", async () => {
  const rig = await startReach(false);
  const bad: readonly (readonly [string, string])[] = [
    ["level=street", "level"],
    ["cellMeters=750", "cellMeters"],
    ["cellMeters=1e3", "cellMeters"],
    ["k=0", "k"],
    ["k=1001", "k"],
    ["k=2.5", "k"],
    ["chance=1", "chance"],
    ["chance=0.2", "chance"],
    ["chance=0.9999999", "chance"],
    ["chance=NaN", "chance"],
    ["radiusMeters=99", "radiusMeters"],
    ["radiusMeters=20001", "radiusMeters"],
    ["behindPercent=101", "behindPercent"],
    ["municipality=632", "municipality"],
    ["onlyBehind=yes", "onlyBehind"],
    ["format=xml", "format"],
    ["limit=5001", "limit"],
    ["after=-1", "after"],
    ["colour=red", "colour"],
    ["k=5&k=6", "k"],
  ];
  for (const [query, field] of bad) {
    const { status, json } = await rig.send("GET", `/v1/reach?${query}`);
    expect([query, status, json.code, json.field]).toEqual([query, 422, "INVALID_FIELD", field]);
  }
  expect(await rig.send("GET", "/v1/reach?level=district")).toMatchObject({
    status: 503,
    json: { code: "POSTCODES_MISSING" },
  });
});
