/** Test groups: kept through restarts, of one registry, within bounds, and without whoever was erased. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { TestGroups } from "../../../engine/registry/test-groups.js";
import { TEST_GROUPS } from "../../../schemas/limits.js";
import { code } from "../actions/harness.js";
import { TemporaryFolder } from "../dispatch/fixtures.js";
import { given } from "./samples.js";

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

const everybody = (participant: number) => participant < 10_000;

it("are what was put last, also after a restart, and gone once they are taken away", async () => {
  const store = folder.open();
  const groups = new TestGroups(store, 1, everybody);
  given(await groups.put("desk", [3, 1, 3]));
  given(await groups.put("field", [2]));
  given(await groups.put("desk", [7, 9]));
  given(await groups.remove("field"));
  expect(code(await groups.remove("field"))).toBe("NOT_FOUND");
  const again = new TestGroups(store, 1, everybody);
  for (const each of [groups, again]) {
    expect(each.all()).toEqual([{ name: "desk", members: 2 }]);
    expect([...(each.members("desk") ?? [])]).toEqual([7, 9]);
  }
  await store.close();
});

it("have none who is not registered, and none of another registry", async () => {
  const store = folder.open();
  const registered = new Set([1, 2, 3]);
  const groups = new TestGroups(store, 1, (participant) => registered.has(participant));
  expect(code(await groups.put("desk", [1, 4]))).toBe("NOT_FOUND");
  given(await groups.put("desk", [1, 2]));
  registered.delete(2);
  given(await groups.tidy());
  expect([...(groups.members("desk") ?? [])]).toEqual([1]);
  expect([...(new TestGroups(store, 1, everybody).members("desk") ?? [])]).toEqual([1]);
  const other = new TestGroups(store, 2, everybody);
  expect(other.members("desk")).toBe(undefined);
  given(await other.tidy());
  expect(store.table("testGroups").count()).toBe(0);
  await store.close();
});

it("are so many at most, and a record that is damaged is no group", async () => {
  const store = folder.open();
  const groups = new TestGroups(store, 1, everybody);
  for (let made = 0; made < TEST_GROUPS.count; made++) given(await groups.put(`group-${made}`, [made]));
  expect(code(await groups.put("one-more", [1]))).toBe("TOO_MANY_TEST_GROUPS");
  given(await groups.put("group-0", [5]));
  await store.close();
});
