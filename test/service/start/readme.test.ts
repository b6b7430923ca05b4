/**
 * The commands of the guides, pasted as they stand. Those of the README run in their order, in a folder that has what a checkout
 * has, with nothing on the path but Node, curl and what every Debian has; only the port is another one, `watch` ends by itself,
 * and the service is started from what is built already.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { startSimulator } from "../../../loadtest/carrier/process.js";
import { freePort } from "../../../loadtest/free-port.js";
import { type Child, startChild } from "../../children.js";
import { BOUNDARIES, POPULATION } from "../../engine/places/files.js";
import { temporaryFolder } from "../../temp-folder.js";

const GUIDES = [
  "README.md",
  "gateway/smpp/README.md",
  "gateway/operations/README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
];
const CURL = "/usr/bin/curl";

function blocks(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text]) => text!);
}

/** The only one of a guide's blocks that has these words. */
function block(words: string): string {
  const found = blocks("README.md").filter((text) => text.includes(words));
  expect([words, found.length]).toEqual([words, 1]);
  return found[0]!;
}

describe.each(GUIDES)("every block of %s", (file) => {
  it("is shell, and has no place that somebody has to fill in", () => {
    for (const text of blocks(file)) {
      execFileSync("bash", ["-n"], { input: text });
      expect(text.replaceAll(/<\(|#.*/g, "")).not.toMatch(/…|\[[^\]]*\]\s|<\w+>|\buuidgen\b/);
    }
  });
});

/** Programs of packages that Debian marks as essential or required, which a system has that nobody added anything to. */
function bareTools(): string {
  const folder = temporaryFolder();
  const required = ["bash", "coreutils", "dash", "grep", "sed", "tar", "util-linux", "findutils", "gzip"];
  const listed = spawnSync("dpkg", ["-L", ...required], { encoding: "utf8" }).stdout.split("\n");
  const programs = listed.filter((path) => /^(\/usr)?\/bin\/[^/]+$/.test(path) && existsSync(path));
  const node = readdirSync(dirname(process.execPath)).filter((name) => ["node", "npm", "npx"].includes(name));
  for (const path of [...programs, CURL, ...node.map((name) => join(dirname(process.execPath), name))]) {
    const link = join(folder, path.split("/").at(-1)!);
    if (!existsSync(link)) symlinkSync(path, link);
  }
  return folder;
}

interface Pasted {
  readonly env?: Record<string, string>;
  readonly input?: string;
}

/** Where the commands run, gone when the test is done. */
class Checkout {
  readonly folder = temporaryFolder();
  readonly #path = bareTools();

  constructor() {
    for (const name of ["package.json", "dist", "node_modules"]) symlinkSync(resolve(name), join(this.folder, name));
  }

  async paste(text: string, { env, input = "" }: Pasted = {}): Promise<string> {
    const script = `cd ${this.folder}; ${text}`;
    const child = startChild("bash", ["-euc", script], { env: { ...env, PATH: this.#path }, input });
    const { code } = await child.ended;
    expect([text, code, code === 0 ? "" : child.errors()]).toEqual([text, 0, ""]);
    return child.lines.join("\n");
  }

  async startService(port: number): Promise<{ service: Child; key: string; messages: string }> {
    const data = join(this.folder, "demonstration");
    await this.paste(`npm run --silent seinpost -- registry generate --participants 3000 --data ${data}`);
    const env = { SEINPOST_DATA: data, SEINPOST_PORT: String(port) };
    const service = startChild(process.execPath, [resolve("dist/gateway/main.js"), "start"], { env });
    const said = (pattern: RegExp) => pattern.exec(service.lines.join("\n"))?.[1];
    await expect.poll(() => said(/API key +(\S+)/), { timeout: 60_000 }).toBeDefined();
    return { service, key: said(/API key +(\S+)/)!, messages: said(/Messages +(http:\S+)/)! };
  }
}

describe.skipIf(!existsSync(CURL) || !existsSync("/usr/bin/dpkg"))("the README's commands", () => {
  it("send an action, show it, and let somebody join", async () => {
    const port = await freePort();
    const checkout = new Checkout();
    const { service, key, messages } = await checkout.startService(port);
    const here = (text: string) => text.replaceAll(":8080", `:${port}`).replace("-- watch", "-- watch --once");
    const env = { SEINPOST_PORT: String(port) };
    const shown = await checkout.paste(block("API key: ") + here(block("-- watch")), { env, input: `${key}\n` });
    expect(shown).toMatch(/"status":"\w+"/);
    expect(shown).toMatch(/binds 1\/1/);
    const joined = await checkout.paste(here(block("/v1/self/join")));
    const { challenge } = JSON.parse(joined) as { challenge: string };
    let code: string | undefined;
    const find = async () => {
      code = /"number":31612345678,"text":"Burgernet: .*?(\d{6})/.exec(await (await fetch(messages)).text())?.[1];
      return code;
    };
    await expect.poll(find, { timeout: 20_000 }).toBeDefined();
    const entering = block("challenge and code") + here(block("/v1/self/sessions"));
    const entered = await checkout.paste(entering, { input: `${challenge} ${code}\n` });
    expect(entered).toContain('"token"');
    service.process.kill("SIGTERM");
    expect((await service.ended).code).toBe(0);
  });

  it("make, show, export, import, copy and restore a registry, and give it another key", async () => {
    const said = await new Checkout().paste(block("registry generate"));
    expect(said).toMatch(/generated 10000 participants/);
    expect(said).toMatch(/imported 10000 participants/);
    expect(said).toMatch(/restored: 10000 participants/);
    expect(said).toMatch(/opens with new\.kek from now on/);
  });

  it("import population and boundaries", async () => {
    const checkout = new Checkout();
    writeFileSync(join(checkout.folder, "population.csv"), POPULATION);
    writeFileSync(join(checkout.folder, "boundaries.geojson"), BOUNDARIES);
    expect(await checkout.paste(block("places import"))).toContain("2 municipalities, 10 vertices");
  });

  it("check a carrier", async () => {
    const simulator = await startSimulator({ systemId: "seinpost", password: "geheim1" });
    onTestFinished(() => simulator.stop());
    const checkout = new Checkout();
    const file = join(checkout.folder, "carriers.json");
    const { smppPort: port } = simulator;
    const carrier = { name: "north", host: "127.0.0.1", port, systemId: "seinpost", passwordEnv: "NORTH_PASSWORD" };
    writeFileSync(file, JSON.stringify({ carriers: [{ ...carrier, sender: "Burgernet" }] }));
    const env = { SEINPOST_CARRIERS: file, NORTH_PASSWORD: "geheim1" };
    const said = await checkout.paste(block("carrier check"), { env });
    expect(said).toContain("The service can use it as it is.");
  });
});
