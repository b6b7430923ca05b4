/**
 * A file system of a test's own that is small enough to be filled: a tmpfs in a mount namespace that a process of ours holds
 * open, so that it takes no rights where users may make namespaces, is seen by no one else, and is gone with that process.
 * What runs on it is started with `before`; from outside its files are at `seen`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, statfsSync } from "node:fs";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { fillDisk } from "./ballast.js";

/** First as anybody may, then as only root may. */
const NAMESPACES: readonly (readonly string[])[] = [["--user", "--map-root-user", "--mount"], ["--mount"]];
const MOUNT = 'mount -t tmpfs -o "size=$1,mode=0700" tmpfs "$0" && echo mounted && exec cat';

export class SmallDisk {
  readonly #holder: number;

  private constructor(
    /** Where it is, for who runs on it. */
    readonly path: string,
    holder: number,
    /** What goes before a command that is to run on it. */
    readonly before: readonly string[],
  ) {
    this.#holder = holder;
  }

  /** Over the folder `path`, until the end of the test; undefined where no namespace can be made. */
  static async mount(path: string, bytes: number): Promise<SmallDisk | undefined> {
    for (const kinds of NAMESPACES) {
      const holder = spawn("unshare", [...kinds, "sh", "-c", MOUNT, path, String(bytes)], {
        stdio: ["pipe", "pipe", "ignore"],
      });
      onTestFinished(() => void holder.kill());
      const ended = once(holder, "close").then(() => false);
      const mounted = once(createInterface({ input: holder.stdout }), "line").then(() => true);
      if (!(await Promise.race([mounted, ended]))) continue;
      const flags = kinds.includes("--user") ? ["--user", "--preserve-credentials", "--mount"] : ["--mount"];
      return new SmallDisk(path, holder.pid!, ["nsenter", "--target", String(holder.pid), ...flags]);
    }
    return undefined;
  }

  /** A file of it, as this process finds it. */
  seen(file: string): string {
    return `/proc/${this.#holder}/root${this.path}/${file}`;
  }

  get ballast(): string {
    return `${this.path}/ballast`;
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.seen("."));
    return bavail * bsize;
  }

  fill(leaveBytes: number): void {
    fillDisk(this.seen("ballast"), leaveBytes);
  }

  /** Takes the ballast away. */
  free(): void {
    rmSync(this.seen("ballast"), { force: true });
  }
}
