/** What operations get: each file is held against the program that reads it, where that is installed, and against the service. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Metrics } from "../../../gateway/http/metrics.js";
import { PULLED } from "../../../gateway/http/pulled-metrics.js";
import { temporaryFolder } from "../../temp-folder.js";
import { startRig } from "../http/support.js";

const FOLDER = "gateway/operations";
const EXPOSURE_MAX = 2.0;

function isInstalled(program: string): boolean {
  const found = spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;
  if (!found) console.log(`skipped: ${program} is not installed`);
  return found;
}

const file = (name: string): string => readFileSync(join(FOLDER, name), "utf8");

describe("the systemd unit", () => {
  test.skipIf(!isInstalled("systemd-analyze"))(`is exposed at most ${EXPOSURE_MAX}`, () => {
    const threshold = `--threshold=${EXPOSURE_MAX * 10}`;
    const asked = ["security", "--offline=true", "--no-pager", threshold, join(FOLDER, "seinpost.service")];
    const { status, stdout } = spawnSync("systemd-analyze", asked, { encoding: "utf8" });
    const level = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
    expect([status, level <= EXPOSURE_MAX]).toEqual([0, true]);
  });

  test("lets V8 write the code that it runs, and is not tried again where only somebody can mend it", () => {
    const unit = file("seinpost.service");
    expect(unit).not.toMatch(/^MemoryDenyWriteExecute=(yes|true|1)/m);
    expect(unit).not.toMatch(/^ProcSubset=/m);
    expect(unit).toMatch(/^RestartPreventExitStatus=64 78$/m);
  });
});

describe("the Containerfile", () => {
  test("is built from a name without a registry, and starts what the package installs", () => {
    const lines = file("Containerfile").split("\n");
    const bases = lines.filter((line) => line.startsWith("ARG NODE=")).map((line) => line.slice("ARG NODE=".length));
    expect(bases).toHaveLength(1);
    expect(bases[0]).toMatch(/^[a-z-]+:[\w.-]+$/);
    expect(
      lines.filter((line) => line.startsWith("FROM")).every((line) => /^FROM \$\{NODE\}( AS \w+)?$/.test(line)),
    ).toBe(true);
    expect(file("seinpost.service")).toContain("ExecStart=/opt/seinpost/bin/seinpost start");
    expect(lines).toContain('ENTRYPOINT ["/opt/seinpost/bin/seinpost"]');
  });

  test("is built in the format that has a HEALTHCHECK, wherever the command stands", () => {
    const commands =
      `${file("Containerfile")}${file("README.md")}`.match(/(podman|buildah|docker) (build|bud) .*/g) ?? [];
    expect([commands.length, commands.filter((command) => !command.includes(" --format docker "))]).toEqual([2, []]);
  });
});

/** Names of all that a scrape shows, of which Prometheus derives `_bucket`, `_sum` and `_count`. */
async function shownMetrics(): Promise<Set<string>> {
  const rig = await startRig();
  const { text } = await rig.send("GET", "/metrics");
  await rig.close();
  const names = [...text.matchAll(/^# TYPE (\S+) (\w+)/gm)];
  return new Set(
    names.flatMap(([, name, type]) =>
      type === "histogram" ? ["bucket", "sum", "count"].map((part) => `${name}_${part}`) : [name!],
    ),
  );
}

/** Metrics that an expression of PromQL names; what stands in braces and quotes is labels, and Prometheus makes `up` itself. */
function namesIn(expression: string): string[] {
  const bare = expression.replaceAll(/"[^"]*"|\{[^}]*\}/g, "").replaceAll(/\b(by|on|without)\s*\([^)]*\)/g, "");
  return (bare.match(/\b[a-z]+_[a-z_0-9]+\b/g) ?? []).filter(
    (name) => !["histogram_quantile", "predict_linear"].includes(name),
  );
}

interface Panel {
  readonly id: number;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

function overlap({ gridPos: one }: Panel, { gridPos: other }: Panel): boolean {
  const across = one.x < other.x + other.w && other.x < one.x + one.w;
  return across && one.y < other.y + other.h && other.y < one.y + one.h;
}

describe("alerts and dashboard", () => {
  const alerts = file("alerts.yml");
  const expressionsOfAlerts = [...alerts.matchAll(/expr: (?:>-\n((?: {10}.*\n)+)|(.*))/g)].map(
    ([, many, one]) => many ?? one!,
  );
  const dashboard = JSON.parse(file("dashboard.json")) as { panels: Panel[] };
  const expressionsOfPanels = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

  test("name only metrics that there are", async () => {
    const shown = await shownMetrics();
    expect([expressionsOfAlerts.length, expressionsOfPanels.length].every((count) => count > 20)).toBe(true);
    const named = [...expressionsOfAlerts, ...expressionsOfPanels].flatMap(namesIn);
    expect(named.filter((name) => !shown.has(name))).toEqual([]);
  });

  test("show every metric of the engine somewhere, and test every alert", () => {
    const named = new Set([...expressionsOfAlerts, ...expressionsOfPanels].flatMap(namesIn));
    const unseen = PULLED.map(({ name }) => name).filter((name) => !named.has(name));
    // How much a start had to read is for whoever measures a start.
    expect(unseen).toEqual(["seinpost_store_decoded_records"]);
    const tested = file("alerts.test.yml");
    const names = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!);
    expect(names.filter((name) => !tested.includes(name))).toEqual([]);
  });

  test("have panels that each have a number and a place of their own", () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const hidden = panels.filter((panel, at) => panels.slice(0, at).some((before) => overlap(before, panel)));
    expect(hidden.map(({ id }) => id)).toEqual([]);
  });

  const withPromtool = test.skipIf(!isInstalled("promtool"));

  withPromtool("are rules that Prometheus takes, and that fire when they should", () => {
    execFileSync("promtool", ["check", "rules", join(FOLDER, "alerts.yml")]);
    execFileSync("promtool", ["test", "rules", join(FOLDER, "alerts.test.yml")]);
  });

  withPromtool("are of expressions that Prometheus understands, in the dashboard too", () => {
    const rules = expressionsOfPanels.map((expr, index) => {
      return { record: `panel:${index}`, expr: expr.replaceAll("$job", "seinpost") };
    });
    const path = join(temporaryFolder(), "panels.yml");
    writeFileSync(path, JSON.stringify({ groups: [{ name: "panels", rules }] }));
    execFileSync("promtool", ["check", "rules", path]);
  });

  withPromtool("read metrics that are named as Prometheus wants them", async () => {
    const rig = await startRig();
    const { text } = await rig.send("GET", "/metrics");
    await rig.close();
    const checked = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
    expect([checked.status, checked.stderr]).toEqual([0, ""]);
  });
});

test("every metric has words of help, and at most one label", () => {
  for (const { name, help, label } of PULLED) {
    expect([name, help.length > 10, label === undefined || /^[a-z]+$/.test(label)]).toEqual([name, true, true]);
  }
  expect(new Metrics("1").contentType).toContain("text/plain");
});

test.skipIf(!isInstalled("nginx"))("the example for nginx is a configuration that nginx takes", () => {
  const folder = temporaryFolder();
  const key = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=seinpost.example", "-days", "2"];
  execFileSync("openssl", [...key, "-keyout", join(folder, "key.pem"), "-out", join(folder, "fullchain.pem")], {
    stdio: "ignore",
  });
  const server = file("nginx.conf").replaceAll("/etc/seinpost/tls", folder);
  writeFileSync(join(folder, "server.conf"), server);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((use) => `${use}_temp_path ${folder};`);
  const http = `access_log off; ${temporary.join(" ")} include ${folder}/server.conf;`;
  const whole = `pid ${folder}/pid; error_log stderr; events {} http { ${http} }`;
  writeFileSync(join(folder, "nginx.conf"), whole);
  const checked = spawnSync("nginx", ["-t", "-q", "-p", folder, "-c", join(folder, "nginx.conf")], {
    encoding: "utf8",
  });
  expect([checked.status, checked.stderr]).toEqual([0, ""]);
});
