/**
 * An action in three languages, of one, two and three parts, over two carriers with different alphabets, which make other parts of the
 * same text; the service is killed in the middle, again and again, of the question and of the thanks. By the carriers' own logs each person got
 * the text in their language and no other, whole, and once or flagged.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { loadRegistry } from "../../engine/registry/columns/load.js";
import { readCarriers } from "../../gateway/smpp/settings/configuration.js";
import { encodeText } from "../../gateway/smpp/text/text.js";
import type { LogColumns } from "../../loadtest/carrier/log.js";
import type { Action } from "../../schemas/api/api.js";
import { LANGUAGES } from "../../schemas/words.js";
import { running } from "../campaign/campaigns.js";
import { seeded } from "../random.js";
import { EVERYWHERE, Whole } from "../service/whole.js";
import { isFlagged, isReached, readLedger, type WaveLedger } from "./ledger.js";

const { size: KILLS, seed, again, tell } = running("languages");
const PEOPLE = 3_000;
const WINDOW = 32;

/** In Dutch, in English with a letter that ASCII has not, and for everybody else. */
interface Said {
  readonly nl: string;
  readonly en: string;
  readonly text: string;
}
const QUESTION: Said = {
  nl: "Burgernet: jongen vermist bij het station. Blauwe jas. Kijk uit, en antwoord op dit bericht. Een.",
  en: `Burgernet: a boy is missing near Café Süd. ${"He wears a blue coat and red boots, and is alone. ".repeat(3)}Have you seen him? Two.`,
  text: `Бургернет: зник хлопчик у синій куртці. ${"Подивіться, будь ласка, довкола вашого дому і в саду. ".repeat(2)}Напишіть нам. Три`,
};
const THANKS: Said = {
  nl: "Burgernet: de jongen is gevonden, gezond en wel. Hartelijk dank voor het meekijken. Vier.",
  en: `Burgernet: the boy was found near Café Süd. ${"He is well, and at home with his mother and his father. ".repeat(3)}Thank you all! Five.`,
  text: `Бургернет: хлопчика знайдено живим і здоровим. ${"Щиро дякуємо всім, хто допомагав нам його шукати. ".repeat(2)}На все добре. Шіс`,
};

it(
  `gives each the text in their language, once or flagged, through ${KILLS} kills (${again})`,
  async () => {
    const random = seeded(seed);
    const entry = { window: WINDOW };
    const whole = await Whole.prepare(PEOPLE, [
      { name: "north", entry },
      { name: "south", entry: { ...entry, alphabet: "ascii" }, simulator: { seed: 2 } },
    ]);
    const registry = await loadRegistry(whole.folder);
    if (!registry.ok) throw new Error(registry.problem.detail);
    const judge = new Judge(whole, new Uint8Array(registry.value.participants.language));
    await whole.startEngine();
    await whole.engine.untilBound();
    for (const { simulator } of whole.carriers)
      await simulator.set({ latencyMs: 25, rate: 1_200, receiptDelayMs: 200 });
    const kill = async (): Promise<void> => {
      await sleep(random() * 700);
      await whole.restart();
    };
    let kills = 0;
    const send = async (path: string, body: object): Promise<Action> => {
      const key = randomUUID();
      const post = () => whole.engine.request<Action>("POST", path, body, key);
      const first = await post();
      expect([200, 201]).toContain(first.status);
      for (const most = kills + Math.ceil(KILLS / 2); kills < most; kills++) await kill();
      return (await post()).body;
    };
    const { id } = await send("/v1/actions", { area: EVERYWHERE, dispatch: true, ...said(QUESTION) });
    await whole.engine.until(id, ({ status }) => status === "sent");
    await send(`/v1/actions/${id}/end`, said(THANKS));
    const done = ({ waves, status }: Action): boolean =>
      status === "ended" && waves.every(({ counts, recipients }) => counts.delivered + counts.unknown === recipients);
    await whole.engine.until(id, done);
    await whole.engine.stop();
    const { waves } = await readLedger(whole.folder, whole.numbers);
    const twice = [judge.judge(waves[0]!, QUESTION), judge.judge(waves[1]!, THANKS)];
    tell(`${kills} kills; 0 lost, 0 in another language, 0 unflagged; ${twice.join(" and ")} got it twice`);
  },
  120_000 + KILLS * 20_000,
);

function said({ nl, en, text }: Said): object {
  return { text, texts: { nl: { text: nl }, en: { text: en } } };
}

class Judge {
  readonly #whole: Whole;
  /** Index into LANGUAGES by number. */
  readonly #languages = new Map<number, string>();
  readonly #settings;

  constructor(whole: Whole, language: Uint8Array) {
    this.#whole = whole;
    whole.numbers.forEach((number, participant) => {
      this.#languages.set(Math.abs(number), LANGUAGES[language[participant]!]!);
    });
    this.#settings = whole.carriers.map(({ entry }) => {
      const read = readCarriers(JSON.stringify({ carriers: [entry] }), {});
      if (!read.ok) throw new Error(read.problem.detail);
      return read.value[0]!;
    });
  }

  /** How many got it twice. */
  judge(wave: WaveLedger, texts: Said): number {
    const words = Object.keys(texts) as (keyof Said)[];
    // By carrier and text the tags of its parts, and the numbers that each of them was taken for, how often.
    const taken = this.#whole.carriers.map((carrier, at) => {
      const log = carrier.log();
      return Object.fromEntries(
        words.map((word) => [word, this.#tags(at, texts[word]).map((tag) => takenOf(log, tag))]),
      );
    });
    const parts = taken.map((byText) => words.map((word) => byText[word]!.length));
    expect(parts).toEqual([
      [1, 2, 3],
      [1, 4, 3],
    ]);
    const seen = new Set<string>();
    let twice = 0;
    for (const [position, number] of wave.numbers.entries()) {
      const language = this.#languages.get(number)!;
      const own = language === "nl" || language === "en" ? language : "text";
      seen.add(own);
      const timesOf = (word: keyof Said): number[][] =>
        taken.map((byText) => byText[word]!.map((times) => times.get(number) ?? 0));
      for (const word of words) {
        if (word !== own)
          expect(
            timesOf(word)
              .flat()
              .every((times) => times === 0),
            `${number} got ${word}`,
          ).toBe(true);
      }
      const times = timesOf(own);
      const copies = times.map((each) => Math.max(...each)).reduce((sum, most) => sum + most, 0);
      const state = wave.states[position]!;
      if (isReached(state))
        expect(
          times.some((each) => Math.min(...each) > 0),
          "all parts by one carrier",
        ).toBe(true);
      else expect(isFlagged(state), "neither reached nor flagged").toBe(true);
      if (copies > 1) twice++;
      if (copies > 1) expect(isFlagged(state), "twice without a flag").toBe(true);
    }
    expect(seen.size, "somebody reads each").toBe(3);
    return twice;
  }

  /** As the carriers' logs have them: the last four bytes of each part. */
  #tags(carrier: number, text: string): number[] {
    const { parts } = encodeText(text, this.#settings[carrier]!, 0);
    const tags = parts.map(({ message }) => Buffer.from(message).readUInt32BE(message.length - 4));
    expect(new Set(tags).size, "parts are told apart by their ends").toBe(tags.length);
    return tags;
  }
}

function takenOf({ length, numbers, tags, statuses }: LogColumns, tag: number): Map<number, number> {
  const times = new Map<number, number>();
  for (let at = 0; at < length; at++) {
    if (tags[at] !== tag || statuses[at] !== 0) continue;
    times.set(numbers[at]!, (times.get(numbers[at]!) ?? 0) + 1);
  }
  return times;
}
