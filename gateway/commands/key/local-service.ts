/**
 * How a command asks the service of a data folder for what only that may write: through its socket while it runs, which only
 * its own user can open; else by the same routes in this process, alone on the folder.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Client } from "undici";
import { Trail } from "../../../engine/audit/trail.js";
import { MACHINE_CLOCK } from "../../../engine/clock/clock.js";
import { Keys } from "../../../engine/rights/keys.js";
import { Store } from "../../../engine/store/store.js";
import { assert, type ErrorCode, fail, ok, type Result } from "../../../schemas/errors.js";
import { LOCAL_SOCKET } from "../../http/doors.js";
import { LOCAL_USER } from "../../http/request/admission.js";
import type { Method } from "../../http/request/route.js";
import { Router } from "../../http/request/router.js";
import { keyRoutes } from "../../http/routes/key-routes.js";
import { alone } from "../data.js";

/** Asks one thing of the API; `body` goes as JSON. */
export type Ask = <T>(method: Method, path: string, body?: object) => Promise<Result<T>>;

export async function withService<T>(folder: string, use: (ask: Ask) => Promise<Result<T>>): Promise<Result<T>> {
  const socketPath = join(folder, LOCAL_SOCKET);
  const client = existsSync(socketPath) ? new Client("http://localhost", { socketPath }) : undefined;
  try {
    if (client !== undefined && (await answers(client))) return await use((...asked) => send(client, ...asked));
    return await alone(folder, () => offline(folder, use));
  } finally {
    await client?.destroy();
  }
}

/** Whether there is somebody behind the socket; that of a service that was killed is only a file. */
function answers(client: Client): Promise<boolean> {
  return client.request({ method: "GET", path: "/healthz" }).then(
    async ({ body }) => body.dump().then(() => true),
    () => false,
  );
}

async function send<T>(client: Client, method: Method, path: string, body?: object): Promise<Result<T>> {
  const answer = await client.request({
    ...{ method, path },
    ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const json = (await answer.body.json()) as T & { readonly code: ErrorCode; readonly detail: string };
  return answer.statusCode < 400 ? ok(json) : fail(json.code, json.detail);
}

async function offline<T>(folder: string, use: (ask: Ask) => Promise<Result<T>>): Promise<Result<T>> {
  const opened = Store.open(folder);
  if (!opened.ok) return opened;
  const store = opened.value;
  const router = new Router(keyRoutes(new Keys(store, MACHINE_CLOCK, new Trail(store, Date.now))));
  try {
    return await use((method, target, body) => run(router, method, target, body));
  } finally {
    await store.close();
  }
}

async function run<T>(router: Router, method: Method, target: string, body?: object): Promise<Result<T>> {
  const [path = "", query = ""] = target.split("?");
  const found = router.find(method, path);
  assert(found !== undefined && "route" in found, "a command asks what there is");
  const bytes = Buffer.from(body === undefined ? "" : JSON.stringify(body));
  const answer = await found.route.run(
    {
      ...{ method, path, params: found.params, query, who: LOCAL_USER, signal: new AbortController().signal },
      ...{
        idempotencyKey: "",
        contentLength: String(bytes.length),
        ifMatch: "",
        ifNoneMatch: "",
        range: "",
        ifRange: "",
        charset: undefined,
      },
      ...{ acceptEncoding: "", isSecure: false },
    },
    bytes,
  );
  return answer.ok ? ok(answer.value.body as T) : answer;
}
