/** Records of actions as earlier versions stored them: they are read as what they say, and an action goes on from one. */
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { newRecord } from "../../../engine/actions/accepting/new-record.js";
import { ActionStore } from "../../../engine/actions/action-store.js";
import { recordText } from "../../../engine/actions/record-text.js";
import { LOCAL } from "../../../engine/audit/actor.js";
import type { Store } from "../../../engine/store/store.js";
import type { EndRequest } from "../../../schemas/api/api.js";
import { API } from "../../../schemas/limits.js";
import { FakeCarrier } from "../dispatch/fake-carrier.js";
import { TemporaryFolder, until } from "../dispatch/fixtures.js";
import { given } from "../registry/samples.js";
import { caller, code, FakeSelector, filled, Harness, must } from "./harness.js";

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

const ID = "01a22d39-958d-7376-b9dc-821702babbd4";
const KEY = Buffer.from(ID.replaceAll("-", ""), "hex");

/** As the program of version 1 wrote it, an action that was stopped and then ended. */
const ENDED =
  '{"version":1,"id":"01a22d39-958d-7376-b9dc-821702babbd4","request":{"area":{"type":"Circle","center":[5.1,52.1],"radiusMeters":1000},' +
  '"text":"boy is missing","kind":"missingPerson","domain":"alarm","urgency":"normal","timeCritical":true,"dispatch":true,' +
  '"allowNobody":false},"createdAtMs":1796055078285,"expiresAtMs":1796069478285,"status":"ended","stoppedAtMs":1796055078336,' +
  '"endedAtMs":1796055078393,"end":{"text":"he was found, thank you","outcome":"success"},"selectMs":0.3,"reason":null,"waveIds":[1,2]}';
/** The same of before there was a version, an urgency or a reason. */
const UNVERSIONED = ENDED.replace('"version":1,', "").replace('"urgency":"normal",', "").replace('"reason":null,', "");
const SENT = ENDED.replace('"ended"', '"sent"')
  .replace(/"end":{[^}]*}/, '"end":null')
  .replace("[1,2]", "[1]");

async function put(store: Store, text: string, key = KEY): Promise<void> {
  given(await store.commit(() => void store.table("actions").put(key, Buffer.from(text))));
}

const first = { id: 1, kind: "first", channel: "sms" };
const ending = { id: 2, kind: "ending", channel: "sms" };
const concluded = { state: "concluded" };
const sending = { state: "sending" };

describe("a record of an earlier version", () => {
  it.each([
    [
      "ended",
      ENDED,
      [
        { ...first, ...concluded },
        { ...ending, ...concluded },
      ],
    ],
    [
      "of before there was a version",
      UNVERSIONED,
      [
        { ...first, ...concluded },
        { ...ending, ...concluded },
      ],
    ],
    [
      "being thanked",
      ENDED.replace('"ended"', '"ending"'),
      [
        { ...first, ...concluded },
        { ...ending, ...sending },
      ],
    ],
    ["sent", SENT, [{ ...first, ...concluded }]],
    ["being sent", SENT.replace('"sent"', '"sending"'), [{ ...first, ...sending }]],
    ["stopped", SENT.replace('"sent"', '"stopped"'), [{ ...first, ...sending }]],
    ["a draft", SENT.replace('"sent"', '"draft"').replace("[1]", "[]"), []],
  ])("%s, has its waves", async (_, text, waves) => {
    const store = folder.open();
    await put(store, text);
    const records = new ActionStore(store);
    const record = given(records.get(ID));
    expect(record.waves).toEqual(waves);
    expect(record).not.toHaveProperty("waveIds");
    expect([record.request.urgency, record.reason]).toEqual(["normal", null]);
    expect([record.revision, record.copyOf, record.startAtMs]).toEqual([1, null, null]);
    // What is written of it from here on is of this version, and says the same.
    given(await store.commit(() => records.put(record)));
    expect(given(records.get(ID))).toEqual(record);
    await store.close();
  });

  it("of a later one is refused by name", async () => {
    const store = folder.open();
    await put(store, ENDED.replace('"version":1', '"version":5'));
    expect(code(new ActionStore(store).get(ID))).toBe("STORE_UNUSABLE");
    await store.close();
  });
});

it.each(["sending", "sent", "stopped", "ending", "thanking"])("an action goes on from it: %s", async (at) => {
  const END: EndRequest = { text: "he was found, thank you", outcome: "success" };
  const slow = () => new FakeCarrier("a", 1, { perTurn: 10, turnMs: 1 });
  const before = await Harness.start(folder, [slow()], new FakeSelector(600));
  const { id } = await before.create({ dispatch: true });
  await until(() => before.carriers[0]!.written > 100);
  if (at === "stopped") must(await before.actions.stop(id, caller()));
  if (at === "sent" || at === "thanking") await before.at(id, "sent");
  if (at === "ending" || at === "thanking") must(await before.actions.end(id, END, caller()));
  if (at === "thanking") await until(() => (before.get(id).waves[1]?.counts.acknowledged ?? 0) > 10);
  const key = Buffer.from(id.replaceAll("-", ""), "hex");
  const { version, waves, ...older } = JSON.parse(String(given(before.store.table("actions").get(key))));
  expect(version).toBe(4);
  const waveIds = waves.map((wave: { id: number }) => wave.id);
  await put(before.store, JSON.stringify({ version: 1, ...older, waveIds }), key);
  await before.crash();
  const harness = await Harness.start(folder, [new FakeCarrier("a", 1, { seed: 2 })], new FakeSelector(600));
  if (at === "sending" || at === "sent") await harness.at(id, "sent");
  if (at !== "ending" && at !== "thanking") must(await harness.actions.end(id, END, caller()));
  const ended = await harness.at(id, "ended");
  const { acknowledged, delivered } = ended.waves[0]!.counts;
  expect(ended.waves.map(({ kind }) => kind)).toEqual(["first", "ending"]);
  expect(ended.waves[1]!.recipients).toBe(acknowledged + delivered);
  await harness.crash();
});

it("writes a large area once, and the record around it as if it were small", () => {
  const corners = Array.from({ length: API.areaVerticesAtOnce }, (_, at) => [5 + at / 1_000, 52 + (at % 7) / 1_000]);
  const area = { type: "Polygon", coordinates: [[...corners, corners[0]]] };
  const made = { request: filled({ area, text: 'a "text" and $&' }), startAtMs: null, expiresAtMs: 1 };
  const record = newRecord(made, LOCAL, 0, null);
  for (const status of ["draft", "sending", "ended"] as const) {
    expect(recordText(4, { ...record, status })).toBe(JSON.stringify({ version: 4, ...record, status }));
  }
  const stringify = vi.spyOn(JSON, "stringify");
  onTestFinished(() => stringify.mockRestore());
  const { length } = recordText(4, record);
  expect(Math.max(...stringify.mock.results.map(({ value }) => (value as string).length))).toBeLessThan(length / 10);
});
