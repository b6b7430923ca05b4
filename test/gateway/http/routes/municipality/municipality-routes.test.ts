/** A municipality over HTTP: a real server, a real registry behind it. */
import { connect } from "node:net";
import { Readable } from "node:stream";
import { request } from "undici";
import { expect, onTestFinished, test } from "vitest";
import type { z } from "zod";
import { IMPORT_MODES, IMPORT_STATES } from "../../../../../engine/municipality/import/job.js";
import { municipalityRoutes } from "../../../../../gateway/http/routes/municipality/municipality-routes.js";
import {
  Growth,
  ImportList,
  ImportQuery,
  ImportView,
  SearchResult,
  Statistics,
} from "../../../../../schemas/api/municipality.js";
import { ParticipantView } from "../../../../../schemas/api/participant.js";
import type { Problem } from "../../../../../schemas/errors.js";
import { FIRST_NUMBER, file, HERE, NEW, people, row } from "../../../../engine/municipality/rig.js";
import { rigWith } from "../../../../engine/municipality/rig-with.js";
import { given } from "../../../../engine/registry/samples.js";
import { startRig } from "../../support.js";

async function serve(options: Parameters<typeof rigWith>[1] = {}) {
  const registry = await rigWith(people(), options);
  const server = await startRig(undefined, { routes: municipalityRoutes(registry) });
  onTestFinished(() => server.close());
  const here = { authorization: `Bearer ${server.freshKey({ role: "municipality", municipality: HERE })}` };
  const operator = { authorization: `Bearer ${server.freshKey({ role: "operator" })}` };
  return { ...server, registry, here, operator };
}

type Served = Awaited<ReturnType<typeof serve>>;

async function importText({ send, here }: Served, text: string, query = "") {
  const headers = { ...here, "content-type": "text/csv; charset=utf-8" };
  const answer = await send("POST", `/v1/imports${query}`, { raw: text, headers });
  return answer.status === 202 ? followed({ send, here }, String(answer.headers.location)) : answer.json;
}

async function followed(
  { send, here }: Pick<Served, "send" | "here">,
  path: string,
): Promise<z.infer<typeof ImportView>> {
  for (;;) {
    const { status, json } = await send("GET", path, { headers: here });
    expect(status).toBe(200);
    const view = ImportView.parse(json);
    if (!["receiving", "planning", "applying"].includes(view.state)) return view;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("only a municipality and an operator may, and one municipality sees nothing of another", async () => {
  const { send, here, operator, freshKey } = await serve();
  const path = "/v1/participants/0";
  expect((await send("GET", path)).status).toBe(403);
  expect((await send("GET", path, { headers: { authorization: "" } })).status).toBe(401);
  expect(ParticipantView.parse((await send("GET", path, { headers: here })).json).participant).toBe(0);
  const other = { authorization: `Bearer ${freshKey({ role: "municipality", municipality: 14 })}` };
  const [hidden, nobody] = [
    await send("GET", path, { headers: other }),
    await send("GET", "/v1/participants/99", { headers: other }),
  ];
  expect(hidden.status).toBe(404);
  expect(hidden.text).toBe(nobody.text);
  expect((await send("GET", "/v1/participants/7", { headers: operator })).status).toBe(200);
  expect((await send("GET", "/v1/participants/1e1", { headers: operator })).status).toBe(404);
});

test("while the disk is full nobody is looked up, for who did has no record; and who is to go goes", async () => {
  let full: Problem | null = null;
  const registry = await rigWith(people());
  const { send, close, freshKey } = await startRig(undefined, {
    routes: municipalityRoutes(registry),
    full: () => full,
  });
  onTestFinished(close);
  const headers = { authorization: `Bearer ${freshKey({ role: "municipality", municipality: HERE })}` };
  const looks = [
    ["GET", "/v1/participants/0", {}],
    ["POST", "/v1/participants/search", { body: { number: `+${FIRST_NUMBER}` } }],
    ["GET", "/v1/proposals", {}],
  ] as const;
  const statuses = () => Promise.all(looks.map(([method, path, more]) => send(method, path, { headers, ...more })));
  expect((await statuses()).map(({ status }) => status)).toEqual([200, 200, 200]);
  full = { code: "DISK_FULL", detail: "no room" };
  expect((await statuses()).map(({ status, json }) => [status, json.code])).toEqual(Array(3).fill([503, "DISK_FULL"]));
  expect((await send("DELETE", "/v1/participants/0", { headers })).status).toBe(204);
});

test("a participant is added, searched, corrected, merged and erased", async () => {
  const { send, here } = await serve();
  const headers = here;
  const location = { position: [5.2, 52.1], channels: { sms: ["alarm"] } };
  const body = { number: "+31612345678", language: "en", locations: [location] };
  const added = await send("POST", "/v1/participants", { headers, body });
  expect(added.status).toBe(201);
  expect(added.headers.location).toBe("/v1/participants/10");
  expect(ParticipantView.parse(added.json)).toMatchObject({ participant: 10, language: "en" });
  expect((await send("POST", "/v1/participants", { headers, body })).json).toMatchObject({ code: "NUMBER_TAKEN" });
  const found = await send("POST", "/v1/participants/search", { headers, body: { number: "+31612345678" } });
  expect(SearchResult.parse(found.json).participants).toEqual([added.json]);
  const changed = await send("PATCH", "/v1/participants/10", { headers, body: { needs: ["simpleLanguage"] } });
  expect(changed.json).toMatchObject({ needs: ["simpleLanguage"], language: "en" });
  const merged = await send("POST", "/v1/participants/0/merge", { headers, body: { participant: 10 } });
  expect(ParticipantView.parse(merged.json).locations).toHaveLength(2);
  expect((await send("DELETE", "/v1/participants/0", { headers })).status).toBe(204);
  expect((await send("GET", "/v1/participants/0", { headers })).status).toBe(404);
  const searched = await send("POST", "/v1/participants/search", {
    headers,
    body: { mail: "x@example.org", number: "1" },
  });
  expect(searched.json).toMatchObject({ status: 422, detail: "Either a number or a mail address" });
});

test("what can't be is refused by its field: a double that nobody can be, a phone's wishes, a misspelt word in a query", async () => {
  const served = await serve();
  const { send, here: headers } = served;
  for (const participant of [-1, 100_000_000, 0.5, 2 ** 53]) {
    const answer = await send("POST", "/v1/participants/0/merge", { headers, body: { participant } });
    expect(answer.json).toMatchObject({ status: 422, field: "/participant" });
  }
  const body = { phone: { channels: { sms: ["alarm"] } } };
  const optedIn = await send("PATCH", "/v1/participants/0", { headers, body });
  expect(optedIn.json).toMatchObject({ status: 422, field: "/phone" });
  // A dry run that was meant, and was none, would have changed everything.
  expect(await importText(served, file(row(NEW)), "?dryrun=true")).toMatchObject({ status: 422, field: "dryrun" });
  const growth = await send("GET", "/v1/growth?from=2024-10-04&to=2024-10-04&municipality=GM0363", { headers });
  expect(growth.json).toMatchObject({ status: 422, field: "municipality" });
  const half = await send("GET", "/v1/growth?from=2024-10-04", { headers });
  expect(half.json).toMatchObject({ status: 422, field: "to", detail: "It is missing" });
});

test("a file is imported, followed and listed, and the numbers show it", async () => {
  const served = await serve();
  const { send, here } = served;
  const text = file(row(NEW), row(FIRST_NUMBER, { channels: "push:alarm" }), row(NEW + 1, { lng: 1 }));
  const dry = await importText(served, text, "?dryRun=true");
  expect(dry).toMatchObject({
    state: "refused",
    dryRun: true,
    rows: 3,
    percent: 100,
    report: { added: 1, changed: 1 },
  });
  const refused = await importText(served, text);
  expect({ ...refused, id: dry.id, dryRun: true }).toEqual({ ...dry, startedAt: refused.startedAt });
  expect(refused).toMatchObject({ state: "refused", report: { refusals: [{ line: 4, code: "POSITION_AT_SEA" }] } });
  const done = await importText(served, text, "?mode=bestEffort");
  expect(done).toMatchObject({ state: "done", municipality: "GM0344", bytes: Buffer.byteLength(text), overtaken: 0 });
  const list = ImportList.parse((await send("GET", "/v1/imports", { headers: here })).json);
  expect(list.imports.map(({ state }) => state)).toEqual(["done", "refused", "refused"]);
  const counted = Statistics.parse((await send("GET", "/v1/statistics", { headers: here })).json);
  expect(counted).toMatchObject({ participants: 6, channels: { push: { alarm: 1 } } });
  const growth = await send("GET", "/v1/growth?from=2024-10-04&to=2024-10-04", { headers: here });
  expect(Growth.parse(growth.json)).toEqual({ total: 6, days: [{ day: "2024-10-04", joined: 1, left: 0, total: 6 }] });
});

test("a file that can't be taken is refused at once with the line, and what is no file by its type", async () => {
  const served = await serve({ maxRows: 1_000 });
  const { here, origin, send } = served;
  const nobody = {
    code: "IMPORT_REFUSED",
    detail: "ROW_INVALID: the header has neither a column number nor a column mail",
  };
  expect(await importText(served, "language;status\n")).toMatchObject(nobody);
  const unread = { headers: { ...here, "content-type": "text/csv; charset=ebcdic" }, body: {} };
  expect((await send("POST", "/v1/imports", unread)).status).toBe(415);
  expect((await send("POST", "/v1/imports", { headers: here, body: {} })).status).toBe(415);
  let sent = 0;
  function* endless() {
    yield file();
    for (; sent < 200_000; sent++) yield row(NEW + sent);
  }
  const headers = { ...here, "content-type": "text/csv" };
  const answer = await request(`${origin}/v1/imports`, { method: "POST", headers, body: Readable.from(endless()) });
  expect(answer.statusCode).toBe(422);
  expect(await answer.body.json()).toMatchObject({ code: "IMPORT_REFUSED", field: "line 1002" });
});

test("a file is read in the charset that its media type names, and refused where it is none of that", async () => {
  const { send, here, registry } = await serve();
  const text = "number;name;type;lng;lat\n0612345678;Café Zoë;institution;5,1;52,1\n";
  const post = async (type: string) =>
    send("POST", "/v1/imports", { raw: Buffer.from(text, "latin1"), headers: { ...here, "content-type": type } });
  expect((await post("text/csv")).json).toMatchObject({
    code: "IMPORT_REFUSED",
    detail: expect.stringMatching(/utf-8.*charset/),
  });
  const sent = await post('text/csv; charset="ISO-8859-1"');
  const done = await followed({ send, here }, String(sent.headers.location));
  expect(done).toMatchObject({
    state: "done",
    report: { added: 1, file: { charset: "windows-1252", separator: ";", defaults: { status: "active" } } },
  });
  const [participant] = registry.live.byNumber(31_612_345_678);
  expect(given(registry.live.get(participant!))?.name).toBe("Café Zoë");
});

test("a client that goes in the middle of a file has changed nothing", async () => {
  const { here, port, registry } = await serve();
  const text = file(row(NEW), row(NEW + 1));
  const socket = connect(port, "127.0.0.1");
  const head = [
    "POST /v1/imports?mode=bestEffort HTTP/1.1",
    "Host: x",
    `Authorization: ${here.authorization}`,
    "Content-Type: text/csv",
    `Content-Length: ${text.length}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${text.slice(0, -30)}`);
  const begun = () => registry.imports.list(HERE)[0];
  while ((begun()?.rows ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(begun()?.totalBytes).toBe(text.length);
  socket.destroy();
  while (begun()?.state === "receiving") await new Promise((resolve) => setTimeout(resolve, 2));
  expect(begun()).toMatchObject({ state: "failed", problem: { code: "IMPORT_REFUSED" } });
  given(await registry.live.settled());
  expect(registry.live.count).toBe(10);
});

test("the shapes of the API name what the engine knows", () => {
  expect(ImportQuery.shape.mode.unwrap().options).toEqual(IMPORT_MODES);
  expect(ImportView.shape.state.options).toEqual(IMPORT_STATES);
});
