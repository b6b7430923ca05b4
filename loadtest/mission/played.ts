/** One example as a control room plays it: preview, send, read what comes back, correct the description, end with thanks. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ReplyPage } from "../../schemas/api/action/reply.js";
import type { Action, Preview } from "../../schemas/api/api.js";
import { LOADTEST } from "../../schemas/limits.js";
import type { SimulatorProcess } from "../carrier/process.js";
import type { EngineProcess } from "../engine-process.js";
import type { Example } from "./examples.js";
import { at, count, toldBefore, toldEnded, toldSent } from "./told.js";

export class Played {
  readonly #engine: EngineProcess;
  readonly #carrier: SimulatorProcess;
  readonly #example: Example;

  constructor(engine: EngineProcess, carrier: SimulatorProcess, example: Example) {
    this.#engine = engine;
    this.#carrier = carrier;
    this.#example = example;
  }

  /** Rejects where the service refuses something, or somebody was lost on the way. */
  async play(): Promise<void> {
    const { title, asked, tips, end } = this.#example;
    say("", title, ...toldBefore(asked, await this.#ask<Preview>("/v1/previews", asked)));
    const before = (await this.#carrier.log()).length;
    const { id } = await this.#ask<Action>("/v1/actions", { ...asked, dispatch: true });
    const sent = await this.#engine.until(id, ({ status }) => status === "sent");
    const [wave] = sent.waves;
    say(toldSent(sent, wave!));
    // A part each, and before them what the carrier was still given of the example before, such as the confirmation of a STOP.
    const numbers = Float64Array.from(new Set((await this.#carrier.log()).numbers.slice(before))).reverse();
    if (numbers.length < wave!.recipients) throw new Error("the carrier was not given everybody");

    await this.#listen(id, numbers, tips);
    await this.#correct(id, numbers.subarray(tips.length));
    const { body } = await this.#engine.request<Action>("POST", `/v1/actions/${id}/end`, end);
    const ended = await this.#engine.until(body.id, ({ status }) => status === "ended");
    say(toldEnded(ended, ended.waves.at(-1)!));
  }

  /** Citizens send their tips, each from another number, and they are read as a control room reads them. */
  async #listen(id: string, numbers: Float64Array, tips: readonly string[]): Promise<void> {
    const seen = (await this.#replies(id)).replies.length;
    for (const [nth, text] of tips.entries()) await this.#carrier.deliver({ from: String(numbers[nth]), text });
    // STOP is no reply: who sends it is asked no more.
    const expected = seen + tips.filter((tip) => tip !== "STOP").length;
    const untilMs = performance.now() + LOADTEST.stuckMs;
    let page = await this.#replies(id);
    while (page.replies.length < expected) {
      if (performance.now() > untilMs) throw new Error("what citizens sent back did not come in");
      await sleep(20);
      page = await this.#replies(id);
    }
    for (const { text, receivedAt } of page.replies.slice(seen)) say(at(receivedAt, `somebody answers: ${text}`));
    if (tips.includes("STOP")) say(at(null, "somebody answers STOP, and is asked no more"));
  }

  /** The corrected description, to exactly those who had the first. */
  async #correct(id: string, others: Float64Array): Promise<void> {
    const { correction, laterTips = [] } = this.#example;
    if (correction === undefined) return;
    const { status } = await this.#engine.request("POST", `/v1/actions/${id}/updates`, {
      fields: { news: correction },
    });
    if (status !== 200) throw new Error(`the correction was answered ${status}`);
    const told = await this.#engine.until(id, ({ waves }) => {
      return waves.some(({ kind, acknowledgedAt }) => kind === "update" && acknowledgedAt !== null);
    });
    const wave = told.waves.find(({ kind }) => kind === "update");
    say(at(wave!.startedAt, `corrected for the ${count(wave!.recipients)} who were asked: ${wave!.text}`));
    await this.#listen(id, others, laterTips);
  }

  async #replies(id: string): Promise<ReplyPage> {
    return (await this.#engine.request<ReplyPage>("GET", `/v1/actions/${id}/replies`)).body;
  }

  async #ask<T>(path: string, body: object): Promise<T> {
    const answer = await this.#engine.request<T>("POST", path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
}

function say(...lines: string[]): void {
  for (const line of lines) console.log(line);
}
