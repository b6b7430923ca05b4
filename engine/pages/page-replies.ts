/**
 * Replies that come by the page of an action, or that the desk writes down while somebody is on the telephone; and what the desk
 * answers. Nothing of a sender is kept: no number, no address, no time but the second. An address is known for an hour, in memory, and
 * by a keyed hash, so that nobody floods the desk.
 */
import type { AreaInput } from "../../schemas/api/area.js";
import { fail, ok, type Problem, type Result } from "../../schemas/errors.js";
import { PAGES } from "../../schemas/limits.js";
import type { SeenAt } from "../../schemas/replies/place.js";
import type { ReplyChannel } from "../../schemas/replies/words.js";
import { metersToArea } from "../geo/distance.js";
import type { Media } from "../media/media.js";
import { numberResult, readSoughtNumber } from "../registry/phone-number.js";
import type { Marks } from "../replies/marks.js";
import type { StoredPlace } from "../replies/place.js";
import type { ReplyHandler } from "../replies/reply-handler.js";
import type { ReplyStore } from "../replies/reply-store.js";
import { networkOf } from "../self/codes/network.js";
import { Allowance, tooMany } from "../self/codes/quota.js";
import { CRYPTO_RANDOM, Secrets } from "../self/secrets.js";
import type { Store } from "../store/store.js";
import type { Vault } from "../vault/vault.js";
import { Answers, type StoredAnswer } from "./answers.js";
import { newCode, type Place, ReplyCodes } from "./reply-codes.js";

export interface PageRepliesParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly replies: ReplyStore;
  readonly marks: Marks;
  readonly media: Media;
  readonly replyHandler: Pick<ReplyHandler, "notAgain">;
  now(): number;
  steadyMs(): number;
  /** The store did not commit: the process must end. */
  onFatal(problem: Problem): void;
}

/** What somebody writes, or says on the telephone. */
export interface Said {
  readonly text: string;
  readonly place?: SeenAt | undefined;
}

/** The action, with its area as it is. */
export interface RepliedTo {
  readonly id: string;
  readonly area: AreaInput;
}

export class PageReplies {
  readonly codes: ReplyCodes;
  readonly answers: Answers;
  /** Since the process started, by how they came. */
  readonly counts = { page: 0, desk: 0 };
  /** Of replies that are being answered, the number that was given out last: what is not durable yet can't be read. */
  readonly #answering = new Map<string, number>();
  readonly #secrets = new Secrets(CRYPTO_RANDOM);
  readonly #perClient = new Allowance(PAGES.repliesPerClient, PAGES.clients);
  readonly #perNetwork = new Allowance(PAGES.repliesPerNetwork, PAGES.networks);
  readonly #parts: PageRepliesParts;

  constructor(parts: PageRepliesParts) {
    this.#parts = parts;
    this.codes = new ReplyCodes(parts.store);
    this.answers = new Answers(parts.store, parts.vault);
  }

  /** Its code, once it is durable. TOO_MANY_REQUESTS; BUSY where the action has as many as are kept. `client`: "" for nobody in particular. */
  async byPage(action: RepliedTo, said: Said, client: string): Promise<Result<string>> {
    const may = this.#take(client);
    if (!may.ok) return may;
    const code = newCode();
    const kept = await this.#keep(action, said, "web", (place) => this.codes.put(code, { actionId: action.id, place }));
    if (kept.ok) this.counts.page++;
    return kept.ok ? ok(code) : kept;
  }

  /** Who presses it says by which number they were asked, for nobody knows; it is not kept. NUMBER_…, TOO_MANY_REQUESTS. */
  notAgain(actionId: string, number: string, client: string): Result<void> {
    const read = numberResult(readSoughtNumber(number), "/number");
    const may = read.ok ? this.#take(client) : read;
    if (read.ok && may.ok) this.#parts.replyHandler.notAgain(actionId, read.value);
    return may.ok ? ok(undefined) : may;
  }

  /** What somebody says on the telephone; its place. */
  async byDesk(action: RepliedTo, said: Said, channel: ReplyChannel): Promise<Result<number>> {
    const kept = await this.#keep(action, said, channel, () => {});
    if (kept.ok) this.counts.desk++;
    return kept;
  }

  /** NOT_FOUND, or TOO_MANY_REQUESTS where it was answered as often as one is. */
  async answer(at: Place, text: string): Promise<Result<StoredAnswer>> {
    const isThere = (): boolean => this.isThere(at);
    const none = fail("NOT_FOUND", "There is no such reply", "sequence");
    if (!isThere()) return none;
    const name = `${at.actionId}/${at.place}`;
    const number = Math.max(this.answers.last(at), this.#answering.get(name) ?? 0) + 1;
    if (number > PAGES.answersPerReply) return fail("TOO_MANY_REQUESTS", `At most ${PAGES.answersPerReply} answers`);
    this.#answering.set(name, number);
    const answer = { text, answeredAtMs: this.#second() };
    let isPut = false;
    const committed = await this.#commit(() => {
      // Its sender may have taken it back while this waited for its turn.
      isPut = isThere();
      if (isPut) this.answers.put(at, number, answer);
    });
    if (this.#answering.get(name) === number) this.#answering.delete(name);
    if (!committed.ok) return committed;
    return isPut ? ok(answer) : none;
  }

  /** What its sender takes back: of it nothing is left. NOT_FOUND. */
  async withdraw(code: string): Promise<Result<void>> {
    const at = this.codes.placeOf(code);
    if (at === undefined) return fail("NOT_FOUND", "No reply has this code", "code");
    const { replies, marks, media } = this.#parts;
    let files: Parameters<Media["forget"]>[0] = [];
    const committed = await this.#commit(() => {
      replies.withdraw(at.actionId, at.place);
      marks.put(at.actionId, at.place, null);
      this.answers.removeOf(at);
      this.codes.remove(code);
      files = media.removeOf(at.actionId, at.place);
    });
    if (committed.ok) await media.forget(files);
    return committed;
  }

  /** Also in a commit that takes it out: there is nothing that could still be put to it. */
  isThere({ actionId, place }: Place): boolean {
    return this.#parts.replies.has(actionId, place);
  }

  /** To be called now and then. */
  sweep(): void {
    const steadyMs = this.#parts.steadyMs();
    this.#perClient.sweep(steadyMs);
    this.#perNetwork.sweep(steadyMs);
  }

  async #keep(
    { id: actionId, area }: RepliedTo,
    { text, place: where }: Said,
    channel: ReplyChannel,
    beside: (place: number) => void,
  ): Promise<Result<number>> {
    const { replies } = this.#parts;
    const place = replies.nextPlace(actionId);
    if (place === 0) return fail("BUSY", "The action has as many replies as are kept of one");
    const seen = where && { seen: seenAt(where, area) };
    const reply = { receivedAtMs: this.#second(), channel, text, missing: 0, ...seen };
    const committed = await this.#commit(() => {
      replies.put(actionId, place, reply);
      beside(place);
    });
    return committed.ok ? ok(place) : committed;
  }

  #take(client: string): Result<void> {
    if (client === "") return ok(undefined);
    const steadyMs = this.#parts.steadyMs();
    const [clientKey, networkKey] = [this.#secrets.blind(client), this.#secrets.blind(networkOf(client))];
    const waits = [this.#perClient.waitMs(clientKey, steadyMs), this.#perNetwork.waitMs(networkKey, steadyMs)];
    if (Math.max(...waits) > 0) return tooMany("Too many replies from there", Math.max(...waits));
    this.#perClient.take(clientKey, steadyMs);
    this.#perNetwork.take(networkKey, steadyMs);
    return ok(undefined);
  }

  /** To the millisecond it could be laid beside the times of other records. */
  #second(): number {
    return Math.floor(this.#parts.now() / 1_000) * 1_000;
  }

  async #commit(write: () => void): Promise<Result<void>> {
    const committed = await this.#parts.store.commit(() => {
      write();
      this.#parts.vault.write();
    });
    if (!committed.ok) this.#parts.onFatal(committed.problem);
    return committed;
  }
}

function seenAt({ position, words }: SeenAt, area: AreaInput): StoredPlace {
  return {
    ...(position && { position: [position[0], position[1]] }),
    ...(words !== undefined && { words }),
    distanceMeters: position ? metersToArea(area, position) : null,
  };
}
