/** Erases in two blocks of a folder over and over, version after version, and says each once it is done. */
import { openDataFolder } from "../../../engine/registry/open.js";
import { given } from "../registry/samples.js";
import { eraseAll } from "./folder.js";

const data = given(openDataFolder(process.argv[2]!));
for (let version = Number(process.argv[3]); ; version++) {
  await eraseAll(data, { 0: version, 3: version });
  process.stdout.write(`${version}\n`);
}
