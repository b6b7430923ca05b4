/** The two documents that the service serves about itself. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { ERRORS } from "../../../../schemas/errors.js";
import { API } from "../../../../schemas/limits.js";
import { type Rig, startRig } from "../support.js";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

/** Every "$ref" anywhere in a document. */
function references(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => (key === "$ref" ? [String(value)] : references(value)));
}

function resolve(document: unknown, reference: string): unknown {
  const steps = reference.replace(/^#\//, "").split("/");
  return steps.reduce((node, step) => (node as Record<string, unknown> | undefined)?.[step], document);
}

it.each(["/openapi.json", "/asyncapi.json"])("every reference in %s leads somewhere", async (path) => {
  const { json } = await rig.send("GET", path, { headers: { authorization: "" } });
  const found = references(json);
  expect(found.length).toBeGreaterThan(3);
  for (const reference of found) expect(resolve(json, reference), reference).toBeDefined();
});

interface Operation {
  readonly security?: object[];
  readonly parameters?: { readonly name: string; readonly required?: boolean; readonly schema: object }[];
  readonly responses: Record<string, { readonly description: string }>;
}

it("documents what the server does: every operation, its key, its headers and its codes", async () => {
  const { json } = await rig.send("GET", "/openapi.json");
  expect(json.openapi).toBe("3.1.0");
  const operations = Object.entries(json.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  expect(operations).toHaveLength(26);
  for (const { path, method, operation } of operations) {
    const where = path.replace("{id}", "0192f0c1-7d1e-7a44-8a9f-3f1f6a3f7b11");
    const upper = method.toUpperCase() as "GET" | "POST";
    const open = await rig.send(upper, where, { headers: { authorization: "" } });
    const { security = [] } = operation;
    const needsKey = security.length > 0 && security.every((scheme) => Object.keys(scheme).length > 0);
    expect(open.status === 401, path).toBe(needsKey);
    const documentedKey = operation.parameters?.some((parameter) => parameter.name === "Idempotency-Key") ?? false;
    const without = await rig.send(upper, where, { body: undefined, raw: "{}", headers: { "idempotency-key": "" } });
    if (method === "POST") expect(without.json.code === "IDEMPOTENCY_KEY_REQUIRED", path).toBe(documentedKey);
    if (without.status >= 400) {
      const code = String(without.json.code) as keyof typeof ERRORS;
      expect(operation.responses[String(ERRORS[code].status)]?.description, path).toContain(code);
    }
  }
});

it.each(["/v1/previews", "/v1/actions"])("names what may become of the check of an area, on %s", async (path) => {
  const { json } = await rig.send("GET", "/openapi.json");
  const { responses } = (json.paths as Record<string, Record<string, Operation>>)[path]!.post!;
  expect(responses["422"]?.description).toContain("INVALID_AREA");
  for (const code of ["BUSY", "WORKER_DIED", "NOT_READY"]) expect(responses["503"]?.description).toContain(code);
});

it("shows limits and defaults as they are enforced", async () => {
  const { json } = await rig.send("GET", "/openapi.json");
  const schemas = resolve(json, "#/components/schemas") as Record<string, { properties: Record<string, object> }>;
  expect(schemas.Circle?.properties.radiusMeters).toMatchObject({ minimum: 1, maximum: 500_000 });
  expect(schemas.ActionRequest?.properties.text).toMatchObject({ minLength: 1, maxLength: 1_530 });
  expect(schemas.ActionRequest).toMatchObject({ additionalProperties: false, required: ["area"] });
  expect(schemas.PreviewRequest?.properties).toMatchObject({
    kind: { description: expect.stringContaining('"other" when absent') },
    urgency: { enum: ["normal", "extreme"], description: expect.stringContaining("That of the kind when absent") },
  });
  const ring = { type: "array", minItems: 4, maxItems: API.areaVertices, items: { minItems: 2, maxItems: 3 } };
  expect(schemas.Polygon?.properties.coordinates).toMatchObject({ type: "array", minItems: 1, items: ring });
  expect(schemas.MultiPolygon?.properties.coordinates).toMatchObject({ items: { type: "array", items: ring } });
  const list = resolve(json, "#/paths")! as Record<string, Record<string, Operation>>;
  const limit = list["/v1/actions"]?.get?.parameters?.find((parameter) => parameter.name === "limit");
  expect(limit?.schema).toMatchObject({ type: "integer", minimum: 1, maximum: 100 });
});

it("describes the WebSocket's two subprotocols", async () => {
  const { json } = await rig.send("GET", "/asyncapi.json");
  expect(json.asyncapi).toBe("3.0.0");
  const text = JSON.stringify(json);
  for (const word of ["seinpost.v1.json", "seinpost.v1.flatbuffers", "schemas/monitor.fbs", "answeredPerSecond"]) {
    expect(text).toContain(word);
  }
});
