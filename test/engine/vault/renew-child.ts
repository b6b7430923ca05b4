/** Renews the root of a folder over and over, and says when it has begun. */
import { openDataFolder } from "../../../engine/registry/open.js";
import { lockFolder } from "../../../engine/store/lock.js";
import { given } from "../registry/samples.js";

given(await lockFolder(process.argv[2]!, () => process.abort()));
const { vault } = given(openDataFolder(process.argv[2]!));
for (let round = 0; ; round++) {
  given(await vault.commitRenewed(() => {}));
  if (round === 0) process.stdout.write("begun\n");
}
