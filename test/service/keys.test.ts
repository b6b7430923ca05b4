/** `seinpost key` beside a service that runs: known at once on both sides, through a kill, and to its own user alone. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { WebSocket } from "undici";
import { expect, test } from "vitest";
import type { Action } from "../../schemas/api/api.js";
import { startNode } from "../children.js";
import { EVERYWHERE, Whole } from "./whole.js";

const COMMAND = new URL("../../gateway/main.js", import.meta.url);

test("keys are made, rotated and revoked beside a service that runs, also after it was killed", async () => {
  const whole = await Whole.start(100, [{ name: "north" }]);
  const key = async (...args: string[]) => {
    const child = startNode(COMMAND, ["key", ...args], { env: { SEINPOST_DATA: whole.folder } });
    const { code } = await child.ended;
    return { code, lines: child.lines, errors: child.errors() };
  };
  const status = async (path: string, secret: string, method = "GET") =>
    (
      await fetch(`http://127.0.0.1:${whole.engine.port}${path}`, {
        method,
        headers: { authorization: `Bearer ${secret}` },
      })
    ).status;
  const made = await key("create", "--name", "wall", "--scope", "watch");
  const secret = made.lines[0]!;
  const id = /of key (\w+)/.exec(made.errors)![1]!;
  expect(await status("/v1/carriers", secret)).toBe(200);
  expect(await status("/v1/actions", secret)).toBe(403);
  const socket = new WebSocket(`ws://127.0.0.1:${whole.engine.port}/v1/monitor`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
  await new Promise((resolve) => socket.addEventListener("message", resolve, { once: true }));
  const rotated = (await key("rotate", id)).lines[0]!;
  expect([await status("/v1/carriers", secret), await status("/v1/carriers", rotated)]).toEqual([200, 200]);
  await whole.restart();
  expect([await status("/v1/carriers", secret), await status("/v1/carriers", rotated)]).toEqual([200, 200]);
  await closed;
  expect((await key("list")).lines.find((line) => line.startsWith(id))).toMatch(/active +wall +watch/);
  expect(await key("revoke", id)).toMatchObject({ code: 0 });
  expect([await status("/v1/carriers", secret), await status("/v1/carriers", rotated)]).toEqual([401, 401]);
  expect(statSync(join(whole.folder, "seinpost.sock")).mode & 0o777).toBe(0o600);
  await whole.kill();
  // Nobody is behind the socket that the kill has left; the folder is free.
  expect((await key("list")).lines.find((line) => line.startsWith(id))).toMatch(/revoked +wall/);
});

test("what a key may send in a day is counted on the disk: a kill gives nothing of it back", async () => {
  const whole = await Whole.start(100, [{ name: "north" }]);
  const env = { SEINPOST_DATA: whole.folder };
  const child = startNode(COMMAND, ["key", "create", "--name", "test", "--messages-per-day", "150"], { env });
  await child.ended;
  let nth = 0;
  const send = async () => {
    const answer = await fetch(`http://127.0.0.1:${whole.engine.port}/v1/actions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${child.lines[0]}`,
        "content-type": "application/json",
        "idempotency-key": `send-${++nth}`,
      },
      body: JSON.stringify({ area: EVERYWHERE, text: "boy of 5 missing", dispatch: true, expiresAt: undefined }),
    });
    return { status: answer.status, retry: answer.headers.get("retry-after"), json: (await answer.json()) as Action };
  };
  const first = await send();
  expect(first.status).toBe(201);
  await whole.kill();
  await whole.startEngine();
  await whole.engine.untilBound();
  const second = await send();
  expect([second.status, second.json]).toEqual([429, expect.objectContaining({ code: "BUDGET_EXCEEDED" })]);
  expect(Number(second.retry)).toBeGreaterThan(0);
  const { body } = await whole.engine.request<{ actions: Action[] }>("GET", "/v1/actions");
  expect(body.actions.map(({ id }) => id)).toEqual([first.json.id]);
});
