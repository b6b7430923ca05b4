/** Test groups over HTTP: a real server over a real store. */
import { expect, onTestFinished, test } from "vitest";
import { TestGroups } from "../../../../../engine/registry/test-groups.js";
import { testGroupRoutes } from "../../../../../gateway/http/routes/actions/test-group-routes.js";
import { TemporaryFolder } from "../../../../engine/dispatch/fixtures.js";
import { startRig } from "../../support.js";

test("a group is put, shown, listed and taken away, by who keeps the registry of all", async () => {
  const folder = new TemporaryFolder();
  const store = folder.open();
  const groups = new TestGroups(store, 1, (participant) => participant < 100);
  const { send, freshKey, close } = await startRig(undefined, { routes: testGroupRoutes(groups) });
  onTestFinished(async () => {
    await close();
    await store.close();
    folder.remove();
  });
  const headers = { authorization: `Bearer ${freshKey({ role: "operator" })}` };
  const path = "/v1/test-groups/desk";
  const put = (participants: unknown, where = path) => send("PUT", where, { body: { participants }, headers });
  const shown = { name: "desk", members: 2, participants: [7, 9] };
  expect((await put([7, 9])).json).toEqual(shown);
  expect((await send("GET", path, { headers })).json).toEqual(shown);
  expect((await send("GET", "/v1/test-groups")).json).toEqual({ testGroups: [{ name: "desk", members: 2 }] });
  expect((await put([7, 100])).json).toMatchObject({ code: "NOT_FOUND", field: "/participants/1" });
  expect((await put([])).json).toMatchObject({ code: "INVALID_FIELD", field: "/participants" });
  expect((await put([1], "/v1/test-groups/No%20name")).status).toBe(404);
  const local = { authorization: `Bearer ${freshKey({ role: "municipality", municipality: 344 })}` };
  expect((await send("PUT", path, { body: { participants: [1] }, headers: local })).json.code).toBe("FORBIDDEN");
  expect((await send("DELETE", path, { headers })).status).toBe(204);
  expect((await send("GET", path, { headers })).status).toBe(404);
});
