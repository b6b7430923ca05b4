import { expect, test } from "vitest";
import { loadRegistry } from "../../../engine/registry/columns/load.js";
import { startNode } from "../../children.js";
import { temporaryFolder } from "../../temp-folder.js";
import { given, somePeople, withStore, writeSample } from "./samples.js";

const REPLACER = new URL("./replace-child.js", import.meta.url);

test("a replacement that is killed leaves the old registry or the new one, whole", async () => {
  const folder = temporaryFolder();
  let round = 1;
  for (let kill = 0; kill < 12; kill++) {
    const from = round;
    const child = startNode(REPLACER, [folder, String(from)], {
      onLine: (line) => {
        if (Number(line) === from + 1) setTimeout(() => child.process.kill("SIGKILL"), kill * 2);
      },
    });
    expect((await child.ended).signal, child.errors()).toBe("SIGKILL");
    const said = Math.max(...child.lines.map(Number));
    const loaded = given(await loadRegistry(folder));
    const languages = new Set(new Uint8Array(loaded.participants.language, 0, loaded.rows));
    // The one that was said, or a later one that had become durable without it.
    expect(loaded.rows % 700).toBe(0);
    round = loaded.rows / 700;
    expect(round).toBeGreaterThanOrEqual(said);
    expect(loaded.locations.count).toBe(round * 700);
    expect([...languages]).toEqual([round % 9]);
  }
  // What the killed ones left is cleared by the next.
  await writeSample(folder, somePeople(300), true);
  await withStore(folder, async (store) => expect(store.table("participants").count()).toBe(2));
});
