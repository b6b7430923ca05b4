/** Sessions of the console by themselves: which end, when, and what is left of a key's others. */
import { expect, test } from "vitest";
import { LOCAL } from "../../engine/audit/actor.js";
import { Trail } from "../../engine/audit/trail.js";
import { Keys } from "../../engine/rights/keys.js";
import { Store } from "../../engine/store/store.js";
import { ConsoleSessions } from "../../gateway/console/sessions.js";
import { CONSOLE } from "../../schemas/limits.js";
import { given } from "../engine/registry/samples.js";
import { temporaryFolder } from "../temp-folder.js";

async function start() {
  const store = given(Store.open(temporaryFolder()));
  let nowMs = 1_000_000;
  const clock = { now: () => nowMs, steadyMs: () => nowMs };
  const keys = new Keys(store, clock, new Trail(store, clock.now));
  const sessions = new ConsoleSessions(keys, clock.steadyMs);
  const ended: string[] = [];
  sessions.onEnded((session) => ended.push(session));
  const made = given(await keys.create({ name: "desk", scopes: ["watch"] }, LOCAL));
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { keys, sessions, ended, made, pass };
}

test("a session goes on while it is used, ends when it is not, and at its longest in any case", async () => {
  const { sessions, ended, made, pass } = await start();
  const { token, session } = given(sessions.open(made.secret));
  for (let passed = 0; passed + CONSOLE.idleMs - 1 < CONSOLE.sessionMs; passed += CONSOLE.idleMs - 1) {
    expect(given(sessions.use(token))).toMatchObject({ keyId: made.record.keyId, session });
    pass(CONSOLE.idleMs - 1);
  }
  pass(CONSOLE.idleMs - 1);
  expect(sessions.use(token)).toMatchObject({ ok: false, problem: { code: "UNAUTHENTICATED", field: "Cookie" } });
  const other = given(sessions.open(made.secret));
  pass(CONSOLE.idleMs);
  sessions.sweep();
  expect(ended).toEqual([session, other.session]);
  expect(sessions.size).toBe(0);
});

test("a session ends with the very secret it was opened with, by rotation or revocation", async () => {
  const { keys, sessions, ended, made, pass } = await start();
  const before = given(sessions.open(made.secret));
  const rotated = given(await keys.rotate(made.record.keyId, 60_000, LOCAL));
  expect(sessions.use(before.token).ok, "in the grace of the secret").toBe(true);
  pass(60_000);
  expect(sessions.use(before.token).ok).toBe(false);
  const after = given(sessions.open(rotated.secret));
  given(await keys.revoke(made.record.keyId, LOCAL));
  expect(sessions.use(after.token).ok).toBe(false);
  expect(sessions.open(rotated.secret)).toMatchObject({ ok: false, problem: { field: "/key" } });
  expect(ended).toEqual([before.session, after.session]);
  expect(sessions.counts).toMatchObject({ opened: 2, refused: 1 });
});

test("one key has so many sessions at most, and the one that was used longest ago makes room", async () => {
  const { sessions, made } = await start();
  const opened = Array.from({ length: CONSOLE.sessionsPerKey }, () => given(sessions.open(made.secret)));
  given(sessions.use(opened[0]!.token));
  given(sessions.open(made.secret));
  expect(sessions.size).toBe(CONSOLE.sessionsPerKey);
  expect([sessions.use(opened[0]!.token).ok, sessions.use(opened[1]!.token).ok]).toEqual([true, false]);
});
