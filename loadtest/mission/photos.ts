/**
 * The photos of an example: one of somebody who phones before there is an action, by a link that counts once, which goes out with the
 * action with the number plate made unreadable; and one that comes back by the action's page, with an answer for whoever sent it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { MediaList, MediaView } from "../../schemas/api/action/media.js";
import type { PageLink } from "../../schemas/api/action/page.js";
import type { Reply, ReplyPage } from "../../schemas/api/action/reply.js";
import { LOADTEST } from "../../schemas/limits.js";
import type { SimulatorProcess } from "../carrier/process.js";
import type { EngineProcess } from "../engine-process.js";
import { Citizen, nameIn, PLATE, scooterPhoto } from "./citizen.js";
import type { Photos } from "./examples.js";
import { at, kilobytes, say } from "./told.js";

/** Of nobody: whoever phones is on the telephone with the control room, which knows their number. */
const CALLER = "+31612345678";

export class PlayedPhotos {
  readonly #engine: EngineProcess;
  readonly #carrier: SimulatorProcess;
  readonly #photos: Photos;
  readonly #citizen: Citizen;
  #page: PageLink | undefined;

  constructor(engine: EngineProcess, carrier: SimulatorProcess, photos: Photos) {
    this.#engine = engine;
    this.#carrier = carrier;
    this.#photos = photos;
    this.#citizen = new Citizen(engine.port);
  }

  /** A draft gets a photo of somebody who phones; gives the address of its page. */
  async fromCaller(id: string): Promise<string> {
    say(at(null, `somebody phones: ${this.#photos.call}`));
    await this.#done("POST", `/v1/actions/${id}/uploads`, { number: CALLER });
    const sms = await this.#smsToCaller();
    say(at(null, `they are sent a link that counts once: ${sms}`));
    const photo = await scooterPhoto();
    await this.#citizen.upload(nameIn(sms, "u")!, photo);
    const kept = await this.#read(id, 0);
    say(
      at(
        kept.receivedAt,
        `their photo is in, ${kilobytes(kept.bytes)} with where it was taken; as it came it is evidence, sealed`,
      ),
    );
    const path = `/v1/actions/${id}/media/${kept.media}`;
    await this.#done("PATCH", path, { out: true, blurs: [PLATE] });
    this.#page = await this.#done<PageLink>("POST", `/v1/actions/${id}/page`);
    say(at(null, `it goes out with the action, the number plate made unreadable, on ${this.#page.url}`));
    return this.#page.url;
  }

  /** Somebody who was asked opens the page and replies there with a photo; they read what the control room answers. */
  async comesBack(id: string): Promise<void> {
    const { reply: text, answer } = this.#photos;
    const link = nameIn(this.#page!.url, "a")!;
    const { page, bytes } = await this.#citizen.look(link);
    say(at(null, `somebody opens the page and sees ${page.media.length} photo of ${kilobytes(bytes)}`));
    const code = await this.#citizen.reply(link, text, await scooterPhoto());
    const reply = await this.#reply(id, text);
    const { bytes: came } = await this.#read(id, reply.sequence);
    say(at(reply.receivedAt, `somebody answers by the page, with a photo of ${kilobytes(came)}: ${text}`));
    const said = `/v1/actions/${id}/replies/${reply.sequence}`;
    await this.#done("PUT", `${said}/mark`, { mark: "success" });
    await this.#done("POST", `${said}/answers`, { text: answer });
    const { answers } = await this.#citizen.own(code);
    say(
      at(
        null,
        `it is marked as what led to success; nobody knows who sent it, and by a code they read: ${answers[0]!.text}`,
      ),
    );
  }

  async #smsToCaller(): Promise<string> {
    return this.#until(async () => {
      const texts = await this.#carrier.texts();
      return texts.find(({ number, text }) => `+${number}` === CALLER && nameIn(text, "u") !== undefined)?.text;
    }, "the link for a photo");
  }

  /** The file that belongs to this place, once it was encoded anew. */
  async #read(id: string, place: number): Promise<MediaView> {
    const start = place.toString(16).padStart(8, "0");
    return this.#until(async () => {
      const { media } = await this.#done<MediaList>("GET", `/v1/actions/${id}/media`);
      return media.find((one) => one.media.startsWith(start) && one.state === "ready");
    }, "a photo");
  }

  async #reply(id: string, text: string): Promise<Reply> {
    const { replies } = await this.#done<ReplyPage>("GET", `/v1/actions/${id}/replies`);
    const reply = replies.find((one) => one.text === text);
    if (reply === undefined) throw new Error("a reply by the page is not there");
    return reply;
  }

  async #until<T>(find: () => Promise<T | undefined>, what: string): Promise<T> {
    for (const untilMs = performance.now() + LOADTEST.stuckMs; performance.now() < untilMs; await sleep(20)) {
      const found = await find();
      if (found !== undefined) return found;
    }
    throw new Error(`${what} did not come`);
  }

  async #done<T>(method: "GET" | "POST" | "PUT" | "PATCH", path: string, body?: object): Promise<T> {
    const answer = await this.#engine.request<T>(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
}
