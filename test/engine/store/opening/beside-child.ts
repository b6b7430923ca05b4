/** `write FOLDER`: locks it and commits without a pause, one record after the other, each with the next number. `idle FOLDER`: commits nothing. */
import { lockFolder } from "../../../../engine/store/lock.js";
import { Store } from "../../../../engine/store/store.js";
import { given } from "../../registry/samples.js";

const [, , what, folder] = process.argv as [string, string, string, string];
given(await lockFolder(folder, () => process.abort()));
const store = given(Store.open(folder));
process.stdout.write("begun\n");
for (let number = 0; what === "write"; number++) {
  const key = Buffer.alloc(4);
  key.writeUInt32BE(number);
  given(await store.commit(() => void store.table("growth").put(key, key)));
  process.stdout.write(`${number}\n`);
}
setInterval(() => {}, 60_000);
