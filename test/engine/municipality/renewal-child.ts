/** A process that places everybody by new boundaries, or new postcodes, and is killed after so many changes. */
import { movedPostcodes, openRig, otherPlaces } from "./rig.js";

const [folder, after, by] = process.argv.slice(2);
let placed = 0;
await openRig(folder!, {
  places: by === "postcodes" ? movedPostcodes : otherPlaces,
  place: () => {
    if (++placed === Number(after)) process.kill(process.pid, "SIGKILL");
    return { ok: true, value: undefined };
  },
});
