/** Starts the service on the folder that it is given as `seinpost start` does, with a small country when there is none; says what it has. */
import pino from "pino";
import { runGenerator } from "../../../gateway/service/demo/generator.js";
import { startDemonstration } from "../../../gateway/service/demo/start.js";
import type { Problem } from "../../../schemas/errors.js";

const [, , folder] = process.argv;
const unheard = { onProgress: () => {}, onKekMade: () => {} };
const options = {
  dataFolder: folder!,
  kekFile: undefined,
  host: "127.0.0.1",
  port: 0,
  carriers: [],
  apiKey: undefined,
  log: pino({ level: "silent" }),
  onFatal: ({ code, detail }: Problem) => {
    console.log(`fatal ${code}: ${detail}`);
    process.exit(70);
  },
};
const started = await startDemonstration(options, () =>
  runGenerator({ data: folder!, participants: 5_000, onlyMissing: true }, unheard),
);
if (started.ok) {
  const { participants, generated, port } = started.value;
  const { status } = await fetch(`http://127.0.0.1:${port}/readyz`);
  console.log(JSON.stringify({ participants, generated, status }));
  await started.value.close();
} else console.log(`${started.problem.code}: ${started.problem.detail}`);
