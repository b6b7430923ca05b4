/**
 * Whatever arrives gets an answer, and never a 500: random bytes on the socket, random JSON, and valid bodies that were
 * changed in one place. After each run the server still does its work.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ERRORS } from "../../../../schemas/errors.js";
import { type Rig, rawExchange, startRig, VALID_ACTION } from "../support.js";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const PATHS = ["/v1/actions", "/v1/previews", "/v1/actions/0192f0c1-7d1e-7a44-8a9f-3f1f6a3f7b11/end"];
const path = fc.constantFrom(...PATHS);

/** An answer that the catalogue knows, and not one about ourselves. */
async function expectSane(where: string, raw: string | Uint8Array): Promise<void> {
  const answer = await rig.send("POST", where, { raw });
  if (answer.status < 300) return;
  expect(ERRORS).toHaveProperty(String(answer.json.code));
  expect(answer.json.status).toBe(answer.status);
  expect(answer.status).toBeLessThan(500);
}

const SEEDS = [
  { ...VALID_ACTION, kind: "burglary", domain: "trace", expiresAt: "2027-01-01T10:00:00Z", dispatch: true },
  {
    area: {
      type: "Polygon",
      coordinates: [
        [
          [5, 52],
          [5.1, 52],
          [5.1, 52.1],
          [5, 52],
        ],
      ],
    },
    text: "é".repeat(80),
  },
  {
    area: {
      type: "MultiPolygon",
      coordinates: [
        [
          [
            [5, 52],
            [5.1, 52],
            [5.1, 52.1],
            [5, 52],
          ],
        ],
      ],
    },
    text: "x",
  },
  { area: { type: "Municipality", code: "GM0363" }, text: "x", timeCritical: false },
  { text: "Gevonden", outcome: "success" },
];

/** Puts `value` at one place, chosen by `pick`, of a JSON value. */
function mutate(node: unknown, pick: number, value: unknown): unknown {
  if (typeof node !== "object" || node === null || pick % 4 === 0) return value;
  const copy = structuredClone(node) as Record<string, unknown>;
  const keys = Object.keys(copy);
  const key = keys[pick % keys.length];
  if (key === undefined) return value;
  copy[key] = mutate(copy[key], Math.floor(pick / 3), value);
  return copy;
}

describe("whatever comes as a body", () => {
  it("random bytes", async () => {
    await fc.assert(fc.asyncProperty(path, fc.uint8Array({ maxLength: 300 }), expectSane), { numRuns: 400 });
  });

  it("random JSON", async () => {
    await fc.assert(fc.asyncProperty(path, fc.json(), expectSane), { numRuns: 400 });
  });

  it("a valid body with something else in one place", async () => {
    const seed = fc.constantFrom(...SEEDS);
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(null, -1, 1e308, "", " ", "\u0000", [], {}, [[]], true));
    await fc.assert(
      fc.asyncProperty(path, seed, fc.nat(), value, (where, body, pick, other) =>
        expectSane(where, JSON.stringify(mutate(body, pick, other))),
      ),
      { numRuns: 1_000 },
    );
  });

  it("a valid body with some bytes changed", async () => {
    const seed = fc.constantFrom(...SEEDS);
    await fc.assert(
      fc.asyncProperty(
        path,
        seed,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
        (where, body, changes) => {
          const bytes = Buffer.from(JSON.stringify(body));
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          return expectSane(where, bytes);
        },
      ),
      { numRuns: 600 },
    );
  });
});

describe("whatever comes on the socket", () => {
  it("random bytes end in an answer or the end of the connection, and nothing else suffers", async () => {
    const start = fc.constantFrom("", "GET ", "POST /v1/actions HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\n");
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 200 }), async (prefix, bytes) => {
        // "\r\n\r\n" ends what may be a head, so that the server doesn't wait for more of it.
        const parts = [Buffer.concat([Buffer.from(prefix), bytes, Buffer.from("\r\n\r\n")])];
        const closing = new Promise<string>((resolve) => setTimeout(resolve, 30, ""));
        const received = await Promise.race([rawExchange(rig.port, parts, /\r\n\r\n/), closing]);
        // "GET *" is HTTP/0.9, which is told so.
        expect(received).not.toMatch(/^HTTP\/1.1 5(?!05)/);
      }),
      { numRuns: 150 },
    );
    expect((await rig.send("GET", "/v1/carriers")).status).toBe(200);
  });
});
