/**
 * The image, built by the Containerfile as it stands, where buildah is installed: from a base made of this machine's own files, for a test
 * asks no registry of images. What its configuration says is then run in its root folder, as the user that it names.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startChild } from "../../children.js";
import { temporaryFolder } from "../../temp-folder.js";

/** What the Containerfile, npm and the scripts of packages call, and then the service. */
const PROGRAMS = [
  "sh",
  "env",
  "tar",
  "gzip",
  "mv",
  "ln",
  "rm",
  "mkdir",
  "chmod",
  "install",
  "uname",
  "flock",
  "fallocate",
];
const PATH = "/usr/bin:/bin";

function isPossible(): boolean {
  const isInstalled = spawnSync("buildah", ["--version"], { stdio: "ignore" }).error === undefined;
  const isRoot = process.getuid?.() === 0;
  if (!isInstalled) console.log("skipped: buildah is not installed");
  else if (!isRoot) console.log("skipped: an image is built here by root alone");
  return isInstalled && isRoot;
}

const said = (program: string, ...asked: string[]): string =>
  execFileSync(program, asked, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1e8 }).trim();

/** A program, and the libraries that it is linked with. */
function copyProgram(program: string, root: string): void {
  const [to, from] = [join(root, "usr/bin", basename(program)), realpathSync(said("which", program))];
  cpSync(from, to);
  const linked = said("ldd", from).match(/\/[^ )]+/g) ?? [];
  for (const library of linked) cpSync(realpathSync(library), join(root, library), { recursive: true });
}

/** Node, npm and a shell, which is what the Containerfile takes its base to have. `cache`: where npm has what it once fetched. */
function makeBase(root: string, cache: string): void {
  for (const folder of ["usr/bin", "usr/etc", "usr/lib/node_modules", "dev", "etc", "tmp", "proc", "var/lib"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  symlinkSync("usr/bin", join(root, "bin"));
  for (const program of PROGRAMS) copyProgram(program, root);
  copyProgram(process.execPath, root);
  const npm = dirname(dirname(realpathSync(said("which", "npm"))));
  cpSync(npm, join(root, "usr/lib/node_modules/npm"), { recursive: true });
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(root, "usr/bin/npm"));
  writeFileSync(join(root, "usr/etc/npmrc"), `cache=${cache}\nprefer-offline=true\naudit=false\nfund=false\n`);
}

interface Image {
  /** Its root folder. */
  readonly root: string;
  readonly config: {
    readonly User: string;
    readonly Env: string[];
    readonly Entrypoint: string[];
    readonly Cmd: string[];
    /** In Docker's format alone. */
    readonly Healthcheck?: { readonly Test: string[] };
  };
}

function build(folder: string): Image {
  const [base, cache] = [join(folder, "base"), said("npm", "config", "get", "cache")];
  makeBase(base, cache);
  const store = ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
  const buildah = (...asked: string[]): string => said("buildah", ...store, ...asked);
  writeFileSync(join(base, "Basefile"), `FROM scratch\nCOPY . /\nENV PATH=${PATH}\n`);
  buildah("bud", "--isolation", "chroot", "--tag", "localhost/base", "--file", join(base, "Basefile"), base);
  const file = [
    "--format",
    "docker",
    "--file",
    "gateway/operations/Containerfile",
    "--build-arg",
    "NODE=localhost/base",
  ];
  buildah("bud", "--isolation", "chroot", "--volume", `${cache}:${cache}`, ...file, "--tag", "localhost/seinpost", ".");
  const container = buildah("from", "localhost/seinpost");
  const root = buildah("mount", container);
  // Whatever runs a container gives it this; a root folder by itself has none.
  said("mknod", "--mode=666", join(root, "dev/null"), "c", "1", "3");
  onTestFinished(() => {
    buildah("umount", container);
    buildah("rm", container);
  });
  return { root, config: JSON.parse(buildah("inspect", "--type", "image", "localhost/seinpost")).Docker.config };
}

test.skipIf(!isPossible())("an image is built, and what it starts answers", { timeout: 900_000 }, async () => {
  const { root, config } = build(join(temporaryFolder(), ".."));
  const installed = join(root, "opt/seinpost/lib/node_modules/seinpost");
  for (const left of ["dist/test", "node_modules/vitest", "node_modules/typescript"]) {
    expect([left, existsSync(join(installed, left))]).toEqual([left, false]);
  }
  const command = [...config.Entrypoint, ...config.Cmd];
  const inside = ["-i", ...config.Env, "SEINPOST_HOST=127.0.0.1", "SEINPOST_PORT=0"];
  const chroot = [`--userspec=${config.User}`, root, "/usr/bin/env", ...inside];
  said("chroot", ...chroot, ...config.Entrypoint, "registry", "generate", "--participants", "3000");
  const child = startChild("chroot", [...chroot, ...command]);
  const api = (): string | undefined => /API +(http:\S+)\/v1/.exec(child.lines.join("\n"))?.[1];
  await expect.poll(api, { timeout: 90_000 }).toBeDefined();
  await expect.poll(async () => (await fetch(`${api()}/readyz`)).status, { timeout: 60_000 }).toBe(200);
  const [how, ...check] = config.Healthcheck?.Test ?? [];
  const { port } = new URL(api()!);
  const asked = (at: string) => spawnSync("chroot", [...chroot, `SEINPOST_PORT=${at}`, ...check]).status;
  expect([how, asked(port), asked("1")]).toEqual(["CMD", 0, 1]);
  child.process.kill("SIGTERM");
  expect((await child.ended).code).toBe(0);
  // Every program that the service asks for was there.
  expect(child.lines.join("\n")).not.toContain("ENOENT");
});
