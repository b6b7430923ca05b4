/**
 * /openapi.json as others read it: the linters of two vendors, the API Design Rules of the Dutch government, and a client that is
 * generated from it and compiled. With all the routes of a service, of which only the descriptions are asked here.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, test } from "vitest";
import { openApiDocument } from "../../../../gateway/http/request/openapi.js";
import { kindRoutes } from "../../../../gateway/http/routes/actions/kind-routes.js";
import { testGroupRoutes } from "../../../../gateway/http/routes/actions/test-group-routes.js";
import { auditRoutes } from "../../../../gateway/http/routes/audit-routes.js";
import { keyRoutes } from "../../../../gateway/http/routes/key-routes.js";
import { mapRoutes } from "../../../../gateway/http/routes/map-routes.js";
import { municipalityRoutes } from "../../../../gateway/http/routes/municipality/municipality-routes.js";
import { callRoutes } from "../../../../gateway/http/routes/pages/call-routes.js";
import { mediaRoutes } from "../../../../gateway/http/routes/pages/media-routes.js";
import { pageRoutes } from "../../../../gateway/http/routes/pages/page-routes.js";
import { positionRoutes } from "../../../../gateway/http/routes/position-routes.js";
import { reachRoutes } from "../../../../gateway/http/routes/reach-routes.js";
import { routeTable } from "../../../../gateway/http/routes/routes.js";
import { selfRoutes } from "../../../../gateway/http/routes/self-routes.js";
import { webhookRoutes } from "../../../../gateway/http/routes/webhook-routes.js";
import { asyncApiDocument } from "../../../../gateway/monitor/asyncapi.js";
import { ERRORS, type ErrorCode } from "../../../../schemas/errors.js";
import { temporaryFolder } from "../../../temp-folder.js";
import { API_DESIGN_RULES } from "./api-design-rules.js";

/** What routes are made over, where nobody is asked anything. */
const nobody = {} as never;

const text = JSON.stringify(
  openApiDocument(
    routeTable({
      service: nobody,
      asyncApi: nobody,
      metrics: nobody,
      routes: [
        ...positionRoutes(nobody),
        ...reachRoutes(nobody),
        ...mapRoutes(nobody),
        ...selfRoutes(nobody),
        ...municipalityRoutes(nobody),
        ...keyRoutes(nobody),
        ...auditRoutes(nobody),
        ...kindRoutes(nobody),
        ...testGroupRoutes(nobody),
        ...webhookRoutes(nobody),
        ...mediaRoutes(nobody),
        ...callRoutes(nobody),
        ...pageRoutes(nobody),
      ],
    }),
  ),
);

interface Flaw {
  readonly rule: string;
  readonly where: string;
  readonly message: string;
}

/** The programs are of a package of their own, which npm installs with the rest. */
const TOOLS = resolve(".ci/documents/package.json");
const require = createRequire(TOOLS);

function isInstalled(): boolean {
  try {
    return require.resolve("openapi-typescript/package.json") !== "";
  } catch {
    console.log("skipped: what reads the document is not installed (npm ci)");
    return false;
  }
}

/** What is used of the linters; their types are as large as they are. */
interface Redocly {
  createConfig(options: object): Promise<object>;
  lintFromString(
    options: object,
  ): Promise<{ severity: string; ruleId: string; message: string; location: { pointer?: string }[] }[]>;
}
interface SpectralCore {
  readonly Spectral: new () => {
    setRuleset(ruleset: object): void;
    run(
      document: object,
    ): Promise<{ severity: number; code: string | number; message: string; path: (string | number)[] }[]>;
  };
  readonly Document: new (source: string, parser: object, name: string) => object;
}

async function load<Tool>(name: string): Promise<Tool> {
  const loaded = (await import(pathToFileURL(require.resolve(name)).href)) as { default?: Tool };
  return loaded.default ?? (loaded as Tool);
}

async function redocly(source: string, name = "openapi.json"): Promise<Flaw[]> {
  const { createConfig, lintFromString } = await load<Redocly>("@redocly/openapi-core");
  const config = await createConfig({ extends: ["recommended"] });
  const problems = await lintFromString({ source, absoluteRef: name, config });
  return problems
    .filter(({ severity }) => severity === "error")
    .map(({ ruleId, message, location }) => ({ rule: ruleId, where: location[0]?.pointer ?? "", message }));
}

async function spectral(source: string, ruleset: object): Promise<Flaw[]> {
  const { Spectral, Document } = await load<SpectralCore>("@stoplight/spectral-core");
  const { Json } = await load<{ Json: object }>("@stoplight/spectral-parsers");
  const linter = new Spectral();
  linter.setRuleset(ruleset);
  const flaws = await linter.run(new Document(source, Json, "openapi.json"));
  return flaws
    .filter(({ severity }) => severity === 0)
    .map(({ code, message, path }) => ({ rule: String(code), where: path.join("/"), message }));
}

/** What Spectral calls the check of a rule. */
const CHECKED = "then";

async function designRules(): Promise<object> {
  const functions = await load<Record<string, unknown>>("@stoplight/spectral-functions");
  const rules = Object.entries(API_DESIGN_RULES).map(([name, { message, given, check }]) => {
    const checks = [check].flat().map((one) => ({ ...one, function: functions[one.function] }));
    return [name, { message, given, severity: "error", [CHECKED]: checks }];
  });
  return { rules: Object.fromEntries(rules) };
}

describe.skipIf(!isInstalled())("/openapi.json", () => {
  it("has nothing in it that redocly calls an error", async () => {
    expect(await redocly(text)).toEqual([]);
    const spoiled = text.replace('"operationId":"getActions"', '"operationId":"postActions"');
    expect(await redocly(spoiled)).not.toEqual([]);
  });

  it("has nothing in it that spectral calls an error", async () => {
    const { oas } = await load<{ oas: object }>("@stoplight/spectral-rulesets");
    const ruleset = { extends: [[oas, "all"]] };
    expect(await spectral(text, ruleset)).toEqual([]);
    expect(
      await spectral(text.replace('"operationId":"getActions"', '"operationId":"postActions"'), ruleset),
    ).not.toEqual([]);
  });

  it("keeps the API Design Rules", async () => {
    const ruleset = await designRules();
    expect(await spectral(text, ruleset)).toEqual([]);
    const spoiled: readonly (readonly [string, string, string])[] = [
      ["core/no-trailing-slash", '"/v1/actions":', '"/v1/actions/":'],
      ["core/path-segments-kebab-case", '"/v1/unassigned-replies":', '"/v1/unassignedReplies":'],
      ["core/uri-version", '"/v1/actions":', '"/actions":'],
      ["core/problem-details", "application/problem+json", "application/json"],
      ["core/version-header", '"API-Version"', '"Version"'],
      ["core/property-names-camel-case", '"radiusMeters":', '"radius_meters":'],
      ["core/query-keys-camel-case", '"name":"limit"', '"name":"page_size"'],
    ];
    for (const [rule, from, to] of spoiled) {
      expect([rule, text.includes(from)]).toEqual([rule, true]);
      expect((await spectral(text.replaceAll(from, to), ruleset)).map((flaw) => flaw.rule)).toContain(rule);
    }
  });

  it("makes a client by openapi-typescript that compiles as it comes", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "openapi.json"), text);
    const generate = join(dirname(require.resolve("openapi-typescript/package.json")), "bin/cli.js");
    execFileSync(process.execPath, [generate, join(folder, "openapi.json"), "-o", join(folder, "api.ts")]);
    expect(readFileSync(join(folder, "api.ts"), "utf8")).toContain('"/v1/actions"');
    writeFileSync(join(folder, "client.ts"), CLIENT);
    execFileSync(resolve("node_modules/.bin/tsc"), ["--noEmit", "--strict", "--skipLibCheck", "false", "client.ts"], {
      cwd: folder,
    });
  });
});

test("every code is told by a route, or no route answers it", () => {
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  const answers = operations.flatMap(({ responses }) => Object.entries(responses));
  const told = new Set(answers.flatMap(([status, { description }]) => (status < "400" ? [] : description.split(", "))));
  const untold = new Set<string>([...OF_THE_TRANSPORT, ...REASONS, ...OF_COMMANDS, ...OF_CARRIERS]);
  expect(Object.keys(ERRORS).filter((code) => told.has(code) === untold.has(code))).toEqual([]);
});

interface Operation {
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

/** Before it is known which route it is, by whatever it was that failed there, or to nobody. */
const OF_THE_TRANSPORT = [
  ...([
    "BAD_REQUEST",
    "EXPECTATION_FAILED",
    "HEAD_TOO_LARGE",
    "HTTP_VERSION_UNSUPPORTED",
    "METHOD_NOT_ALLOWED",
  ] as const),
  ...(["INTERNAL", "CANCELLED"] as const),
] satisfies ErrorCode[];
/** Why an action has failed or is held, what became of a message, of a film, of a delivery, and of one position of many. */
const REASONS = [
  ...(["NOBODY_INSIDE", "START_MISSED", "FOLDER_COPIED", "CLOCK_STEPPED", "EXPIRED", "TOO_MANY_MESSAGES"] as const),
  ...(["NO_ROUTE", "NOT_OPTED_IN", "MEDIA_NO_DECODER"] as const),
  ...(["WEBHOOK_ADDRESS_REFUSED", "WEBHOOK_UNREACHABLE", "WEBHOOK_REFUSED"] as const),
] satisfies ErrorCode[];
/** Of a start, or of a command. */
const OF_COMMANDS = [
  ...(["STORE_UNUSABLE", "FOLDER_IN_USE", "ADDRESS_UNAVAILABLE", "PROCESS_FAILED", "CONFIGURATION_INVALID"] as const),
  ...(["REGISTRY_MISSING", "REGISTRY_EXISTS", "KEY_MISSING", "KEY_WRONG", "BACKUP_FAILED", "ROW_INVALID"] as const),
] satisfies ErrorCode[];
const OF_CARRIERS = [
  ...(["CARRIER_REFUSED_BIND", "CARRIER_UNREACHABLE", "CARRIER_UNTRUSTED", "CARRIER_REJECTING"] as const),
  "PDU_INVALID",
] satisfies ErrorCode[];

test.skipIf(!isInstalled())("/asyncapi.json has nothing in it that redocly or spectral calls an error", async () => {
  const source = JSON.stringify(asyncApiDocument());
  const { asyncapi } = await load<{ asyncapi: object }>("@stoplight/spectral-rulesets");
  expect(await redocly(source, "asyncapi.json")).toEqual([]);
  expect(await spectral(source, { extends: [[asyncapi, "all"]] })).toEqual([]);
  expect(await redocly(source.replace('"action":"send"', '"action":"shout"'), "asyncapi.json")).not.toEqual([]);
});

/** A program over the generated types, as somebody writes it who knows nothing but the document. */
const CLIENT = `
import type { paths } from "./api";
type Post = paths["/v1/actions"]["post"];
type Body = Post["requestBody"]["content"]["application/json"];
type Answer = Post["responses"][201]["content"]["application/json"];
export const body: Body = {
  area: { type: "Circle", center: [4.883, 52.086], radiusMeters: 5000 },
  text: "Burgernet: jongen van 5 vermist",
  dispatch: true,
};
export const idOf = (answer: Answer): string => answer.id;
`;
