/**
 * A disk that is full, as a real file system that small: nothing is granted whose outcome could not be stored, it is said by
 * name, what was under way is stored, and all goes on by itself when there is room again.
 */
import { spawnSync } from "node:child_process";
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { STORE } from "../../../schemas/limits.js";
import { FakeCarrier } from "../dispatch/fake-carrier.js";
import { TemporaryFolder, until } from "../dispatch/fixtures.js";
import { caller, code, FakeSelector, Harness, must, request } from "./harness.js";

const COUNT = 3_000;
const folder = new TemporaryFolder();
const root = dirname(folder.path);
const size = STORE.reserveBytes + 33_554_432;
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", root]).status === 0;

it.skipIf(!mounted)(
  "grants nothing on a full disk, says so, stores what comes back, and goes on when there is room",
  async () => {
    const filler = join(root, "filler");
    let harness = await Harness.start(
      folder,
      [new FakeCarrier("a", 1, { perTurn: 5, turnMs: 1 })],
      new FakeSelector(COUNT),
    );
    try {
      const { id } = await harness.create({ dispatch: true });
      await until(() => harness.carriers[0]!.written > 100);
      writeFileSync(filler, Buffer.alloc(Math.max(0, freeIn(root) - STORE.reserveBytes / 2)));
      await until(() => harness.store.space.problem !== null);
      await until(() => harness.dispatcher.waves[0]!.inFlight === 0);
      const { written } = harness.carriers[0]!;
      const waiting = harness.get(id);
      expect(waiting.status).toBe("sending");
      expect(waiting.reason?.code).toBe("DISK_FULL");
      expect(waiting.waves[0]!.counts.acknowledged).toBe(written);
      expect(harness.actions.watched()[0]!.reason?.code).toBe("DISK_FULL");
      expect(harness.actions.readiness().ready).toBe(false);
      expect(harness.actions.readiness().reasons[0]).toContain("DISK_FULL");
      expect(code(await harness.actions.create(request({ dispatch: true }), caller()))).toBe("DISK_FULL");
      // One that starts on a full disk grants nothing either.
      await harness.crash();
      harness = await Harness.start(folder, [new FakeCarrier("a", 1)], new FakeSelector(COUNT));
      for (let turn = 0; turn < 20; turn++) await harness.dispatcher.commit();
      expect(harness.carriers[0]!.written).toBe(0);
      rmSync(filler);
      const { waves, reason } = await harness.at(id, "sent");
      expect(reason).toBe(null);
      expect([waves[0]!.counts.acknowledged, waves[0]!.counts.possibleDuplicates]).toEqual([COUNT, 0]);
      expect(must(await harness.actions.create(request({ dispatch: true }), caller())).status).toBe("selecting");
    } finally {
      await harness.crash();
      spawnSync("umount", ["-l", root]);
      folder.remove();
    }
  },
);

it.runIf(!mounted)("is not tried here: no file system may be mounted, which takes root", () => folder.remove());

function freeIn(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
