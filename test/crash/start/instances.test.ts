/**
 * Services that contend for one data folder, reached in every way in which two processes do not see each other: while one has
 * it no other is ever ready, and when it is killed the next one takes it at once, so no lock is left behind.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { running } from "../../campaign/campaigns.js";
import { type Child, startChild } from "../../children.js";
import { type Way, waysTo } from "../../engine/store/ways.js";
import { seeded } from "../../random.js";
import { Whole } from "../../service/whole.js";

const { size: KILLS, seed, again, tell } = running("instances");
const MAIN = new URL("../../../gateway/main.js", import.meta.url).pathname;
/** Nobody listens there: carriers have no part in this. */
const NOWHERE = { name: "north", host: "127.0.0.1", port: 1, systemId: "x", password: "x", sender: "B" };
const REFUSED = "another service runs on this data folder";

it(
  `never two services on one folder, and no stale lock, in ${KILLS} kills (${again})`,
  async () => {
    const random = seeded(seed);
    const { folder } = await Whole.prepare(1_000, []);
    const carriers = join(folder, "..", "carriers.json");
    writeFileSync(carriers, JSON.stringify({ carriers: [NOWHERE] }));
    const kek = `${folder}.kek`;
    const ways = waysTo(folder);
    const serving = ways.filter(({ serves }) => serves);
    const draw = (from: readonly Way[]): Way => from[Math.floor(random() * from.length)]!;
    const start = ({ before, path }: Way): Child => {
      const [command, ...args] = [...before, process.execPath, MAIN, "start"];
      const env = { SEINPOST_DATA: path, SEINPOST_KEK_FILE: kek, SEINPOST_CARRIERS: carriers, SEINPOST_PORT: "0" };
      return startChild(command!, args, { env: { ...env, SEINPOST_LOG_LEVEL: "silent" } });
    };
    let refusals = 0;
    /** Ready, or refused because another one has the folder; anything else fails. */
    const outcome = async (child: Child, way: Way): Promise<"ready" | "refused"> => {
      let end: unknown;
      void child.ended.then((ended) => {
        end = ended;
      });
      for (;;) {
        if (child.lines.includes("Seinpost is ready.")) return "ready";
        if (end !== undefined) break;
        await sleep(5);
      }
      expect([way.name, end, child.errors()]).toEqual([
        way.name,
        { code: 75, signal: null },
        expect.stringContaining(REFUSED),
      ]);
      refusals++;
      return "refused";
    };
    let way = draw(serving);
    let holder = start(way);
    expect(await outcome(holder, way)).toBe("ready");
    for (let kill = 0; kill < KILLS; kill++) {
      const other = draw(ways);
      const early = start(other);
      // In half of them the holder dies while the other one is on its way to the lock.
      const overlaps = random() < 0.5 && other.serves;
      if (!overlaps) expect(await outcome(early, other)).toBe("refused");
      else await sleep(random() * 400);
      holder.process.kill("SIGKILL");
      await holder.ended;
      const before = overlaps ? await outcome(early, other) : "refused";
      if (before === "ready") [holder, way] = [early, other];
      else {
        way = draw(serving);
        holder = start(way);
        expect([way.name, await outcome(holder, way)]).toEqual([way.name, "ready"]);
      }
    }
    tell(
      `${KILLS} kills over ${ways.length} ways to one folder; ${refusals} starts refused, never two at once, no stale lock`,
    );
  },
  KILLS * 30_000,
);
