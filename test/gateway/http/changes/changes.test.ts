/** Changing an action over HTTP: what a merge patch makes of it, and which version it is of. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { patched } from "../../../../gateway/http/changes/merge-patch.js";
import { readVersion } from "../../../../gateway/http/changes/version.js";
import { ActionRequest } from "../../../../schemas/api/api.js";
import { type Rig, startRig, VALID_ACTION } from "../support.js";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const request = ActionRequest.parse(VALID_ACTION);
const circle = { type: "Circle", center: [5.12, 52.09], radiusMeters: 5_000 };
const polygon = {
  type: "Polygon",
  coordinates: [
    [
      [5, 52],
      [5.1, 52],
      [5.1, 52.1],
      [5, 52],
    ],
  ],
};

describe("a merge patch", () => {
  it.each([
    ["a text", { text: "another" }, { text: "another", area: circle }],
    ["nothing", {}, { text: request.text, area: circle, kind: "other" }],
    ["a member of the area", { area: { radiusMeters: 500 } }, { area: { ...circle, radiusMeters: 500 } }],
    ["an area of another type", { area: polygon }, { area: polygon }],
    ["a kind", { kind: "burglary" }, { kind: "burglary" }],
    ["a start", { startAt: "2027-01-01t10:00z" }, { startAt: "2027-01-01T10:00:00Z" }],
  ])("changes %s", (_, patch, expected) => {
    expect(patched(request, patch, ActionRequest)).toMatchObject({ ok: true, value: expected });
  });

  it("takes away what is null, so that its default counts", () => {
    const before = { ...request, kind: "burglary" as const, startAt: "2027-01-01T10:00:00Z" };
    const after = patched(before, { kind: null, startAt: null }, ActionRequest);
    expect(after).toMatchObject({ ok: true, value: { kind: "other" } });
    expect(after.ok && "startAt" in after.value).toBe(false);
  });

  it.each([
    ["what must be there", { area: null }, "/area"],
    ["a wrong value", { area: { radiusMeters: -1 } }, "/area/radiusMeters"],
    [
      "what an area of the other type has",
      { area: { type: "Municipality", code: "GM0363", radiusMeters: 5 } },
      "/area",
    ],
    ["extreme urgency without alarm", { urgency: "extreme", domain: "inform" }, "/urgency"],
    ["text of another type", { text: { length: 3 } }, "/text"],
  ])("is refused where it takes away or breaks %s", (_, patch, field) => {
    const refused = patched(request, patch, ActionRequest);
    expect(!refused.ok && refused.problem.field).toContain(field);
  });

  it("neither reaches prototypes nor needs a stack as deep as it is nested", () => {
    const deep = JSON.parse(`${'{"area":'.repeat(20_000)}1${"}".repeat(20_000)}`);
    expect(patched(request, deep, ActionRequest).ok).toBe(false);
    const proto = JSON.parse('{"__proto__": {"text": "x"}, "constructor": {"prototype": {"polluted": true}}}');
    expect(patched(request, proto, ActionRequest).ok).toBe(false);
    expect(({} as Record<string, unknown>).polluted).toBe(undefined);
  });
});

it.each([
  ['"1"', 1],
  [' "17" ', 17],
  ["*", "any"],
  ["", "VERSION_REQUIRED"],
  ['W/"1"', "VERSION_CHANGED"],
  ["1", "VERSION_CHANGED"],
  ['"0"', "VERSION_CHANGED"],
  ['"1", "2"', "VERSION_CHANGED"],
  ['"99999999999999999999"', "VERSION_CHANGED"],
])("reads If-Match: %s", (header, expected) => {
  const version = readVersion(header);
  expect(version.ok ? version.value : version.problem.code).toBe(expected);
});

describe("over HTTP", () => {
  const send = (method: "POST" | "PATCH", path: string, body: unknown, more: Record<string, string> = {}) =>
    rig.send(method, path, { body, headers: { "idempotency-key": randomUUID(), ...more } });

  it("an action has its version as its ETag, and is changed as that version alone", async () => {
    const created = await send("POST", "/v1/actions", VALID_ACTION);
    const path = String(created.headers.location);
    expect(created.headers.etag).toBe('"1"');
    expect((await rig.send("GET", path)).headers.etag).toBe('"1"');
    const patch = { text: "A girl of 6" };
    expect((await send("PATCH", path, patch)).json).toMatchObject({ status: 428, code: "VERSION_REQUIRED" });
    const type = { "content-type": "application/merge-patch+json" };
    const changed = await send("PATCH", path, patch, { "if-match": '"1"', ...type });
    expect([changed.status, changed.json.text, changed.headers.etag]).toEqual([200, "A girl of 6", '"2"']);
    const late = await send("PATCH", path, patch, { "if-match": '"1"' });
    expect(late.json).toMatchObject({ status: 412, code: "VERSION_CHANGED", field: "If-Match" });
    const wrong = await send("PATCH", path, { dispatch: true }, { "if-match": "*" });
    expect(wrong.json).toMatchObject({ status: 422, code: "INVALID_FIELD", field: "/dispatch" });
  });

  it("a copy is a new action, with or without a body", async () => {
    const { headers } = await send("POST", "/v1/actions", VALID_ACTION);
    const path = `${headers.location}/copies`;
    for (const body of [undefined, { text: "Another" }]) {
      const copy = await send("POST", path, body);
      expect([copy.status, copy.json.text]).toEqual([201, body?.text ?? VALID_ACTION.text]);
      expect(copy.headers.location).not.toBe(headers.location);
    }
    expect((await send("POST", path, { text: "" })).json).toMatchObject({ status: 422, field: "/text" });
  });
});
