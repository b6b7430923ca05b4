/**
 * A server for tests that give it few file descriptors (the argument). Says its port and a key, and is killed with its test. The limit is
 * set once the modules are loaded: Node opens as many of them at a time as there are.
 */
import { execFileSync } from "node:child_process";
import { z } from "zod";
import { respond } from "../../../../gateway/http/request/response.js";
import { route } from "../../../../gateway/http/request/route.js";
import { startRig } from "../support.js";

/** One that strangers may send a body to. */
const open = route({
  method: "POST",
  path: "/v1/open",
  summary: "For everybody",
  auth: "open",
  body: z.object({}),
  response: { status: 200, description: "Nothing" },
  handle: () => respond({}),
});
execFileSync("prlimit", [`--pid=${process.pid}`, `--nofile=${process.argv[2]}`]);
const { port, key } = await startRig(undefined, { routes: [open] });
console.log(JSON.stringify({ port, key }));
setInterval(() => undefined, 1_000);
