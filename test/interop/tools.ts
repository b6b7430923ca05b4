/**
 * Programs of others that the interoperability tests drive: whether they are here, a process of theirs that ends with its
 * test, and a capture of what is on the wire.
 *
 * They come from Debian's packages. With INTEROP_INSTALL=1, as root, what is missing is installed; else it is skipped.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "../temp-folder.js";

/** Where Debian keeps it; kannel-extras is for those who test Kannel. */
export const DRIVE_SMPP = "/usr/lib/kannel/test/drive_smpp";

export function works(command: string, ...options: string[]): boolean {
  return spawnSync(command, options, { stdio: "ignore" }).status === 0;
}

/** By package: whether what is needed of it is here. */
const PACKAGES = {
  "kannel-extras": () => existsSync(DRIVE_SMPP),
  "libnet-smpp-perl": () => works("perl", "-MNet::SMPP", "-e", "1"),
  tshark: () => works("tshark", "--version"),
  ffmpeg: () => works("ffmpeg", "-version"),
  chromium: () => works("chromium", "--version"),
  "libimage-exiftool-perl": () => works("exiftool", "-ver"),
} as const;

/** Why the package can't be used, or null. */
export function missing(name: keyof typeof PACKAGES): string | null {
  if (PACKAGES[name]()) return null;
  if (process.env.INTEROP_INSTALL === "1" && process.getuid?.() === 0) {
    const options = ["-y", "-o", "DPkg::Lock::Timeout=60", "install", name];
    spawnSync("apt-get", options, { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
    if (PACKAGES[name]()) return null;
  }
  return `${name} is not installed (apt-get install ${name}, or INTEROP_INSTALL=1 as root)`;
}

export interface Tool {
  readonly process: ChildProcess;
  /** What it printed so far, by lines. */
  readonly lines: readonly string[];
  /** Resolves with the exit code; with SIGKILL where it does not end within a few seconds. */
  stop(): Promise<number | null>;
}

/** Starts a program that ends at the latest with the test. */
export function startTool(command: string, options: readonly string[]): Tool {
  const child = spawn(command, options, { stdio: ["pipe", "pipe", "pipe"] });
  const lines: string[] = [];
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output }).on("line", (line) => lines.push(line));
  }
  const ended = once(child, "close");
  const stop = async () => {
    child.stdin.end();
    const killer = setTimeout(() => child.kill("SIGKILL"), 3_000);
    await ended;
    clearTimeout(killer);
    return child.exitCode;
  };
  onTestFinished(async () => {
    await stop();
  });
  return { process: child, lines, stop };
}

export async function until(what: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 1_000) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** How often each command was seen, and how many packets were malformed. */
export interface Captured {
  readonly malformed: number;
  readonly commands: ReadonlyMap<string, number>;
}

const COMMANDS: Readonly<Record<string, string>> = {
  "0x00000001": "bind_receiver",
  "0x00000002": "bind_transmitter",
  "0x00000004": "submit_sm",
  "0x80000004": "submit_sm_resp",
  "0x00000005": "deliver_sm",
  "0x80000005": "deliver_sm_resp",
  "0x00000006": "unbind",
  "0x80000006": "unbind_resp",
  "0x00000009": "bind_transceiver",
  "0x00000015": "enquire_link",
  "0x80000015": "enquire_link_resp",
  "0x80000000": "generic_nack",
};

/** A capture of one port on loopback; null, with a word, where tshark is missing or may not capture. */
export class Capture {
  private constructor(
    readonly port: number,
    readonly file: string,
    readonly child: ChildProcess,
  ) {}

  static async start(port: number): Promise<Capture | null> {
    const reason = missing("tshark");
    const tried = reason === null && works("tshark", "-i", "lo", "-a", "duration:1", "-w", "/dev/null");
    if (!tried) {
      console.log(`the wire is not checked: ${reason ?? "tshark may not capture"}`);
      return null;
    }
    const file = join(temporaryFolder(), "capture.pcapng");
    const child = spawn("tshark", ["-i", "lo", "-f", `tcp port ${port}`, "-w", file], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    for await (const line of createInterface({ input: child.stderr })) if (line.includes("Capturing on")) break;
    return new Capture(port, file, child);
  }

  /** Waits until the capture has `bytes` more than nothing and does not grow, then has it decoded. */
  async decoded(): Promise<Captured> {
    let before = -1;
    const settled = () => {
      const size = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
      const isSettled = size === before && size > 0;
      before = size;
      return isSettled;
    };
    do await new Promise((resolve) => setTimeout(resolve, 300));
    while (!settled());
    const ended = once(this.child, "exit");
    this.child.kill("SIGINT");
    await ended;
    return this.#decode();
  }

  #decode(): Captured {
    const options = ["-r", this.file, "-2", "-d", `tcp.port==${this.port},smpp`, "-Y", "smpp", "-T", "fields"];
    const fields = ["-e", "_ws.malformed", "-e", "smpp.command_id", "-E", "aggregator=,", "-E", "separator=;"];
    const output = execFileSync("tshark", [...options, ...fields], {
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 2 ** 28,
    });
    const commands = new Map<string, number>();
    let malformed = 0;
    for (const line of output.toString().split("\n").filter(Boolean)) {
      const [bad = "", ids = ""] = line.split(";");
      if (bad !== "") malformed++;
      for (const id of ids.split(",")) {
        const name = COMMANDS[id] ?? id;
        commands.set(name, (commands.get(name) ?? 0) + 1);
      }
    }
    return { malformed, commands };
  }
}
