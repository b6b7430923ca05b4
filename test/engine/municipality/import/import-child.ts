/** A process that imports newcomers, all or nothing, and is killed when the import is so far. */
import { given } from "../../registry/samples.js";
import { file, HERE, NEW, openRig, row } from "../rig.js";

const [folder, count, state, done] = process.argv.slice(2);
const rig = await openRig(folder!);
const rows = Array.from({ length: Number(count) }, (_, index) => row(NEW + index));
const intake = given(rig.imports.begin({ scope: HERE, mode: "allOrNothing", dryRun: false }, () => {}));
const bytes = Buffer.from(file(...rows));
for (let at = 0; at < bytes.length; at += 65_536) {
  await new Promise<void>((resume) => {
    if (intake.chunk(bytes.subarray(at, at + 65_536), resume)) resume();
  });
}
void intake.end();
for (;;) {
  if (intake.job.state === state && intake.job.done >= Number(done)) process.kill(process.pid, "SIGKILL");
  await new Promise((resolve) => setImmediate(resolve));
}
