/**
 * Fills the disk of a running service, right before the nth commit and at the nth byte, in every phase of an action and of a start,
 * with both settings of `onUnknown`, with kills meanwhile and with the log on the same disk. Where the store has room of its own
 * (engine/store/reserve.ts) everybody is sent to all the same. Where it has none, the carriers' own logs show that nobody was
 * lost, that who may have got a message twice is flagged, that nobody got more copies than may be, that nothing was granted
 * while the disk was full, and that it was said by name.
 */
import { randomUUID } from "node:crypto";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Action } from "../../../schemas/api/api.js";
import { STORE } from "../../../schemas/limits.js";
import type { UnknownPolicy } from "../../../schemas/words.js";
import { running } from "../../campaign/campaigns.js";
import { seeded } from "../../random.js";
import { EVERYWHERE } from "../../service/whole.js";
import type { Answer } from "../supervised.js";
import { Accounts } from "./disk-accounts.js";
import { DiskBench } from "./disk-bench.js";
import { DONE, type FillPlan } from "./fill-at-commit.js";

const { size, seed, again, tell } = running("disk");
const EXIT_NOT_NOW = 75;
const MEGABYTE = 1_048_576;

it.each([
  ["room of its own", true, Math.floor(size / 3)],
  ["none", false, size - Math.floor(size / 3)],
])(
  `keeps to what it promises on a full disk, with %s (${again})`,
  async (name, hasRoom, fills) => {
    const bench = await DiskBench.start(hasRoom, seeded(seed + 1));
    if (bench === undefined) return console.log("skipped: no file system can be mounted here (unshare --user --mount)");
    const run = new Run(bench, hasRoom);
    for (let fill = 0; fill < fills; fill++) await run.action(fill);
    await run.untilReady();
    await run.accounts.settle();
    tell(`with ${name}: ${fills} times full${run.report()}`);
  },
  size * 120_000,
);

class Run {
  readonly accounts: Accounts;
  #kills = 0;
  #atStart = 0;
  #onlyNearly = 0;
  readonly #random = seeded(seed);
  readonly #bench: DiskBench;
  readonly #hasRoom: boolean;

  constructor(bench: DiskBench, hasRoom: boolean) {
    this.#bench = bench;
    this.#hasRoom = hasRoom;
    this.accounts = new Accounts(bench, hasRoom);
  }

  /** One action, with a disk that gets full somewhere between its request and its last receipt. */
  async action(fill: number): Promise<void> {
    const text = `Burgernet. D${String(fill).padStart(3, "0")}`;
    const onUnknown = this.#random() < 0.5 ? "resend" : "hold";
    await this.untilReady();
    this.#bench.service.forgive();
    await this.#bench.vary(this.#random);
    const draw = this.#random();
    if (draw < 0.3) this.#arm(this.#below(6));
    const creating = this.#create(text, onUnknown);
    if (draw >= 0.3) {
      await this.#untilAbout(await creating, this.#random() * 0.8);
      this.#arm(this.#below(draw < 0.8 ? 12 : 4));
      if (draw >= 0.8) await this.#kill();
    }
    if (draw >= 0.8) this.#atStart++;
    await this.#untilFull();
    this.accounts.full();
    if (this.#hasRoom) await this.#killSometimes(2);
    else await this.#whileFull(text);
    if (this.#hasRoom) await this.#untilSent((await creating).id, text);
    await this.accounts.beforeRoom();
    this.#bench.disk.free();
    await this.#untilSent((await creating).id, text);
    this.accounts.note(text, onUnknown);
  }

  #create(text: string, onUnknown: UnknownPolicy): Promise<Action> {
    const key = randomUUID();
    const created = this.#bench.service.until(
      () => this.#bench.service.ask<Action>("POST", "/v1/actions", { ...REQUEST, text, onUnknown }, key),
      ({ status, body }) => {
        if (status !== 201) expect(JSON.stringify(body)).toMatch(/DISK_FULL|NOT_READY|IDEMPOTENCY_KEY_IN_USE/);
        return status === 201;
      },
      `"${text}" is accepted`,
    );
    // It is awaited after much else.
    created.catch(() => undefined);
    return created.then(({ body }) => body);
  }

  async #action(id: string): Promise<Action | undefined> {
    const answer = await this.#bench.service.ask<Action>("GET", `/v1/actions/${id}`);
    return answer?.status === 200 ? answer.body : undefined;
  }

  async #untilSent(id: string, text: string): Promise<void> {
    const isSent = ({ status }: Action): boolean => status === "sent";
    await this.#bench.service.until(() => this.#action(id), isSent, `"${text}" is sent`);
  }

  #untilAbout({ id }: Action, part: number): Promise<Action> {
    const done = ({ waves: [wave], status }: Action): boolean =>
      status === "sent" || (wave !== undefined && wave.counts.pending < (1 - part) * wave.recipients);
    return this.#bench.service.until(() => this.#action(id), done, "a part of it is sent");
  }

  /** Some fills leave so much that the disk gets full in the middle of a commit, or is only too full to grant. */
  #arm(commits: number): void {
    const draw = this.#random();
    const most = draw < 0.4 ? 0 : draw < 0.8 ? MEGABYTE : STORE.reserveBytes / 2;
    if (most > MEGABYTE) this.#onlyNearly++;
    const plan: FillPlan = { ballast: this.#bench.disk.ballast, commits, leaveBytes: this.#below(most + 1) };
    writeFileSync(`${this.#bench.plan}.new`, JSON.stringify(plan));
    renameSync(`${this.#bench.plan}.new`, this.#bench.plan);
  }

  async #untilFull(): Promise<void> {
    const done = `${this.#bench.plan}${DONE}`;
    while (!existsSync(done)) await sleep(2);
    rmSync(done);
  }

  async #killSometimes(below: number): Promise<void> {
    for (let kills = this.#below(below); kills > 0; kills--) {
      await sleep(this.#random() * 400);
      await this.#kill();
    }
  }

  async #kill(): Promise<void> {
    this.#kills++;
    await this.#bench.service.kill();
  }

  /** It is said, by whoever answers or by whoever ends; nothing is accepted, and nothing granted. */
  async #whileFull(text: string): Promise<void> {
    await this.#untilSaid();
    const before = await this.#pending(text);
    await this.#killSometimes(3);
    await this.#untilSaid();
    const request = { ...REQUEST, text: "Burgernet. Nobody gets this." };
    const refused = await this.#bench.service.ask<{ code: string }>("POST", "/v1/actions", request);
    if (refused !== undefined) expect([refused.status, refused.body.code]).toEqual([503, "DISK_FULL"]);
    await sleep(this.#random() * 600);
    const after = await this.#pending(text);
    if (before !== undefined && after !== undefined)
      expect(after, `not granted yet of "${text}"`).toBeGreaterThanOrEqual(before);
  }

  async #untilSaid(): Promise<void> {
    const { service } = this.#bench;
    const known = service.ends.length;
    const isSaid = ({ body }: Answer<Said>): boolean => body.detail?.includes("DISK_FULL") ?? false;
    const ask = async (): Promise<Answer<Said> | undefined> => {
      const refused = service.ends.slice(known).filter(({ code }) => code === EXIT_NOT_NOW);
      const answer = await service.ask<Said>("GET", "/readyz");
      return answer ?? (refused.length > 1 ? { status: 0, body: { detail: "DISK_FULL" } } : undefined);
    };
    await service.until(ask, isSaid, "DISK_FULL is said");
  }

  /** Of the newest action, if it has begun: how many were never granted. */
  async #pending(text: string): Promise<number | undefined> {
    const answer = await this.#bench.service.ask<{ actions: Action[] }>("GET", "/v1/actions?limit=1");
    const [newest] = answer?.status === 200 ? answer.body.actions : [];
    return newest?.text === text ? newest.waves[0]?.counts.pending : undefined;
  }

  async untilReady(): Promise<void> {
    const { service } = this.#bench;
    await service.until(
      () => service.ask("GET", "/readyz"),
      ({ status }) => status === 200,
      "it is ready",
    );
  }

  report(): string {
    return `, ${this.#onlyNearly} of them only too full to grant, ${this.#atStart} during a start, ${this.#kills} kills; ${this.accounts.report()}`;
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }
}

const REQUEST = { area: EVERYWHERE, dispatch: true };
interface Said {
  readonly detail?: string;
}
