/**
 * self.oracle: what the time of an answer tells a stranger about who is registered. Codes are asked for, to contacts that somebody
 * in the registry has and to contacts that nobody has, in random order, each from another client address; behind each request
 * comes a row of others that have nothing to do with it, until whatever it set going should be over. `.sms` goes by SMS to numbers,
 * `.mail` by mail to addresses, which a server in a process of its own takes.
 *
 * Each figure is an AUC: the chance that of a known and an unknown number, taken at random, the known one is told by the
 * longer (or always the shorter) time; 0.5 is a coin. `.answer` goes by the time of the answer itself, `.next` by that of the
 * answer after it, `.later` by the longest of all that follow; `self.oracle.sms` is the worst of the first two.
 */
import { Pool } from "undici";
import { type DataFolder, withRegistry } from "../engine/registry/open.js";
import type { RegistryRecord } from "../engine/registry/record/record.js";
import { scanBlocks } from "../engine/registry/record/scan.js";
import { Random } from "../loadtest/registry/random.js";
import { ok, type Result } from "../schemas/errors.js";
import { rounded } from "./measure.js";
import { giveMails, mailOf, startMailSink } from "./oracle-mail.js";
import { alone, type BenchOptions, type Report } from "./report.js";
import { startRig } from "./rig.js";

const TINY_SAMPLES = 40;
const WARM_UPS = 400;
/** How long answers are looked at after a request: the code of this one has been dealt with by then. */
const AFTER_MS = 24;
/**
 * Numbers that nobody has, of the series of those whom the generator makes first: of another one, their digits alone would take
 * another time to read. Drawn behind all places that a registry of five million takes of it.
 */
const SERIES = 31_690_000_000;
const IN_SERIES = 10_000_000;
const FREE_FROM = 5_000_000;
/** As the generator puts them. */
const NUMBER_STEP = 7_654_321;
const SEED = 20_261_130;

interface Sample {
  readonly isKnown: boolean;
  readonly answerMs: number;
  readonly nextMs: number;
  readonly laterMs: number;
}

/** Its figures, and the word of the API by which each asks. */
const KINDS = { "self.oracle.sms": "number", "self.oracle.mail": "mail" } as const;

export async function run(
  folder: string,
  report: Report,
  { tiny, samples: asked, wants }: BenchOptions,
): Promise<void> {
  const count = tiny ? TINY_SAMPLES : asked;
  const known = { number: await numbersIn(folder, count), mail: await giveMails(folder, count) };
  const mails = await startMailSink();
  const environment = { ...mails.environment, SEINPOST_TRUSTED_PROXY: "127.0.0.1" };
  const rig = await startRig(folder, 1, {}, environment);
  try {
    for (const [figure, kind] of Object.entries(KINDS)) {
      if (!wants(figure)) continue;
      const prober = new Prober(rig.engine.port, kind, known[kind]);
      for (let at = 0; at < (tiny ? 4 : WARM_UPS); at++) await prober.sample(at);
      const samples: Sample[] = [];
      for (let at = 0; at < count; at++) samples.push(await prober.sample(at));
      await prober.close();
      tell(figure, samples, report);
    }
  } finally {
    await rig.close();
    mails.close();
  }
}

function tell(figure: string, samples: readonly Sample[], report: Report): void {
  const of = (time: (sample: Sample) => number): number => {
    const times = (isKnown: boolean) => samples.filter((each) => each.isKnown === isKnown).map(time);
    return aucOf(times(true), times(false));
  };
  const [answer, next, later] = [of((s) => s.answerMs), of((s) => s.nextMs), of((s) => s.laterMs)];
  const figures = { "": Math.max(answer, next), ".answer": answer, ".next": next, ".later": later };
  for (const [name, auc] of Object.entries(figures)) {
    report({ ...alone(`${figure}${name}`, rounded(auc), "AUC"), runs: samples.length });
  }
}

class Prober {
  readonly #pool: Pool;
  readonly #random = new Random();
  readonly #kind: "number" | "mail";
  readonly #known: readonly string[];

  constructor(port: number, kind: "number" | "mail", known: readonly string[]) {
    this.#kind = kind;
    this.#known = known;
    this.#random.start(SEED, 0);
    this.#pool = new Pool(`http://127.0.0.1:${port}`, { connections: 1, pipelining: 1 });
  }

  async sample(at: number): Promise<Sample> {
    const isKnown = this.#random.chance(0.5);
    const contact = isKnown ? this.#known[at % this.#known.length]! : this.#nobodys();
    const answerMs = await this.#time(() => this.#askCode(contact));
    const untilMs = performance.now() + AFTER_MS;
    const nextMs = await this.#time(() => this.#askNothing());
    let laterMs = nextMs;
    while (performance.now() < untilMs) laterMs = Math.max(laterMs, await this.#time(() => this.#askNothing()));
    return { isKnown, answerMs, nextMs, laterMs };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #nobodys(): string {
    const drawn = this.#upTo(1_000_000);
    const place = ((FREE_FROM + drawn) * NUMBER_STEP) % IN_SERIES;
    return this.#kind === "number" ? `+${SERIES + place}` : mailOf(FREE_FROM + drawn);
  }

  #upTo(limit: number): number {
    return Math.floor(this.#random.next() * limit);
  }

  async #time(ask: () => Promise<void>): Promise<number> {
    const fromMs = performance.now();
    await ask();
    return performance.now() - fromMs;
  }

  /** From an address, of a network, that has asked for nothing yet. */
  async #askCode(contact: string): Promise<void> {
    const [a, b, c] = [1 + this.#upTo(100), this.#upTo(256), this.#upTo(256)];
    const { statusCode, body } = await this.#pool.request({
      method: "POST",
      path: "/v1/self/codes",
      headers: { "content-type": "application/json", "x-forwarded-for": `${a}.${b}.${c}.1` },
      body: JSON.stringify({ [this.#kind]: contact }),
    });
    const text = await body.text();
    if (statusCode !== 202) throw new Error(`a code was answered ${statusCode}: ${text}`);
  }

  async #askNothing(): Promise<void> {
    const { body } = await this.#pool.request({ method: "GET", path: "/healthz" });
    await body.text();
  }
}

/** The chance that one of `a` is above one of `b`, or below where that is greater; equal ones count half. */
function aucOf(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((value) => ({ value, first: true })), ...b.map((value) => ({ value, first: false }))];
  all.sort((one, other) => one.value - other.value);
  let rankSum = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]!.value === all[from]!.value) to++;
    for (let at = from; at < to; at++) if (all[at]!.first) rankSum += (from + to + 1) / 2;
    from = to;
  }
  const share = (rankSum - (a.length * (a.length + 1)) / 2) / (a.length * b.length);
  return Math.max(share, 1 - share);
}

/** Dutch numbers of the first participants. */
async function numbersIn(folder: string, count: number): Promise<string[]> {
  const numbers: string[] = [];
  const read = (opened: DataFolder & { readonly record: RegistryRecord }): Result<void> => {
    for (const block of scanBlocks(opened, opened.record)) {
      if (!block.ok) return block;
      const { rows } = block.value;
      for (let at = 0; at < rows.participantCount && numbers.length < count; at++) {
        if (String(rows.numbers[at]).startsWith("316")) numbers.push(`+${rows.numbers[at]}`);
      }
      if (numbers.length >= count) break;
    }
    return ok(undefined);
  };
  const done = await withRegistry(folder, {}, read);
  if (!done.ok) throw new Error(done.problem.detail);
  return numbers;
}
