/**
 * Commands on a data folder that are killed at any moment: what is there then is whole, as it was or as it is to be, or refused by
 * name; given again the command completes, or says by name that there is nothing left to do. Nobody is lost either way.
 */
import { cpSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { Trail } from "../../../engine/audit/trail.js";
import { backUp } from "../../../engine/backup/backup.js";
import { openDataFolder } from "../../../engine/registry/open.js";
import { ReplyStore, UNASSIGNED } from "../../../engine/replies/reply-store.js";
import { running } from "../../campaign/campaigns.js";
import { type Child, startNode } from "../../children.js";
import { exported, given, somePeople, withData, writeSample } from "../../engine/registry/samples.js";
import { seeded } from "../../random.js";
import { temporaryFolder } from "../../temp-folder.js";

const { size: KILLS, seed, again, tell } = running("cut-off");
const CHILD = new URL("./cut-off-child.js", import.meta.url);
/** A commit here takes about as long. */
const COMMIT_MS = 3;

/** What the folders begin with, and what is put into them. */
interface Given {
  /** People and a reply. */
  readonly filled: string;
  readonly backup: string;
  /** CSV of those people, and of others. */
  readonly people: string;
  readonly others: string;
}

interface Case {
  readonly name: string;
  /** Whether it begins with the filled folder, or with none. */
  readonly isFilled: boolean;
  args(given: Given, folder: string): string[];
  /** By which key what is there may be sealed: the second only once the command got through. */
  readonly keys: readonly ((folder: string) => string)[];
  /** What it refuses with when it is given again and had got through. */
  readonly refuses?: string;
}

const ownKey = (folder: string): string => `${folder}.kek`;
const newKey = (folder: string): string => `${folder}.new.kek`;
const rotate = (...flags: string[]): Case => ({
  name: ["keys rotate", ...flags].join(" "),
  isFilled: true,
  args: (_, folder) => ["keys", "rotate", "--data", folder, "--new-kek-file", newKey(folder), ...flags],
  keys: [ownKey, newKey],
});
const CASES: readonly Case[] = [
  rotate(),
  rotate("--data-keys"),
  {
    name: "registry import",
    isFilled: false,
    args: ({ people }, folder) => ["registry", "import", people, "--data", folder],
    keys: [ownKey],
    refuses: "REGISTRY_EXISTS",
  },
  {
    name: "registry import --replace",
    isFilled: true,
    args: ({ others }, folder) => ["registry", "import", others, "--replace", "--data", folder],
    keys: [ownKey],
  },
  {
    name: "restore",
    isFilled: false,
    args: ({ backup, filled }, folder) => ["restore", backup, "--data", folder, "--kek-file", ownKey(filled)],
    keys: [() => ownKey(base.filled)],
    refuses: "REGISTRY_EXISTS",
  },
];

let base: Given;

it(
  `what a command left that was killed is whole, and completed by the next, in ${KILLS} kills (${again})`,
  async () => {
    const random = seeded(seed);
    base = await prepare();
    const whole: Undisturbed[] = [];
    for (const each of CASES) whole.push(await undisturbed(each));
    const counts = { killed: 0, through: 0, before: 0 };
    for (let kill = 0; kill < KILLS; kill++) {
      const at = kill % CASES.length;
      const about = `kill ${kill}, ${CASES[at]!.name}, seed ${seed}`;
      const folder = begin(CASES[at]!);
      if (await cutOff(CASES[at]!, folder, whole[at]!, random)) counts.killed++;
      const there = await peopleIn(CASES[at]!, folder);
      // It is one of the two, and no mixture of them; nothing to read only where there was nothing.
      expect([whole[at]!.people, whole[at]!.before], about).toContain(there);
      if (there !== whole[at]!.people) counts.before++;
      const next = run(CASES[at]!, folder);
      const { code } = await next.ended;
      if (code !== 0) {
        expect([next.errors(), about]).toEqual([expect.stringContaining(CASES[at]!.refuses ?? "no refusal"), about]);
        counts.through++;
      }
      expect(await peopleIn(CASES[at]!, folder, CASES[at]!.keys.at(-1)!), about).toBe(whole[at]!.people);
      rmSync(dirname(folder), { recursive: true, force: true });
    }
    tell(
      `${KILLS} commands, ${counts.killed} of them killed: ${counts.before} left what was there before, the others what was to be; ` +
        `given again ${KILLS - counts.through} completed, ${counts.through} were refused as done, and everybody was there`,
    );
  },
  60_000 + KILLS * 20_000,
);

interface Undisturbed {
  readonly steps: number;
  readonly ms: number;
  /** The CSV, the texts of replies, and the deeds on record. */
  readonly people: string;
  /** Undefined where there was nothing. */
  readonly before: string | undefined;
}

async function undisturbed(each: Case): Promise<Undisturbed> {
  const folder = begin(each);
  const before = await peopleIn(each, folder);
  const child = run(each, folder);
  expect([(await child.ended).code, child.errors()]).toEqual([0, expect.any(String)]);
  const people = await peopleIn(each, folder, each.keys.at(-1)!);
  if (people === undefined) throw new Error(`${each.name} leaves nothing: ${child.errors()}`);
  const [, steps, , ms] = child.lines.at(-1)!.split(" ").map(Number) as [number, number, number, number];
  return { steps, ms, people, before };
}

/** Half of them at a step, half at a time. True if it had not ended by then. */
async function cutOff(each: Case, folder: string, whole: Undisturbed, random: () => number): Promise<boolean> {
  const isAtStep = random() < 0.5;
  const [step, delay] = [1 + Math.floor(random() * whole.steps), Math.floor(random() * COMMIT_MS)];
  const afterMs = random() * whole.ms;
  const kill = (line: string): void => {
    if (!isAtStep && line === "begun") setTimeout(() => child.process.kill("SIGKILL"), afterMs);
  };
  const child = run(each, folder, isAtStep ? step : 0, delay, kill);
  return (await child.ended).signal === "SIGKILL";
}

function run(each: Case, folder: string, killAt = 0, delayMs = 0, onLine: (line: string) => void = () => {}): Child {
  return startNode(CHILD, [String(killAt), String(delayMs), ...each.args(base, folder)], { onLine });
}

function begin({ isFilled }: Case): string {
  const folder = join(dirname(temporaryFolder()), "of-a-command");
  if (isFilled) {
    cpSync(base.filled, folder, { recursive: true, filter: withoutReaders });
    cpSync(ownKey(base.filled), ownKey(folder));
  }
  return folder;
}

/** LMDB's table of readers belongs to the processes that have the store open. */
const withoutReaders = (source: string): boolean => !source.endsWith("-lock");

/**
 * Everybody and every reply, and which deeds are on record, by the key that opens; undefined where there is no registry to read. Looks at a copy, for who opens a
 * folder ends what was begun in it.
 */
async function peopleIn(each: Case, original: string, ...keys: readonly ((folder: string) => string)[]) {
  if (!existsSync(original)) return undefined;
  const folder = `${original}-looked-at`;
  rmSync(folder, { recursive: true, force: true });
  cpSync(original, folder, { recursive: true, filter: withoutReaders });
  for (const key of keys.length > 0 ? keys : each.keys) {
    const kekFile = key(original);
    const opened = existsSync(kekFile) ? openDataFolder(folder, { kekFile }) : undefined;
    if (!opened?.ok) continue;
    const { store, vault } = opened.value;
    const { replies, unreadable } = new ReplyStore(store, vault).page(UNASSIGNED, 0, 100);
    const deeds = new Set(new Trail(store, Date.now).page({}).records.map(({ deed }) => deed));
    await store.close();
    const csv = await exported(folder, { kekFile }).catch((error: Error) => error);
    if (csv instanceof Error) {
      expect(csv.message).toContain("REGISTRY_MISSING");
      return undefined;
    }
    return JSON.stringify([csv.bytes.toString(), replies, unreadable, ...deeds]);
  }
  return undefined;
}

async function prepare(): Promise<Given> {
  const filled = temporaryFolder();
  // One of five has switched SMS off, which no import may undo.
  const people = somePeople(600).map((person, at) => ({ ...person, status: at % 5 === 0 ? 0x10 : 0 }));
  await writeSample(filled, people);
  await withData(filled, async ({ store, vault }) => {
    const reply = { receivedAtMs: 0, channel: "sms", text: "ik zag hem", missing: 0 } as const;
    given(
      await store.commit(() => {
        new ReplyStore(store, vault).put(UNASSIGNED, 1, reply);
        vault.write();
      }),
    );
  });
  const folder = dirname(filled);
  const others = temporaryFolder();
  await writeSample(others, somePeople(900));
  const files = { people: join(folder, "people.csv"), others: join(folder, "others.csv") };
  writeFileSync(files.people, (await exported(filled)).bytes);
  writeFileSync(files.others, (await exported(others)).bytes);
  given(await backUp(filled, join(folder, "backup")));
  return { filled, backup: join(folder, "backup"), ...files };
}
