/**
 * A browser for tests of the console: Debian's Chromium, one for a file of tests. Where there is none it is installed if that is asked
 * for (interop/tools.ts); else the tests are skipped, in one line that says so.
 *
 * Every page notes what should never happen: a request that leaves its origin, an error in a script, and what the content security policy
 * had to stop (`faults`). Its clock goes on by itself, and can be moved on.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, onTestFinished } from "vitest";
import { missing } from "../interop/tools.js";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

let browser: Promise<Browser | undefined> | undefined;
afterAll(async () => (await browser)?.close());

function isThere(): boolean {
  const why = missing("chromium");
  if (why !== null) console.log(`skipped: ${why}`);
  return why === null;
}

async function launch(): Promise<Browser | undefined> {
  return isThere() ? chromium.launch({ executablePath: CHROMIUM, args: FLAGS }) : undefined;
}

const noted = new WeakMap<Page, string[]>();

/** What should not have happened on the page so far. */
export function faults(page: Page): readonly string[] {
  return noted.get(page) ?? [];
}

/** A page of the console, signed in with this key; undefined where there is no browser. */
export async function consolePage(
  port: number,
  key: string,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Page | undefined> {
  const page = await openPage(port, path, options);
  await page?.getByLabel("API-sleutel").fill(key);
  await page?.keyboard.press("Enter");
  return page;
}

/** A page as anybody sees it; undefined where there is no browser. */
export async function openPage(
  port: number,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Page | undefined> {
  browser ??= launch();
  const running = await browser;
  if (running === undefined) return undefined;
  const context = await running.newContext({ viewport: { width: 1_366, height: 820 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const origin = `127.0.0.1:${port}`;
  const found: string[] = [];
  noted.set(page, found);
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.host !== origin && url.protocol !== "blob:") found.push(`a request to ${url.host}`);
  });
  page.on("pageerror", ({ message }) => found.push(message));
  page.on("console", (message) => {
    if (/Content Security Policy|TrustedHTML/.test(message.text())) found.push(message.text());
  });
  await page.clock.install();
  await page.goto(`http://${origin}${path}`);
  return page;
}

/** Where `npm run screenshots` wants pictures of the screens; none are made otherwise. */
const PICTURES = process.env.SCREENSHOTS;

/** As it is seen just now, small enough to be kept with the source. */
export async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  // Maps are there, and drawn in the size that the page has now.
  await page.waitForLoadState("networkidle");
  await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
  await sharp(await page.screenshot())
    .png({ palette: true, colours: 64, compressionLevel: 9 })
    .toFile(join(PICTURES, `${name.replaceAll(" ", "-")}.png`));
}

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

interface Found {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/** What of WCAG 2.2 AA the page does not keep, as axe sees it. In a world of its own, which the policy of the page does not bind. */
export async function inaccessible(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  const run = `axe.run(document, { runOnly: ${JSON.stringify(RULES)}, resultTypes: ["violations"] })`;
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
    ...{ contextId: executionContextId, awaitPromise: true, returnByValue: true },
    expression: `${readFileSync(AXE, "utf8")};${run}`,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  const { violations } = result.value as Found;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
