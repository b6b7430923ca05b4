/** The documents that the service serves about itself: made once, not sent twice, and not without end. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { API } from "../../../../schemas/limits.js";
import { type Rig, rawExchange, startRig } from "../support.js";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

it.each(["/openapi.json", "/asyncapi.json"])("%s is not sent to who has it", async (path) => {
  const get = (headers: Record<string, string> = {}) =>
    rig.send("GET", path, { headers: { authorization: "", ...headers } });
  const first = await get();
  const { etag } = first.headers;
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  expect(first.headers).toMatchObject({ "cache-control": "no-cache", "content-type": "application/json" });
  for (const known of [`${etag}`, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const again = await get({ "if-none-match": known });
    expect([again.status, again.text, again.headers.etag]).toEqual([304, "", etag]);
  }
  const other = await get({ "if-none-match": '"other"' });
  expect([other.status, other.text]).toEqual([200, first.text]);
  const head = `HEAD ${path} HTTP/1.1\r\nHost: a\r\nIf-None-Match: ${etag}\r\nConnection: close\r\n\r\n`;
  expect(await rawExchange(rig.port, [head], /$^/)).toMatch(/^HTTP\/1.1 304 Not Modified\r\n/);
});

it("counts who asks", async () => {
  const get = () => rig.send("GET", "/openapi.json", { headers: { "if-none-match": "*" } });
  const statuses = new Set<number>();
  // Twice, and one more: a minute may begin in between.
  for (let count = 0; count <= API.publicRequestsPerMinute * 2; count++) statuses.add((await get()).status);
  expect([...statuses].sort()).toEqual([304, 429]);
});
