import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { BenchLine } from "../../bench/report.js";

const MAIN = fileURLToPath(new URL("../../bench/main.js", import.meta.url));

async function bench(...words: string[]): Promise<BenchLine[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, "--json", ...words]);
  return stdout
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text) as BenchLine);
}

it("every benchmark of the whole service still works, and says what it was asked for", async () => {
  const names = [
    "submit.rate",
    "submit.throttled",
    "submit.limitUsed",
    "start.ready",
    "nationwide.total",
    "memory.rss",
    "firstSubmit.idle",
    "firstSubmit.busy",
    "firstSubmit.floor",
  ];
  const lines = await bench("--tiny", "--participants", "20000", ...names);
  const also = ["submit.rate.peer", "submit.rate.ratio"];
  expect(lines.map(({ name }) => name)).toEqual([names[0], ...also, ...names.slice(1), "firstSubmit.floor.own"]);
  for (const line of lines) {
    expect(Object.keys(line)).toEqual(expect.arrayContaining(["name", "value", "unit", "p50", "p99", "peer", "ratio"]));
    // Of a short run nothing may be throttled.
    if (line.name !== "submit.throttled") expect(line.value).toBeGreaterThan(0);
  }
  const of = (name: string): BenchLine => lines.find((line) => line.name === name)!;
  const [idle, floor, own] = [of("firstSubmit.idle"), of("firstSubmit.floor"), of("firstSubmit.floor.own")];
  expect(own.runs).toBe(idle.runs);
  expect((floor.p50! * own.p50!) / idle.p50!).toBeCloseTo(1, 1);
  expect((floor.p99! * own.p99!) / idle.p99!).toBeCloseTo(1, 1);
  const [submit, peer, ratio] = lines;
  expect([submit!.peer, submit!.ratio]).toEqual([peer!.value, ratio!.value]);
  expect(submit!.ratio).toBeCloseTo(submit!.value! / submit!.peer!, 0);
});

it("submit.first measures a carrier that nobody has sent to", async () => {
  const lines = await bench("--tiny", "submit.first");
  expect(lines.map(({ name }) => name)).toEqual([
    "submit.first.fixed.200",
    "submit.first.fixed.200.most",
    "submit.first",
    "submit.first.most",
  ]);
  expect(lines.at(-1)?.value).toBeGreaterThanOrEqual(1);
});

it("scale.16m holds ten times the people against one time", async () => {
  const lines = await bench("--tiny", "--participants", "2000", "scale.16m");
  expect(lines.at(-1)?.name).toBe("scale.16m");
  // A bare copy is no part of it.
  const parts = lines.slice(0, -1).filter(({ name }) => !name.endsWith("geometry.copy"));
  const times = parts.map(({ ratio }) => ratio!);
  expect(times.length).toBeGreaterThan(5);
  expect(lines.at(-1)?.value).toBe(Math.max(...times));
});

it("urgent.underLoad sends alarms while others flood, and loses none", async () => {
  const lines = await bench("--tiny", "--participants", "20000", "urgent.underLoad");
  const value = (name: string): number => lines.find((line) => line.name === `urgent.underLoad${name}`)!.value!;
  expect(value(".alarms")).toBeGreaterThan(1);
  expect(value(".lost")).toBe(0);
  for (const name of ["", ".idle", ".times", ".previews", ".actions"]) expect(value(name)).toBeGreaterThan(0);
});

it("live.moves moves phones both ways", async () => {
  const lines = await bench("--tiny", "--participants", "20000", "live.moves");
  const names = ["live.moves", "live.moves.cpu", "live.moves.batch", "live.moves.batch.cpu", "live.moves.preview"];
  expect(lines.map(({ name }) => name)).toEqual([...names, "live.moves.late", "live.moves.rss"]);
  for (const { value } of lines.slice(0, -1)) expect(value).toBeGreaterThan(0);
});

it("self.oracle tells how well times tell who takes part", async () => {
  const lines = await bench("--tiny", "--participants", "20000", "self.oracle");
  expect(lines.map(({ name }) => name)).toEqual([
    "self.oracle.sms",
    "self.oracle.sms.answer",
    "self.oracle.sms.next",
    "self.oracle.sms.later",
    "self.oracle.mail",
    "self.oracle.mail.answer",
    "self.oracle.mail.next",
    "self.oracle.mail.later",
  ]);
  for (const { value } of lines) expect(value).toBeGreaterThanOrEqual(0.5);
});

it("keys.lookups looks participants up with and without a key and a record", async () => {
  const [lookups] = await bench("--tiny", "--participants", "20000", "keys.lookups");
  expect(lookups).toMatchObject({ name: "keys.lookups", unit: "/s" });
  expect(lookups!.value).toBeGreaterThan(0);
  expect(lookups!.peer).toBeGreaterThan(0);
});

it("console.count counts as the dispatcher's page asks for it", async () => {
  const [counted] = await bench("--tiny", "--participants", "20000", "console.count");
  expect(counted).toMatchObject({ name: "console.count", unit: "ms" });
  expect(counted!.value).toBeGreaterThan(0);
});

it("what follows a first wave is measured: an update, a ring, and late arrivals while phones move", async () => {
  const names = ["update.first", "ring.step", "live.arrivals"];
  const lines = await bench("--tiny", "--participants", "20000", ...names);
  expect(lines.map(({ name }) => name)).toEqual([...names, "live.arrivals.share"]);
  for (const { value } of lines) expect(value).toBeGreaterThan(0);
  expect(lines.at(-1)!.value).toBeLessThanOrEqual(1);
});

it("media.200 and media.page bring photos in beside alarms, and show them while everybody is told", async () => {
  const names = [
    "media.200",
    "media.200.answered",
    "media.200.read",
    "media.200.firstSubmit.idle",
    "media.200.firstSubmit",
  ];
  const lines = await bench("--tiny", "--participants", "20000", "media.200", "media.page");
  expect(lines.map(({ name }) => name)).toEqual([...names, "media.page", "media.page.p99", "media.page.sent"]);
  for (const { value } of lines) expect(value).toBeGreaterThan(0);
});

it("a name that no benchmark has is refused", async () => {
  await expect(bench("nationwide.speed")).rejects.toThrow("there is no benchmark nationwide.speed");
});
