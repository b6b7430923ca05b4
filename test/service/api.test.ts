/** The API of the real service through HTTP: an action from draft to list, requests that come twice, and bad input. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Action, ActionPage } from "../../schemas/api/api.js";
import type { ProblemDocument } from "../../schemas/api/problem.js";
import { API } from "../../schemas/limits.js";
import { EVERYWHERE, Whole } from "./whole.js";

const CARRIERS = [{ name: "north" }];
const AREA = { type: "Circle", center: [4.9, 52.37] as [number, number], radiusMeters: 5_000 } as const;
const TEXT = "Burgernet. Vermist: jongen van 5. V001";

async function list(whole: Whole, query = ""): Promise<ActionPage> {
  return (await whole.engine.request<ActionPage>("GET", `/v1/actions${query}`)).body;
}

describe("an action", () => {
  it("is drafted, sent, listed in pages and shown", async () => {
    const whole = await Whole.start(3_000, CARRIERS);
    const { engine } = whole;
    const draft = await engine.createAction({ area: AREA, text: TEXT, kind: "missingPerson" });
    expect(draft).toMatchObject({ status: "draft", kind: "missingPerson", waves: [], text: TEXT, area: AREA });
    expect((await whole.carriers[0]!.simulator.counters()).submitted).toBe(0);
    const sent = await engine.request<Action>("POST", `/v1/actions/${draft.id}/dispatch`);
    expect(sent.status).toBe(200);
    const isDone = ({ waves: [wave] }: Action) => wave !== undefined && wave.counts.delivered === wave.recipients;
    const done = await engine.until(draft.id, isDone);
    const { recipients } = done.waves[0]!;
    expect(recipients).toBeGreaterThan(0);
    expect((await whole.carriers[0]!.simulator.counters()).accepted).toBe(recipients);
    const again = await engine.request<ProblemDocument>("POST", `/v1/actions/${draft.id}/dispatch`);
    expect([again.status, again.body.code]).toEqual([409, "WRONG_STATE"]);
    const ids = [draft.id];
    for (let at = 0; at < 6; at++) ids.unshift((await engine.createAction({ area: AREA, text: TEXT })).id);
    const pages: string[][] = [];
    for (let query = "?limit=3"; query !== ""; ) {
      const page = await list(whole, query);
      pages.push(page.actions.map(({ id }) => id));
      query = page.next === null ? "" : `?limit=3&after=${page.next}`;
    }
    expect(pages).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
    expect((await list(whole, `?after=${ids.at(-1)}`)).actions).toEqual([]);
    expect(await engine.action(draft.id)).toEqual((await list(whole)).actions.at(-1));
    await whole.restart();
    expect(await whole.engine.action(draft.id)).toMatchObject({ id: draft.id, waves: [{ recipients }] });
  });

  it("is made once for an Idempotency-Key, through a restart too", async () => {
    const whole = await Whole.start(3_000, CARRIERS);
    const key = randomUUID();
    const body = { area: AREA, text: TEXT, dispatch: true };
    const create = (text = TEXT) =>
      whole.engine.request<Pick<Action, "id"> & Pick<ProblemDocument, "code">>(
        "POST",
        "/v1/actions",
        { ...body, text },
        key,
      );
    const [first, beside] = await Promise.all([create(), create()]);
    const made = first.status === 201 ? first : beside;
    expect(made.status).toBe(201);
    for (const { status, body: answer } of [first, beside]) {
      if (status === 201) expect(answer.id).toBe(made.body.id);
      else expect(answer.code).toBe("IDEMPOTENCY_KEY_IN_USE");
    }
    const again = async () => {
      const { status, body: action } = await create();
      expect([status, action.id]).toEqual([201, made.body.id]);
    };
    await again();
    expect((await create("Burgernet. Iets anders.")).body.code).toBe("IDEMPOTENCY_KEY_REUSED");
    await whole.engine.until(made.body.id, ({ status }) => status === "sent");
    await whole.restart();
    await again();
    const other = await create("Burgernet. Iets anders.");
    expect([other.status, other.body.code]).toEqual([409, "IDEMPOTENCY_KEY_REUSED"]);
    expect((await list(whole)).actions).toHaveLength(1);
    const { recipients } = (await whole.engine.action(made.body.id)).waves[0]!;
    expect((await whole.carriers[0]!.simulator.stats()).distinct).toBe(recipients);
  });
});

type Bad = readonly [name: string, body: unknown, status: number, code: string, field?: string];

const ring = (...points: number[][]) => ({ type: "Polygon", coordinates: [points] });
const action = (change: object) => ({ area: AREA, text: TEXT, dispatch: true, ...change });
const BAD: readonly Bad[] = [
  ["no JSON", '{"area": {', 400, "BAD_JSON"],
  ["nothing", "", 400, "BAD_JSON"],
  ["not UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), 400, "BAD_JSON"],
  ["an array", [], 422, "INVALID_FIELD", ""],
  ["a number for a text", action({ text: 5 }), 422, "INVALID_FIELD", "/text"],
  ["a text for a flag", action({ dispatch: "yes" }), 422, "INVALID_FIELD", "/dispatch"],
  ["an unknown field", action({ radius: 5 }), 422, "INVALID_FIELD", "/radius"],
  ["an unknown kind", action({ kind: "murder" }), 422, "KIND_UNKNOWN", "/kind"],
  ["a kind for mail alone", action({ kind: "graveCrime" }), 422, "MAIL_ONLY", "/kind"],
  ["a field that no kind has", { area: AREA, fields: { colour: "red" } }, 422, "INVALID_FIELD", "/fields/colour"],
  ["no area", { text: TEXT }, 422, "INVALID_FIELD", "/area"],
  ["a radius of zero", action({ area: { ...AREA, radiusMeters: 0 } }), 422, "INVALID_FIELD", "/area/radiusMeters"],
  ["a radius below zero", action({ area: { ...AREA, radiusMeters: -5 } }), 422, "INVALID_FIELD", "/area/radiusMeters"],
  [
    "too large a radius",
    action({ area: { ...AREA, radiusMeters: 5e5 + 1 } }),
    422,
    "INVALID_FIELD",
    "/area/radiusMeters",
  ],
  ["a place off the earth", action({ area: { ...AREA, center: [4.9, 91] } }), 422, "INVALID_FIELD", "/area/center/1"],
  ["a centre of one number", action({ area: { ...AREA, center: [4.9] } }), 422, "INVALID_FIELD", "/area/center"],
  ["an unknown type of area", action({ area: { type: "Square" } }), 422, "INVALID_FIELD", "/area/type"],
  [
    "no municipality's code",
    action({ area: { type: "Municipality", code: "363" } }),
    422,
    "INVALID_FIELD",
    "/area/code",
  ],
  [
    "a crossing",
    action({ area: ring([4, 52], [5, 53], [5, 52], [4, 53], [4, 52]) }),
    422,
    "INVALID_AREA",
    "/area/coordinates/0",
  ],
  [
    "an open ring",
    action({ area: ring([4, 52], [5, 52], [5, 53], [4, 53]) }),
    422,
    "INVALID_AREA",
    "/area/coordinates/0",
  ],
  ["three points", action({ area: ring([4, 52], [5, 52], [4, 52]) }), 422, "INVALID_FIELD", "/area/coordinates/0"],
  ["an empty text", action({ text: "" }), 422, "INVALID_TEXT", "/text"],
  ["a blank text", action({ text: " \n " }), 422, "INVALID_TEXT", "/text"],
  ["too long a text", action({ text: "a".repeat(API.textCharacters + 1) }), 422, "INVALID_FIELD", "/text"],
  ["too many parts", action({ text: "ë".repeat(API.textCharacters) }), 422, "INVALID_TEXT", "/text"],
  ["half a sign", action({ text: "a\ud800b" }), 422, "INVALID_TEXT", "/text"],
  ["an expiry in the past", action({ expiresAt: "2020-01-01T00:00:00Z" }), 422, "INVALID_FIELD", "/expiresAt"],
  ["an expiry without zone", action({ expiresAt: "2020-01-01T00:00:00" }), 422, "INVALID_FIELD", "/expiresAt"],
  ["an expiry in years", action({ expiresAt: "2999-01-01T00:00:00Z" }), 422, "INVALID_FIELD", "/expiresAt"],
  ["a large body", action({ text: "a".repeat(API.bodyBytes) }), 413, "BODY_TOO_LARGE"],
];

describe("bad input", () => {
  it("is named, stores nothing, sends nothing, and is never a 500", async () => {
    const whole = await Whole.start(3_000, CARRIERS);
    const { engine } = whole;
    for (const [name, body, status, code, field] of BAD) {
      for (const path of ["/v1/actions", "/v1/previews"]) {
        const raw = typeof body === "string" || body instanceof Buffer ? body : JSON.stringify(body);
        const answer = await post(whole, path, raw);
        if (path === "/v1/previews") {
          expect(answer.status, `${name} in a preview`).toBeGreaterThanOrEqual(400);
          expect(answer.status, `${name} in a preview`).toBeLessThan(500);
          continue;
        }
        const said = [answer.status, answer.problem.code, answer.type];
        expect(said, `${name}: ${answer.problem.detail}`).toEqual([status, code, "application/problem+json"]);
        if (field !== undefined)
          expect(
            fieldsOf(answer.problem).some((each) => each.startsWith(field)),
            `${name}: ${answer.problem.field}`,
          ).toBe(true);
      }
    }
    const unknown = `/v1/actions/${randomUUID()}`;
    for (const [method, path, status, code] of [
      ["GET", unknown, 404, "NOT_FOUND"],
      ["POST", `${unknown}/stop`, 404, "NOT_FOUND"],
      ["POST", `${unknown}/dispatch`, 404, "NOT_FOUND"],
      ["GET", "/v1/actions?limit=0", 422, "INVALID_FIELD"],
      ["GET", "/v1/actions?limit=1e9", 422, "INVALID_FIELD"],
      ["GET", "/v1/actions?after=x", 422, "INVALID_FIELD"],
      ["GET", "/v1/nothing", 404, "NOT_FOUND"],
      ["POST", "/v1/carriers", 405, "METHOD_NOT_ALLOWED"],
    ] as const) {
      const answer = await engine.request<ProblemDocument>(method, path);
      expect([path, answer.status, answer.body.code]).toEqual([path, status, code]);
    }
    const end = await engine.request<ProblemDocument>("POST", `${unknown}/end`, { text: "Dank." });
    expect([end.status, end.body.code]).toEqual([404, "NOT_FOUND"]);
    expect((await post(whole, "/v1/actions", JSON.stringify(action({})), { "idempotency-key": "" })).problem.code).toBe(
      "IDEMPOTENCY_KEY_REQUIRED",
    );
    expect((await post(whole, "/v1/actions", JSON.stringify(action({})), { authorization: "" })).status).toBe(401);
    const form = await post(whole, "/v1/actions", "a=b", { "content-type": "application/x-www-form-urlencoded" });
    expect(form.problem.code).toBe("UNSUPPORTED_MEDIA_TYPE");
    expect((await list(whole)).actions).toEqual([]);
    expect((await whole.carriers[0]!.simulator.counters()).submitted).toBe(0);
    expect((await engine.createAction({ area: EVERYWHERE, text: TEXT })).status).toBe("draft");
  });
});

function fieldsOf(problem: ProblemDocument): string[] {
  return [problem.field ?? "none", ...(problem.errors ?? []).map(({ field }) => field)];
}

async function post(
  { engine }: Whole,
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<{ status: number; type: string | null; problem: ProblemDocument }> {
  const response = await fetch(`http://127.0.0.1:${engine.port}${path}`, {
    method: "POST",
    body,
    headers: {
      authorization: `Bearer ${engine.key}`,
      "content-type": "application/json",
      "idempotency-key": randomUUID(),
      ...headers,
    },
  });
  const type = response.headers.get("content-type");
  return { status: response.status, type, problem: (await response.json()) as ProblemDocument };
}
