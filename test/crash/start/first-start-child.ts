/** Starts the service on the folder that it is given, with a small generated registry when there is none; says what it has. */
import pino from "pino";
import { startService } from "../../../gateway/service/service.js";
import { generateInto } from "../../../loadtest/registry/generate.js";

const started = await startService({
  dataFolder: process.argv[2]!,
  kekFile: undefined,
  host: "127.0.0.1",
  port: 0,
  carriers: [],
  apiKey: undefined,
  makeRegistry: (data) => generateInto(data, undefined, { participants: 5_000 }),
  log: pino({ level: "silent" }),
  onFatal: ({ code, detail }) => {
    console.log(`fatal ${code}: ${detail}`);
    process.exit(70);
  },
});
if (started.ok) {
  const { participants, generated, port } = started.value;
  const { status } = await fetch(`http://127.0.0.1:${port}/readyz`);
  console.log(JSON.stringify({ participants, generated, status }));
  await started.value.close();
} else console.log(`${started.problem.code}: ${started.problem.detail}`);
