/** `seinpost audit`: who did what, when, and to what, from the data folder; also while a service runs on it. */
import { Command, InvalidArgumentError, Option } from "commander";
import { Trail } from "../../engine/audit/trail.js";
import { openBeside } from "../../engine/store/opening/beside.js";
import { AuditQuery, type AuditRecord, DEEDS, type Deed } from "../../schemas/api/audit.js";
import { fail, ok, type Result } from "../../schemas/errors.js";
import { AUDIT } from "../../schemas/limits.js";
import { dataOption, report } from "./data.js";

const RECORDS = 50;

interface Options {
  readonly data: string;
  readonly count: number;
  readonly deed?: Deed;
  readonly key?: string;
  readonly json: boolean;
}

export function auditCommand(): Command {
  return new Command("audit")
    .description("who did what, when, and to what, the newest first; nothing personal")
    .addOption(dataOption())
    .option("--count <records>", "how many", count, RECORDS)
    .addOption(new Option("--deed <deed>", "of this kind alone").choices(DEEDS))
    .option("--key <id>", "by this API key alone")
    .option("--json", "a JSON object on each line", false)
    .action(async (options: Options) => {
      const done = await print(options);
      if (!done.ok) report(done.problem);
    });
}

async function print({ data, count, deed, key, json }: Options): Promise<Result<void>> {
  const asked = AuditQuery.safeParse({ deed, key });
  if (!asked.success) return fail("INVALID_FIELD", "there is no such key", "--key");
  const opened = await openBeside(data);
  if (!opened.ok) return opened;
  const store = opened.value;
  // One that an older program wrote has no such table.
  const records = store.names.includes("audit") ? newest(new Trail(store, Date.now), asked.data, count) : [];
  for (const record of records) process.stdout.write(`${json ? JSON.stringify(record) : line(record)}\n`);
  await store.close();
  return ok(undefined);
}

function* newest(trail: Trail, asked: AuditQuery, count: number): Generator<AuditRecord> {
  let left = count;
  for (let after: string | undefined; left > 0; ) {
    const page = trail.page({ ...asked, after, limit: Math.min(left, AUDIT.pageSize) });
    yield* page.records;
    left -= page.records.length;
    if (page.next === null) return;
    after = page.next;
  }
}

function line({ at, by, deed, on, refused }: AuditRecord): string {
  const who = by.kind === "key" ? `key ${by.id} (${by.name})` : by.kind;
  const what = Object.entries(on).map(([name, ids]) => ` ${name}=${[ids].flat().join(",")}`);
  return `${at}  ${deed}${what.join("")}  by ${who}${refused === null ? "" : `  refused: ${refused}`}`;
}

function count(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a number from 1 on.");
}
