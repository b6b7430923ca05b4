/**
 * The API behind nginx as Debian ships it, with a bare proxy_pass, which speaks HTTP/1.0 to what is behind it. Skipped, with a
 * word, where nginx is missing.
 */
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startChild } from "../children.js";
import { type Rig, startRig, VALID_ACTION } from "../gateway/http/support.js";
import { temporaryFolder } from "../temp-folder.js";
import { works } from "./tools.js";

const absent = !works("nginx", "-v");
if (absent) console.log("skipped: nginx is not installed");

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Starts nginx in front of the rig, with these lines beside proxy_pass; gives its origin. */
async function startNginx(lines: string): Promise<string> {
  const folder = temporaryFolder();
  const port = await freePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const location = `location / { proxy_pass http://127.0.0.1:${rig.port}; ${lines} }`;
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr warn;
     events {} http { access_log off; ${temporary.join(" ")} server { listen 127.0.0.1:${port}; ${location} } }`,
  );
  startChild("nginx", ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"]);
  const origin = `http://127.0.0.1:${port}`;
  await expect
    .poll(() =>
      request(`${origin}/healthz`).then(
        (answer) => answer.body.dump().then(() => answer.statusCode),
        () => 0,
      ),
    )
    .toBe(200);
  return origin;
}

test.skipIf(absent).each([
  ["bare", ""],
  ["HTTP/1.1 and connections that are kept", 'proxy_http_version 1.1; proxy_set_header Connection "";'],
])("nginx in front, %s: what acts is answered, with and without a body, whole or in chunks", async (_name, lines) => {
  const origin = await startNginx(lines);
  const before = rig.service.requests.length;
  const headers = () => ({
    authorization: `Bearer ${rig.freshKey()}`,
    "idempotency-key": randomUUID(),
    "content-type": "application/json",
  });
  const body = Buffer.from(JSON.stringify(VALID_ACTION));
  for (const sent of [body, Readable.from([body.subarray(0, 7), body.subarray(7)])]) {
    const created = await request(`${origin}/v1/actions`, { method: "POST", headers: headers(), body: sent });
    expect([created.statusCode, ((await created.body.json()) as { text: string }).text]).toEqual([
      201,
      VALID_ACTION.text,
    ]);
  }
  expect(rig.service.requests).toHaveLength(before + 2);
  const list = await request(`${origin}/v1/actions?limit=1`, { headers: headers() });
  expect(((await list.body.json()) as { actions: unknown[] }).actions).toHaveLength(1);
  const wrong = await request(`${origin}/v1/actions`, { method: "POST", headers: headers(), body: "{" });
  expect([wrong.statusCode, ((await wrong.body.json()) as { code: string }).code]).toEqual([400, "BAD_JSON"]);
});
