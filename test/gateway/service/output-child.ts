/**
 * Logs so many lines of a kilobyte, as the service does, and says on stdout how many were dropped and whether it still runs.
 * Ends with 0 at SIGTERM.
 */
import { openLog } from "../../../gateway/service/log.js";

const { log, output } = openLog("info");
process.on("SIGTERM", () => process.exit(0));
process.stdout.write(`pid ${process.pid}\n`);
const text = "x".repeat(1_000);
for (let line = 0; line < Number(process.argv[2]); line++) log.info({ line }, text);
process.stdout.write(`dropped ${output.dropped}\n`);
setInterval(() => {
  process.stdout.write("alive\n");
}, 20);
setInterval(() => log.info("still here"), 20);
