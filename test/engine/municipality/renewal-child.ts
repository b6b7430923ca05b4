/** A process that gives everybody their municipality by new boundaries, and is killed after so many changes. */
import { openRig, otherPlaces } from "./rig.js";

const [folder, after] = process.argv.slice(2);
let placed = 0;
await openRig(folder!, {
  places: otherPlaces,
  place: () => {
    if (++placed === Number(after)) process.kill(process.pid, "SIGKILL");
    return { ok: true, value: undefined };
  },
});
