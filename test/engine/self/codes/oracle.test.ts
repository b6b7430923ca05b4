/**
 * What a stranger could learn of who is registered, judged by what is done and not by how long it takes (that is measured by
 * the benchmark self.oracle): before the answer nothing depends on it, and after it the same steps are taken at the same beat.
 */
import { beforeEach, describe, expect, it } from "vitest";
import { SELF } from "../../../../schemas/limits.js";
import { codeOf, given } from "../../registry/samples.js";
import { MAIL, NUMBER, OTHER, SelfRig, wrong } from "../rig.js";

let rig: SelfRig;
beforeEach(() => {
  rig = new SelfRig();
  for (let at = 0; at < 200; at++) rig.person({ number: 31611000000 + at });
  rig.person({ number: 31612345678, mail: MAIL });
});

interface Trace {
  readonly answer: string;
  readonly beforeAnswer: readonly string[];
  /** What the registry was asked in each beat, and how many messages came to a channel. */
  readonly beats: readonly { readonly asked: readonly string[]; readonly came: number }[];
}

function trace(input: { number: string } | { mail: string }): Trace {
  const { asked } = rig.registry;
  const taken = (): string[] => asked.splice(0);
  taken();
  const answer = rig.service.requestCode(input, rig.client());
  const beforeAnswer = taken();
  const came = () => rig.channels.number.came.length + rig.channels.mail.came.length;
  const beats = Array.from({ length: 5 }, () => {
    const before = came();
    rig.beats(1);
    return { asked: taken(), came: came() - before };
  });
  const shape = given(answer);
  return { answer: `${Object.keys(shape)} ${shape.challenge.length} ${shape.expiresAt}`, beforeAnswer, beats };
}

describe("a code", () => {
  it.each([
    ["by SMS", { number: NUMBER }, { number: OTHER }],
    ["by mail", { mail: MAIL }, { mail: "nobody@example.org" }],
  ])(
    "%s takes the same steps whether or not somebody takes part, none of them before the answer",
    (_, known, unknown) => {
      const one = trace(known);
      expect(one.beforeAnswer).toEqual([]);
      expect(one.beats.map(({ came }) => came).filter((count) => count > 0)).toEqual([1]);
      expect(trace(unknown)).toEqual(one);
    },
  );

  it("for nobody has a text of the same length, to the same number, and is sent to no one", () => {
    trace({ number: NUMBER });
    trace({ number: OTHER });
    const [known, unknown] = rig.channels.number.came;
    expect(unknown!.text.length).toBe(known!.text.length);
    expect(rig.channels.number.sent).toEqual([known]);
  });

  it("that is missed is told in the same words, as often, and ends as late", async () => {
    const said = async (number: string): Promise<string[]> => {
      const { challenge } = given(rig.ask(number));
      rig.beats(3);
      const code = /\d{6}$/.exec(rig.channels.number.came.at(-1)!.text)![0];
      const codes: string[] = [];
      const client = rig.client();
      for (let attempt = 0; attempt < SELF.attempts + 2; attempt++) {
        codes.push(codeOf(await rig.service.enter({ challenge, code: wrong(code) }, client)));
      }
      return codes;
    };
    expect(await said(OTHER)).toEqual(await said(NUMBER));
  });

  it("opens nothing where it was for nobody, even if somebody guessed it", async () => {
    const { challenge } = given(rig.ask(OTHER));
    rig.beats(3);
    const code = /\d{6}$/.exec(rig.channels.number.came.at(-1)!.text)![0];
    expect(codeOf(await rig.service.enter({ challenge, code }, rig.client()))).toBe("CODE_WRONG");
  });
});
