/** Locks the folder that it is given, says "locked" or the problem's code and detail, and holds it until it is killed. */
import { lockFolder } from "../../../engine/store/lock.js";

const locked = await lockFolder(process.argv[2]!, ({ code, detail }) => {
  console.log(`lost ${code}: ${detail}`);
  process.exit(1);
});
if (locked.ok) {
  console.log("locked");
  setInterval(() => undefined, 60_000);
} else console.log(`${locked.problem.code}: ${locked.problem.detail}`);
