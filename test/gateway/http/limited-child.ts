/** A server for tests that give it few file descriptors. Says its port and a key, and is killed with its test. */
import { startRig } from "./support.js";

const { port, key } = await startRig();
console.log(JSON.stringify({ port, key }));
setInterval(() => undefined, 1_000);
