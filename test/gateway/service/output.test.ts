import { spawn, spawnSync } from "node:child_process";
import { closeSync, constants, createReadStream, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it, onTestFinished } from "vitest";
import { OUTPUT } from "../../../schemas/limits.js";
import { temporaryFolder } from "../../temp-folder.js";

const CHILD = new URL("./output-child.js", import.meta.url).pathname;
const LINES = 3_000;
const ROOM = OUTPUT.waitingBytes / 1_000;

/** With this as its stderr. */
function startOn(stderr: number | Socket) {
  const child = spawn(process.execPath, [CHILD, String(LINES)], { stdio: ["ignore", "pipe", stderr] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  createInterface({ input: child.stdout! }).on("line", (line) => lines.push(line));
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve([code, signal])));
  return {
    lines,
    /** Runs on, and ends when it is told to. */
    expectAlive: async (): Promise<number> => {
      await expect.poll(() => lines.at(-1), { timeout: 20_000 }).toBe("alive");
      return Number(/dropped (\d+)/.exec(lines[1]!)?.[1]);
    },
    expectEnd: async (): Promise<void> => {
      child.kill("SIGTERM");
      expect(await ended).toEqual([0, null]);
    },
  };
}

/** A pipe with nothing in it, of which the test has both ends. */
function pipeOf(folder: string): { path: string; file: number } {
  const path = join(folder, "pipe");
  spawnSync("mkfifo", [path]);
  return { path, file: openSync(path, constants.O_RDWR | constants.O_NONBLOCK) };
}

it("a pipe that nobody reads stops nothing; what was dropped is counted, and said once somebody reads", async () => {
  const { path, file } = pipeOf(temporaryFolder());
  const child = startOn(openSync(path, constants.O_WRONLY));
  const dropped = await child.expectAlive();
  expect(dropped).toBeGreaterThan(LINES - ROOM - 200);
  const read: { line?: number; lines?: number; msg: string }[] = [];
  const input = createReadStream("", { fd: openSync(path, constants.O_RDONLY) });
  onTestFinished(() => void input.destroy());
  createInterface({ input }).on("line", (line) => read.push(JSON.parse(line)));
  const told = () => read.find(({ msg }) => msg.includes("could not be written"));
  await expect.poll(told, { timeout: 20_000 }).toBeDefined();
  expect(told()!.lines).toBeGreaterThanOrEqual(dropped);
  // What waited came whole and in order before it.
  const whole = read.slice(0, LINES - dropped).map(({ line }) => line);
  expect(whole).toEqual(Array.from({ length: LINES - dropped }, (_, line) => line));
  await child.expectEnd();
  expect(file).toBeGreaterThan(0);
});

it("a pipe that was full before the first line, and whose reader is gone later, stops nothing", async () => {
  const { path, file } = pipeOf(temporaryFolder());
  expect(() => {
    for (;;) writeSync(file, Buffer.alloc(4_096));
  }).toThrow("EAGAIN");
  const child = startOn(openSync(path, constants.O_WRONLY));
  expect(await child.expectAlive()).toBeGreaterThan(LINES - ROOM - 1);
  await child.expectEnd();
});

it("a pipe whose reader has gone stops nothing", async () => {
  const { path, file } = pipeOf(temporaryFolder());
  const end = openSync(path, constants.O_WRONLY);
  closeSync(file);
  const child = startOn(end);
  expect(await child.expectAlive()).toBe(LINES);
  await child.expectEnd();
});

const NO_SCRIPT = spawnSync("script", ["--version"]).status !== 0 && "there is no command script to have a terminal by";
if (NO_SCRIPT) console.log(NO_SCRIPT);

it.skipIf(NO_SCRIPT)("a terminal that is closed stops nothing", async () => {
  const said = join(temporaryFolder(), "said");
  const command = `setsid "${process.execPath}" "${CHILD}" 1 >"${said}"`;
  const terminal = spawn("script", ["-qc", command, "/dev/null"], { stdio: ["pipe", "ignore", "ignore"] });
  const lines = () => readFileSync(said, "utf8").trimEnd().split("\n");
  await expect.poll(() => lines().at(-1), { timeout: 20_000 }).toBe("alive");
  const pid = Number(/pid (\d+)/.exec(lines()[0]!)?.[1]);
  onTestFinished(() => void (existsSync(`/proc/${pid}`) && process.kill(pid, "SIGKILL")));
  terminal.kill("SIGKILL");
  const before = lines().length;
  await expect.poll(() => lines().length, { timeout: 20_000 }).toBeGreaterThan(before + 5);
  process.kill(pid, "SIGTERM");
  await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 20_000 }).toBe(false);
});

it("a socket that nobody reads, as a stalled journal, stops nothing", async () => {
  const path = join(temporaryFolder(), "socket");
  const server = createServer((socket) => socket.pause()).listen(path);
  const socket = await new Promise<Socket>((resolve) => {
    const client = connect(path, () => resolve(client));
  });
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  const child = startOn(socket);
  expect(await child.expectAlive()).toBeGreaterThan(0);
  await child.expectEnd();
});

it("a full disk stops nothing, and takes all again when it has room", async () => {
  const child = startOn(openSync("/dev/full", "w"));
  expect(await child.expectAlive()).toBe(LINES);
  await child.expectEnd();
});

it("a closed stderr stops nothing", async () => {
  const said = join(temporaryFolder(), "said");
  const child = spawn("sh", ["-c", `exec "$0" "$@" 2>&- >"${said}"`, process.execPath, CHILD, "10"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve([code, signal])));
  await expect.poll(() => readFileSync(said, "utf8"), { timeout: 20_000 }).toContain("alive");
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
