/** A service whose log nobody takes goes on, counts what is lost, and stops when it is told to. */
import { spawn, spawnSync } from "node:child_process";
import { constants, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it, onTestFinished } from "vitest";
import { Whole } from "../whole.js";

const MAIN = new URL("../../../gateway/main.js", import.meta.url).pathname;
const API_KEY = "spk_of-a-test-that-asks-for-metrics-of-a-log";
/** Nobody listens there, so that each bind that fails is a line of the log. */
const NOWHERE = { name: "north", host: "127.0.0.1", port: 1, systemId: "x", password: "x", sender: "B" };

function fullPipe(folder: string): number {
  const path = join(folder, "pipe");
  spawnSync("mkfifo", [path]);
  const both = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  expect(() => {
    for (;;) writeSync(both, Buffer.alloc(4_096));
  }).toThrow("EAGAIN");
  return openSync(path, constants.O_WRONLY);
}

it.each([
  ["a pipe that is full", fullPipe, /seinpost_log_lines_dropped_total 0/],
  ["a full disk", () => openSync("/dev/full", "w"), /seinpost_log_lines_dropped_total [1-9]/],
])("on %s", async (_, open, dropped) => {
  const { folder } = await Whole.prepare(3_000, []);
  const carriers = join(folder, "..", "carriers.json");
  writeFileSync(carriers, JSON.stringify({ carriers: [NOWHERE] }));
  const child = spawn(process.execPath, [MAIN, "start"], {
    stdio: ["ignore", "pipe", open(folder)],
    env: {
      ...process.env,
      SEINPOST_DATA: folder,
      SEINPOST_PORT: "0",
      SEINPOST_CARRIERS: carriers,
      SEINPOST_API_KEY: API_KEY,
    },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve([code, signal])));
  let said = "";
  createInterface({ input: child.stdout! }).on("line", (line) => {
    said += `${line}\n`;
  });
  const api = () => /API +(http:\S+)\/v1/.exec(said)?.[1];
  await expect.poll(api, { timeout: 30_000 }).toBeDefined();
  const metrics = async () =>
    (await fetch(`${api()}/metrics`, { headers: { authorization: `Bearer ${API_KEY}` } })).text();
  await expect.poll(metrics, { timeout: 30_000 }).toMatch(dropped);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
