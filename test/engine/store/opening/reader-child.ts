/** Opens the store of this folder beside whoever writes it, reads, and closes it. */
import { openBeside } from "../../../../engine/store/opening/beside.js";
import { given } from "../../registry/samples.js";

const store = given(await openBeside(process.argv[2]!));
process.stdout.write(`${store.table("growth").count()}\n`);
await store.close();
