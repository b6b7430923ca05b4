/**
 * The examples of gateway/operations for TLS before the API, as they stand but for the address of the service and the certificate: what
 * acts is answered, streams and the monitor go through as they come, nobody makes up where they are from, and /metrics stays inside.
 * Skipped, with a word, where the proxy is missing.
 */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { Agent, request, WebSocket } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import type { BodyReceiver } from "../../gateway/http/request/body/body.js";
import { TrustedProxies } from "../../gateway/http/request/client-address.js";
import { type HttpResponse, respond } from "../../gateway/http/request/response.js";
import { route } from "../../gateway/http/request/route.js";
import { freePort } from "../../loadtest/free-port.js";
import type { Result } from "../../schemas/errors.js";
import { type Child, startChild } from "../children.js";
import { given } from "../engine/registry/samples.js";
import { type Rig, startRig, VALID_ACTION } from "../gateway/http/support.js";
import { temporaryFolder } from "../temp-folder.js";
import { works } from "./tools.js";

const GUIDE = "gateway/operations";
const SITE = "seinpost.example";
const SERVICE = "127.0.0.1:8080";
/** A client that is not the proxy. */
const CLIENT = "127.0.0.2";

/** Starts the example in front of a service on that port, listening on the other one. */
type Start = (service: number, port: number, folder: string) => Child;

function startNginx(service: number, port: number, folder: string): Child {
  const key = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", `/CN=${SITE}`, "-days", "2"];
  const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "fullchain.pem")];
  execFileSync("openssl", [...key, ...files], { stdio: "ignore" });
  const server = readFileSync(join(GUIDE, "nginx.conf"), "utf8")
    .replaceAll("/etc/seinpost/tls", folder)
    .replace("listen 443 ", `listen 127.0.0.1:${port} `)
    .replace(SERVICE, `127.0.0.1:${service}`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (use) => `${use}_temp_path ${folder}/${use};`,
  );
  const http = `http { access_log off; ${temporary.join(" ")} ${server} }`;
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr warn; events {} ${http}`,
  );
  return startChild("nginx", ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"]);
}

/** With a certificate of its own making, for it gets none here. */
function startCaddy(service: number, port: number, folder: string): Child {
  const example = /```\n(seinpost\.example \{\n[\s\S]*?)```/.exec(readFileSync(join(GUIDE, "README.md"), "utf8"))?.[1];
  const site = example!.replace(SERVICE, `127.0.0.1:${service}`);
  const own = ["admin off", "local_certs", "skip_install_trust", "auto_https disable_redirects", `https_port ${port}`];
  const where = ["default_bind 127.0.0.1", `storage file_system ${folder}`];
  writeFileSync(join(folder, "Caddyfile"), `{\n${[...own, ...where].join("\n")}\n}\n${site}`);
  const run = ["run", "--adapter", "caddyfile", "--config", join(folder, "Caddyfile")];
  return startChild("caddy", run, { env: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder } });
}

/** Tells how much of a stream has come. */
class Counting implements BodyReceiver {
  static last: Counting | undefined;
  bytes = 0;
  constructor() {
    Counting.last = this;
  }
  chunk(bytes: Uint8Array): boolean {
    this.bytes += bytes.byteLength;
    return true;
  }
  async end(): Promise<Result<HttpResponse>> {
    return respond({ bytes: this.bytes });
  }
  abort(): void {}
}

const response = { status: 200, description: "What came" };
const ROUTES = [
  route({
    ...{ method: "GET", path: "/v1/whence", summary: "Where a client is", auth: "public", response },
    handle: ({ caller }) => respond(caller.address),
  }),
  route({
    ...{ method: "POST", path: "/v1/streams", summary: "A stream", auth: "key", response },
    scopes: ["draft"],
    receive: { contentTypes: ["text/csv"], start: () => ({ ok: true, value: new Counting() }) },
  }),
];

/** A service with a proxy in front, both of which end with the test. */
class Behind {
  readonly #clients: Agent[] = [];

  private constructor(
    readonly rig: Rig,
    readonly origin: string,
  ) {}

  static async start(start: Start): Promise<Behind> {
    const rig = await startRig(undefined, { routes: ROUTES, trustedProxies: given(TrustedProxies.read("127.0.0.1")) });
    onTestFinished(() => rig.close());
    const port = await freePort();
    start(rig.port, port, temporaryFolder());
    const behind = new Behind(rig, `https://${SITE}:${port}`);
    onTestFinished(() => behind.#close());
    const isUp = () =>
      behind.ask("/healthz").then(
        ({ status }) => status,
        () => 0,
      );
    await expect.poll(isUp, { timeout: 30_000 }).toBe(200);
    return behind;
  }

  /** Whoever asks comes from an address of their own. */
  client(allowH2: boolean): Agent {
    const lookup = (_: string, __: object, done: (error: null, address: string, family: number) => void) =>
      done(null, "127.0.0.1", 4);
    const connect = { rejectUnauthorized: false, lookup } as object;
    const agent = new Agent({ allowH2, connect, localAddress: CLIENT });
    this.#clients.push(agent);
    return agent;
  }

  key(): Record<string, string> {
    return { authorization: `Bearer ${this.rig.freshKey()}` };
  }

  async ask(path: string, { allowH2 = false, ...options }: Asked = {}) {
    const answer = await request(this.origin + path, { dispatcher: this.client(allowH2), ...options });
    const text = await answer.body.text();
    const isJson = String(answer.headers["content-type"]).includes("json");
    return { status: answer.statusCode, json: isJson ? JSON.parse(text) : undefined };
  }

  async #close(): Promise<void> {
    for (const client of this.#clients) await client.destroy();
  }
}

interface Asked {
  readonly allowH2?: boolean;
  readonly method?: "POST";
  readonly headers?: Record<string, string>;
  readonly body?: string | PassThrough;
}

const PROXIES: readonly [string, Start, boolean][] = [
  ["nginx", startNginx, works("nginx", "-v")],
  ["Caddy", startCaddy, works("caddy", "version")],
];
for (const [name, , isHere] of PROXIES) if (!isHere) console.log(`skipped: ${name} is not installed`);

describe.each(PROXIES)("behind %s", (name, start, isHere) => {
  test.skipIf(!isHere).each([false, true])("what acts is answered (HTTP/2: %s)", async (allowH2) => {
    const behind = await Behind.start(start);
    const headers = { ...behind.key(), "idempotency-key": randomUUID(), "content-type": "application/json" };
    const asked = { allowH2, method: "POST" as const, body: JSON.stringify(VALID_ACTION) };
    const created = await behind.ask("/v1/actions", { ...asked, headers });
    expect([created.status, created.json.text]).toEqual([201, VALID_ACTION.text]);
    const refused = await behind.ask("/v1/actions", { ...asked, headers: { ...headers, authorization: "" } });
    expect([refused.status, refused.json.code]).toEqual([401, "UNAUTHENTICATED"]);
  });

  test.skipIf(!isHere).each([false, true])("a stream is read as it comes (HTTP/2: %s)", async (allowH2) => {
    const behind = await Behind.start(start);
    const body = new PassThrough();
    const headers = { ...behind.key(), "content-type": "text/csv" };
    const asked = behind.ask("/v1/streams", { allowH2, method: "POST", headers, body });
    body.write("number\n");
    await expect.poll(() => Counting.last?.bytes, { timeout: 10_000 }).toBe(7);
    body.end("0612345678\n");
    expect(await asked).toEqual({ status: 200, json: { bytes: 18 } });
    Counting.last = undefined;
  });

  test.skipIf(!isHere).each([false, true])("a stream that is refused has its answer (HTTP/2: %s)", async (allowH2) => {
    const behind = await Behind.start(start);
    const body = new PassThrough();
    const asked = behind.ask("/v1/streams", { allowH2, method: "POST", headers: { "content-type": "text/csv" }, body });
    body.write("number\n");
    // Before the stream ends; the HTTP/1.1 of Go hands nothing on before (gateway/operations/README.md).
    if (name === "Caddy" && !allowH2) body.end();
    expect(await asked).toMatchObject({ status: 401, json: { code: "UNAUTHENTICATED" } });
    body.destroy();
  });

  test.skipIf(!isHere)("nobody makes up where they are", async () => {
    const behind = await Behind.start(start);
    const headers = { "x-forwarded-for": "10.1.2.3", forwarded: "for=10.1.2.3" };
    expect((await behind.ask("/v1/whence", { headers })).json).toBe(CLIENT);
  });

  test.skipIf(!isHere)("the monitor is handed on", async () => {
    const behind = await Behind.start(start);
    const url = `${behind.origin.replace("https", "wss")}/v1/monitor`;
    const socket = new WebSocket(url, { dispatcher: behind.client(false), headers: behind.key() });
    const first = await new Promise<string>((resolve, reject) => {
      socket.addEventListener("message", ({ data }) => resolve(data));
      socket.addEventListener("error", () => reject(new Error("no WebSocket through the proxy")));
    });
    expect(JSON.parse(first)).toHaveProperty("carriers");
    socket.close();
  });

  test.skipIf(!isHere)("/metrics stays inside, however it is written", async () => {
    const behind = await Behind.start(start);
    for (const path of [
      "/metrics",
      "/metrics?x=1",
      "/%6detrics",
      "//metrics",
      "/v1/../metrics",
      "/METRICS",
      "/metrics/",
    ]) {
      const { status } = await behind.ask(path, { headers: behind.key() });
      expect([path, status >= 400]).toEqual([path, true]);
    }
  });
});
