/**
 * The unit under a real systemd, which a script starts in namespaces of its own (own-systemd.sh): what the guide says of starts, reloads
 * and ends is what happens. Skipped, with a word, where systemd is missing or namespaces are not to be had.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../temp-folder.js";

const SYSTEMD = "/lib/systemd/systemd";
const SCRIPT = "test/gateway/operations/own-systemd.sh";
const NAMESPACES = ["mount", "pid", "net", "ipc", "uts", "cgroup"].map((kind) => `--${kind}`);
const DATA = "/var/lib/seinpost/data";
const KEY = "k".repeat(43);
/** The table of exit codes has them (gateway/commands/exit-codes.ts). */
const NOT_NOW = "75";
const NOT_STARTED = "78";
const PATIENCE = { timeout: 30_000 };

/** Where cgroups of the second version are mounted. */
function cgroups(): string | undefined {
  return / (\S+) cgroup2 rw/.exec(readFileSync("/proc/self/mounts", "utf8"))?.[1];
}

function isPossible(): boolean {
  const isRoot = process.getuid?.() === 0;
  const isHere = existsSync(SYSTEMD) && cgroups() !== undefined;
  const possible = isRoot && isHere && spawnSync("unshare", [...NAMESPACES, "--fork", "true"]).status === 0;
  if (!possible) console.log("skipped: systemd is not installed, or can't be given namespaces of its own here");
  return possible;
}

/** A cgroup that ends with the test, and with it all processes in it. */
function ownCgroup(): string {
  const group = join(cgroups()!, `seinpost-test-${process.pid}`);
  mkdirSync(group);
  onTestFinished(async () => {
    writeFileSync(join(group, "cgroup.kill"), "1");
    const isEmpty = () => /^populated 0$/m.test(readFileSync(join(group, "cgroup.events"), "utf8"));
    await expect.poll(isEmpty, PATIENCE).toBe(true);
    removeGroup(group);
  });
  return group;
}

function removeGroup(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) removeGroup(join(group, entry.name));
  }
  rmdirSync(group);
}

/** A systemd of its own, and what is asked of it from inside. */
class OwnSystemd {
  readonly #process: number;

  private constructor(process: number) {
    this.#process = process;
  }

  static async start(): Promise<OwnSystemd> {
    const work = temporaryFolder();
    const group = ownCgroup();
    const script = ["bash", SCRIPT, work, process.cwd()];
    const started = ["unshare", ...NAMESPACES, "--fork", "--kill-child", ...script];
    const child = spawn("bash", ["-c", 'echo $BASHPID > "$0" && exec "$@"', join(group, "cgroup.procs"), ...started]);
    let errors = "";
    child.stderr.on("data", (text) => {
      errors += text;
    });
    /** The child of unshare is the first process in there. */
    const first = (): number => {
      if (child.exitCode !== null) throw new Error(errors);
      const one = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim());
      return one > 0 && readFileSync(`/proc/${one}/comm`, "utf8") === "systemd\n" ? one : 0;
    };
    await expect.poll(first, PATIENCE).toBeGreaterThan(0);
    const own = new OwnSystemd(first());
    const isUp = () => own.try("systemctl", "is-active", "basic.target").stdout.trim();
    await expect.poll(isUp, PATIENCE).toBe("active");
    return own;
  }

  try(...command: string[]) {
    const namespaces = ["--target", String(this.#process), ...NAMESPACES];
    const root = `/proc/${this.#process}/root`;
    const into = [...namespaces, `--root=${root}`, `--wd=${root}`];
    return spawnSync("nsenter", [...into, ...command], { encoding: "utf8" });
  }

  do(...command: string[]): string {
    const { status, stdout, stderr } = this.try(...command);
    expect([command, status, stderr]).toEqual([command, 0, ""]);
    return stdout.trim();
  }

  write(path: string, text: string): void {
    this.do("bash", "-c", 'printf %s "$1" > "$0"', path, text);
  }

  /** What systemd says of the unit. */
  shown(property: string): string {
    return this.do("systemctl", "show", "--value", "--property", property, "seinpost");
  }

  /** What the service answers; "" where there is none. */
  get(path: string): string {
    const ask =
      "fetch(process.argv[1],{headers:{authorization:'Bearer '+process.argv[2]}}).then((r)=>r.text()).then(console.log)";
    return this.try("node", "-e", ask, `http://127.0.0.1:8080${path}`, KEY).stdout.trim();
  }

  async untilReady(): Promise<void> {
    await expect.poll(() => this.get("/readyz"), PATIENCE).toBe('{"ready":true,"warnings":[]}');
  }

  environment(port: string): void {
    const settings = { PORT: port, API_KEY: KEY, CARRIERS: "/etc/seinpost/carriers.json" };
    const lines = Object.entries(settings).map(([name, value]) => `SEINPOST_${name}=${value}\n`);
    this.write("/etc/seinpost/environment", lines.join(""));
  }

  carriers(name: string): void {
    const entry = { name, host: "127.0.0.1", port: 1, systemId: "x", password: "x", sender: "B" };
    this.write("/etc/seinpost/carriers.json", JSON.stringify({ carriers: [entry] }));
  }
}

test.skipIf(!isPossible())("the unit starts, reloads, is started again and stops as the guide says", async () => {
  const systemd = await OwnSystemd.start();
  systemd.environment("8080");
  systemd.carriers("north");
  systemd.do("systemctl", "start", "seinpost");
  await systemd.untilReady();
  const owner = systemd.do("stat", "--format=%U %a", "/var/lib/seinpost", DATA, `${DATA}.kek`);
  expect(owner.split("\n")).toEqual(["seinpost 700", "seinpost 700", "seinpost 600"]);

  const first = systemd.shown("MainPID");
  systemd.carriers("south");
  systemd.do("systemctl", "reload", "seinpost");
  await expect.poll(() => systemd.get("/v1/carriers"), PATIENCE).toContain('"name":"south"');
  expect(systemd.shown("MainPID")).toBe(first);

  systemd.do("systemctl", "kill", "--signal=KILL", "seinpost");
  await systemd.untilReady();
  expect([systemd.shown("NRestarts"), systemd.shown("Result")]).toEqual(["1", "success"]);

  // A mistake stays one until somebody mends it.
  systemd.do("systemctl", "stop", "seinpost");
  expect([systemd.shown("Result"), systemd.shown("ExecMainStatus")]).toEqual(["success", "0"]);
  systemd.environment("none");
  systemd.do("systemctl", "start", "seinpost");
  await expect.poll(() => systemd.shown("ActiveState"), PATIENCE).toBe("failed");
  expect([systemd.shown("ExecMainStatus"), systemd.shown("NRestarts")]).toEqual([NOT_STARTED, "0"]);

  // A folder that another process still has is tried again until it is free.
  systemd.environment("8080");
  const holder = systemd.do("bash", "-c", `flock ${DATA} sleep 600 >/dev/null 2>&1 & echo $!`);
  systemd.do("systemctl", "start", "seinpost");
  await expect.poll(() => Number(systemd.shown("NRestarts")), PATIENCE).toBeGreaterThan(0);
  await expect.poll(() => systemd.shown("ExecMainStatus"), { ...PATIENCE, interval: 5 }).toBe(NOT_NOW);
  systemd.do("pkill", "--parent", holder);
  await systemd.untilReady();
  systemd.do("systemctl", "stop", "seinpost");
  expect([systemd.shown("Result"), systemd.shown("ActiveState")]).toEqual(["success", "inactive"]);
});
