/**
 * The first start on an empty folder, killed at any moment: the next one completes what it finds, and serves as many people,
 * marked as generated, as one that nobody disturbed. Half of them are killed with the generator that they have started; the
 * others alone, as a supervisor does it, and the generator has to end by itself before the next start has need of the folder.
 */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { running } from "../../campaign/campaigns.js";
import { startNode } from "../../children.js";
import { seeded } from "../../random.js";
import { temporaryFolder } from "../../temp-folder.js";

const { size: KILLS, seed, again, tell } = running("first-start");
const CHILD = new URL("./first-start-child.js", import.meta.url);

it(
  `a first start that is killed is completed by the next, in ${KILLS} kills (${again})`,
  async () => {
    const random = seeded(seed);
    const startedAt = performance.now();
    const undisturbed = startNode(CHILD, [temporaryFolder()]);
    expect((await undisturbed.ended).code).toBe(0);
    const wholeMs = performance.now() - startedAt;
    expect(JSON.parse(undisturbed.lines[0]!)).toMatchObject({ generated: true, status: 200 });
    let cut = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const folder = temporaryFolder();
      const first = startNode(CHILD, [folder], { detached: true });
      const { pid } = first.process;
      const exited = once(first.process, "exit");
      await sleep(random() * wholeMs);
      const isRunning = first.process.exitCode === null;
      if (isRunning) process.kill(kill % 2 === 0 ? pid! : -pid!, "SIGKILL");
      const [, signal] = await exited;
      if (signal === "SIGKILL") cut++;
      const next = startNode(CHILD, [folder]);
      expect([kill, (await next.ended).code, next.lines]).toEqual([kill, 0, undisturbed.lines]);
    }
    tell(`${KILLS} first starts, ${cut} of them cut off, each completed by the next with the same people`);
  },
  (KILLS + 1) * 30_000,
);
