import { expect, it, onTestFinished } from "vitest";
import { mapRoutes } from "../../../../gateway/http/routes/map-routes.js";
import { type FoundPlace, PlaceList } from "../../../../schemas/api/map.js";
import { fail, ok } from "../../../../schemas/errors.js";
import { startRig } from "../support.js";

const WEESP: FoundPlace = {
  kind: "place",
  name: "Weesp",
  country: "NL",
  municipality: "GM0363",
  center: [5.04, 52.31],
};

async function start() {
  const rig = await startRig(undefined, {
    routes: mapRoutes({
      layer: async (name) =>
        name === "places" ? fail("BUSY", "later") : ok({ bytes: Buffer.from(`{"of":"${name}"}`), tag: '"one"' }),
      find: async (sought, limit) => ok(sought === "Weesp" ? [WEESP].slice(0, limit) : []),
    }),
  });
  onTestFinished(() => rig.close());
  return rig;
}

it("gives a layer to everybody, and 304 to who has it", async () => {
  const rig = await start();
  const headers = { authorization: "" };
  const first = await rig.send("GET", "/v1/map/countries", { headers });
  expect([first.status, first.headers["content-type"], first.text]).toEqual([
    200,
    "application/geo+json",
    '{"of":"countries"}',
  ]);
  const again = await rig.send("GET", "/v1/map/countries", {
    headers: { ...headers, "if-none-match": String(first.headers.etag) },
  });
  expect([again.status, again.text]).toEqual([304, ""]);
  expect((await rig.send("GET", "/v1/map/rivers", { headers })).json).toMatchObject({
    code: "NOT_FOUND",
    field: "layer",
  });
  expect((await rig.send("GET", "/v1/map/places", { headers })).status).toBe(503);
});

it("finds places for who has a key, and says what of a question can't be", async () => {
  const rig = await start();
  const { status, json } = await rig.send("GET", "/v1/places?q=Weesp");
  expect([status, PlaceList.parse(json)]).toEqual([200, { places: [WEESP] }]);
  expect((await rig.send("GET", "/v1/places?q=Weesp", { headers: { authorization: "" } })).status).toBe(401);
  for (const query of [
    "",
    "?q=a",
    `?q=${"a".repeat(61)}`,
    "?q=Weesp&limit=0",
    "?q=Weesp&limit=21",
    "?q=Weesp&near=1",
  ]) {
    expect([query, (await rig.send("GET", `/v1/places${query}`)).json.code]).toEqual([query, "INVALID_FIELD"]);
  }
});
