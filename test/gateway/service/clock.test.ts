/** What is done each second, over real keys; of the rest nothing but a round that takes long. */
import { expect, onTestFinished, test } from "vitest";
import { LOCAL } from "../../../engine/audit/actor.js";
import { Trail } from "../../../engine/audit/trail.js";
import { Keys } from "../../../engine/rights/keys.js";
import { hashSecret } from "../../../engine/rights/secrets.js";
import { Store } from "../../../engine/store/store.js";
import { type ClockParts, startClock } from "../../../gateway/service/clock.js";
import { Closing } from "../../../gateway/service/closing.js";
import { ok } from "../../../schemas/errors.js";
import { given } from "../../engine/registry/samples.js";
import { temporaryFolder } from "../../temp-folder.js";

test("a key ends at its time, also while the round before still archives", async () => {
  const store = given(Store.open(temporaryFolder()));
  let nowMs = Date.now();
  const now = () => nowMs;
  const keys = new Keys(store, { now, steadyMs: () => performance.now() }, new Trail(store, now));
  const ended = new Promise((resolve) => keys.onEnded(resolve));
  const asked = { name: "wall", scopes: ["watch"] as const, expiresAtMs: nowMs + 1 };
  const { secret } = given(await keys.create(asked, LOCAL));
  let finishArchiving = (): void => {};
  const archiving = new Promise<void>((begun) => {
    const tidy = () => {
      begun();
      return new Promise<void>((resolve) => {
        finishArchiving = resolve;
      });
    };
    const closing = new Closing();
    const said: unknown[] = [];
    startClock(partsOf(keys, tidy), (problem) => said.push(problem), closing);
    onTestFinished(async () => {
      finishArchiving();
      await closing.close();
      await store.close();
      expect(said).toEqual([]);
    });
  });
  await archiving;
  nowMs += 2;
  expect(await ended).toBe(hashSecret(secret));
});

/** A service at rest. */
function partsOf(keys: Keys, tidyArchive: () => Promise<void>): ClockParts {
  const nothing = async () => ok(undefined);
  const rest = {
    tidy: nothing,
    sweep: nothing,
    note: nothing,
    send: nothing,
    observe: () => {},
    tick: () => {},
    work: () => {},
  };
  return {
    ...{ actions: rest, confirmations: rest, forecast: rest, live: rest, memory: rest, notes: rest, positions: rest },
    ...{ delivering: rest, pacing: rest, pageReplies: rest, results: rest, consoleSessions: rest },
    ...{ history: { tick: nothing }, reacted: { flush: nothing } },
    ...{ asked: rest, retention: rest, schedule: rest, self: rest, testGroups: rest, keys },
    ...{ archive: { tidy: tidyArchive }, dispatcher: { waves: [], accounts: [] } },
  } as unknown as ClockParts;
}
