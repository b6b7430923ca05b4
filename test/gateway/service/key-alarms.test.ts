/** What whoever watches is told of keys, over real ones. */
import { expect, onTestFinished, test } from "vitest";
import { LOCAL } from "../../../engine/audit/actor.js";
import { Trail } from "../../../engine/audit/trail.js";
import { Keys } from "../../../engine/rights/keys.js";
import { Store } from "../../../engine/store/store.js";
import { alarmsOfKeys } from "../../../gateway/service/key-alarms.js";
import { RIGHTS } from "../../../schemas/limits.js";
import { given } from "../../engine/registry/samples.js";
import { temporaryFolder } from "../../temp-folder.js";

const NOW_MS = 1_800_000_000_000;
const DAY_MS = 86_400_000;
const NONE = { refused: { area: 0, budget: 0 }, lastRefusal: undefined };

function keysNow(): Keys {
  const store = given(Store.open(temporaryFolder()));
  onTestFinished(() => store.close());
  const now = (): number => NOW_MS;
  return new Keys(store, { now, steadyMs: now }, new Trail(store, now));
}

test("keys that end within a week are named, a few of them, the first to end first", async () => {
  const keys = keysNow();
  const make = async (name: string, days: number) =>
    given(await keys.create({ name, scopes: ["watch"], expiresAtMs: NOW_MS + days * DAY_MS }, LOCAL));
  await make("later", 30);
  expect(alarmsOfKeys(keys, NONE, NOW_MS)).toEqual([]);
  for (const [name, days] of [
    ["Utrecht", 3],
    ["Woerden", 1],
    ["Zeist", 6],
    ["Breda", 5],
    ["Tiel", 6.5],
  ] as const) {
    await make(name, days);
  }
  const detail = "keys that end within 7 days: Woerden, Utrecht, Breda and 2 more";
  expect(alarmsOfKeys(keys, NONE, NOW_MS)).toEqual([{ code: "KEYS_END", detail }]);
});

test("what was refused for the budget of a key is told for an hour", () => {
  const keys = keysNow();
  const refused = { refused: { area: 4, budget: 2 }, lastRefusal: { name: "Woerden", atMs: NOW_MS } };
  const [alarm, ...more] = alarmsOfKeys(keys, refused, NOW_MS + RIGHTS.refusedToldMs - 1);
  expect(more).toEqual([]);
  expect(alarm).toMatchObject({ code: "BUDGET_EXCEEDED", detail: expect.stringMatching(/budget of Woerden; 2 times/) });
  expect(alarmsOfKeys(keys, refused, NOW_MS + RIGHTS.refusedToldMs)).toEqual([]);
});
