/**
 * Builds the pages of the console with esbuild, behind the compiler: scripts and styles under names that say what is in them, each compressed
 * once, and the pages that name them, into dist/gateway/console/public. Nothing is done where no file that went into them has changed.
 *
 * It is a tool of the build and no part of the service: esbuild is not there where Seinpost is only run.
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import type { Asset, Manifest } from "./manifest.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const OUT = "dist/gateway/console/public";
/** What went into the build before, and how it was then. */
const STAMP = join(ROOT, OUT, "stamp.json");
const ICON = "gateway/console/app/main/icon.svg";

/** What stands around the script of every page. */
const TEMPLATE = "gateway/console/app/page.html";

interface Page {
  /** Of its script and of its style, without .tsx and .css. */
  readonly source: string;
  readonly title: string;
  /** Whether search engines may show it. */
  readonly isListed?: boolean;
  /** What else there is for whoever has no script. */
  readonly without?: string;
}

/** The pages, each with its own entry: what one needs, another does not load. */
const PAGES: Readonly<Record<string, Page>> = {
  console: { source: "gateway/console/app/main/console", title: "Seinpost" },
  citizen: { source: "gateway/console/app/citizen/citizen", title: "Burgernet" },
  docs: { source: "gateway/console/app/docs/docs", title: "Seinpost API" },
  results: {
    ...{ source: "gateway/console/app/results/results", title: "Burgernet in cijfers", isListed: true },
    without: ' De cijfers zelf staan in <a href="/v1/open-results?format=csv">/v1/open-results</a>.',
  },
};

type Stamp = Readonly<Record<string, string>>;

/** Enough to see that somebody has written a file. */
function stampOf(files: readonly string[]): Stamp {
  return Object.fromEntries(
    files.map((file) => {
      const found = statSync(join(ROOT, file), { throwIfNoEntry: false });
      return [file, `${found?.mtimeMs} ${found?.size}`];
    }),
  );
}

function isCurrent(): boolean {
  try {
    const before = JSON.parse(readFileSync(STAMP, "utf8")) as Stamp;
    return JSON.stringify(stampOf(Object.keys(before))) === JSON.stringify(before);
  } catch {
    return false;
  }
}

async function bundle(): Promise<Metafile> {
  const sources = Object.values(PAGES).map(({ source }) => source);
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [...sources.map((page) => `${page}.tsx`), ...sources.map((page) => `${page}.css`), ICON],
    outdir: OUT,
    ...{ entryNames: "[name]-[hash]", chunkNames: "[name]-[hash]", assetNames: "[name]-[hash]" },
    loader: { ".svg": "copy" },
    ...{ bundle: true, splitting: true, format: "esm", platform: "browser", minify: true, metafile: true },
    ...{ jsx: "automatic", jsxImportSource: "preact", legalComments: "none", charset: "utf8" },
    // What a browser of the last three years knows.
    target: ["chrome109", "firefox115", "safari16.4"],
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "warning",
  });
  return metafile;
}

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** Compresses a file beside itself, as well as can be: it is done once. */
function asset(name: string, bytes: Buffer, type: string): Asset {
  const most = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  writeFileSync(join(ROOT, OUT, `${name}.br`), brotliCompressSync(bytes, most));
  writeFileSync(join(ROOT, OUT, `${name}.gz`), gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
  return { name, type };
}

function write({ inputs, outputs }: Metafile): void {
  const assets = Object.keys(outputs).map((path) => {
    const type = TYPES[path.split(".").at(-1)!]!;
    return asset(basename(path), readFileSync(join(ROOT, path)), type);
  });
  const nameOf = (source: string): string => {
    const [path] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === source)!;
    return `/assets/${basename(path)}`;
  };
  const icon = assets.find(({ name }) => name.startsWith("icon-"))!;
  const template = readFileSync(join(ROOT, TEMPLATE), "utf8").replace("{icon}", `/assets/${icon.name}`);
  const pages = Object.entries(PAGES).map(([name, { source, title, isListed = false, without = "" }]) => {
    const html = template
      .replace("{robots}", isListed ? "all" : "noindex")
      .replace("{title}", title)
      .replace("{without}", without)
      .replace("{style}", nameOf(`${source}.css`))
      .replace("{script}", nameOf(`${source}.tsx`));
    writeFileSync(join(ROOT, OUT, `${name}.html`), html);
    return asset(`${name}.html`, Buffer.from(html), "text/html; charset=utf-8");
  });
  const manifest: Manifest = { assets, pages };
  writeFileSync(join(ROOT, OUT, "manifest.json"), JSON.stringify(manifest));
  const read = [...Object.keys(inputs), TEMPLATE];
  const made = ["manifest.json", ...assets.map(({ name }) => name)].map((name) => `${OUT}/${name}`);
  writeFileSync(STAMP, JSON.stringify(stampOf([...read, ...made, "dist/gateway/console/build.js"])));
}

if (!isCurrent()) {
  rmSync(join(ROOT, OUT), { recursive: true, force: true });
  mkdirSync(join(ROOT, OUT), { recursive: true });
  write(await bundle());
}
