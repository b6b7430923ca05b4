/** One example as a control room plays it: photo, preview, send, read what comes back, correct the description, end with thanks. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ReplyPage } from "../../schemas/api/action/reply.js";
import type { Action, Preview } from "../../schemas/api/api.js";
import { LOADTEST } from "../../schemas/limits.js";
import type { SimulatorProcess } from "../carrier/process.js";
import type { EngineProcess } from "../engine-process.js";
import type { Example } from "./examples.js";
import { PlayedPhotos } from "./photos.js";
import { at, count, say, toldBefore, toldEnded, toldSent } from "./told.js";

export class Played {
  readonly #engine: EngineProcess;
  readonly #carrier: SimulatorProcess;
  readonly #example: Example;
  readonly #photos: PlayedPhotos | undefined;

  constructor(engine: EngineProcess, carrier: SimulatorProcess, example: Example) {
    this.#engine = engine;
    this.#carrier = carrier;
    this.#example = example;
    this.#photos = example.photos && new PlayedPhotos(engine, carrier, example.photos);
  }

  /** Rejects where the service refuses something, or somebody was lost on the way. */
  async play(): Promise<void> {
    const { title, tips, end } = this.#example;
    say("", title);
    const id = await this.#draft();
    const before = (await this.#carrier.log()).length;
    await this.#ask<Action>(`/v1/actions/${id}/dispatch`);
    const sent = await this.#engine.until(id, ({ status }) => status === "sent");
    const [wave] = sent.waves;
    say(toldSent(sent, wave!));
    // A part each, and before them what the carrier was still given of the example before, such as the confirmation of a STOP.
    const numbers = Float64Array.from(new Set((await this.#carrier.log()).numbers.slice(before))).reverse();
    if (numbers.length < wave!.recipients) throw new Error("the carrier was not given everybody");

    await this.#listen(id, numbers, tips);
    await this.#correct(id, numbers.subarray(tips.length));
    await this.#photos?.comesBack(id);
    const { body } = await this.#engine.request<Action>("POST", `/v1/actions/${id}/end`, end);
    const ended = await this.#engine.until(body.id, ({ status }) => status === "ended");
    say(toldEnded(ended, ended.waves.at(-1)!));
  }

  /** What is to be sent, with what it would come to; with a photo, where somebody has sent one. Gives its id. */
  async #draft(): Promise<string> {
    const { asked, photos } = this.#example;
    const { id } = await this.#ask<Action>("/v1/actions", asked);
    if (photos === undefined || this.#photos === undefined) {
      say(...toldBefore(asked, await this.#ask<Preview>("/v1/previews", asked)));
      return id;
    }
    const url = await this.#photos.fromCaller(id);
    const field = asked.fields![photos.field]!;
    const linked = Object.entries(field).map(([language, text]) => [language, `${text}, ${url}`]);
    const fields = { ...asked.fields, [photos.field]: Object.fromEntries(linked) };
    await this.#ask(`/v1/actions/${id}`, { fields }, "PATCH");
    say(...toldBefore({ ...asked, fields }, await this.#ask<Preview>("/v1/previews", { ...asked, fields })));
    return id;
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
    // The tip that it comes of is marked in the same call.
    const tip = (await this.#replies(id)).replies.find(({ text }) => text === correction.tip)!;
    await this.#ask(`/v1/actions/${id}/updates`, { fields: { news: correction.news }, reply: tip.sequence });
    const told = await this.#engine.until(id, ({ waves }) => {
      return waves.some(({ kind, acknowledgedAt }) => kind === "update" && acknowledgedAt !== null);
    });
    const wave = told.waves.find(({ kind }) => kind === "update");
    const { mark } = (await this.#replies(id)).replies.find(({ sequence }) => sequence === tip.sequence)!;
    say(at(null, `that tip is ${mark}, and becomes an update in one call`));
    say(at(wave!.startedAt, `corrected for the ${count(wave!.recipients)} who were asked: ${wave!.text}`));
    await this.#listen(id, others, laterTips);
  }

  async #replies(id: string): Promise<ReplyPage> {
    return (await this.#engine.request<ReplyPage>("GET", `/v1/actions/${id}/replies`)).body;
  }

  async #ask<T>(path: string, body?: object, method: "POST" | "PATCH" = "POST"): Promise<T> {
    const answer = await this.#engine.request<T>(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
}
