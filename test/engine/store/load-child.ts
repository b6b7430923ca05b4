/** Loads the registry of a folder, as a start does, and says how it went: the problem, or a digest of all its columns. */

import { createHash } from "node:crypto";
import { loadRegistry } from "../../../engine/registry/load.js";

const loaded = await loadRegistry(process.argv[2]!);
if (loaded.ok) {
  const digest = createHash("sha256");
  const { participants, locations, terms } = loaded.value;
  for (const column of [...Object.values(participants), ...Object.values(locations), terms]) {
    digest.update(typeof column === "number" ? String(column) : new Uint8Array(column));
  }
  process.stdout.write(`loaded ${digest.digest("hex")}\n`);
} else {
  process.stdout.write(`${loaded.problem.code}\n`);
}
