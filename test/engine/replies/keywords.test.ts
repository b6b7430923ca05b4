import fc from "fast-check";
import { expect, it } from "vitest";
import { CONFIRMATIONS, keywordOf } from "../../../engine/replies/keywords.js";
import { REPLIES } from "../../../schemas/limits.js";

const SENDERS = ["Politie NL", "1008", "+31612345678", "Burgernet"];

it.each([
  ...[
    "STOP",
    "stop",
    " Uit.\r\n",
    '"STOP"',
    "‘Stop’!!!",
    "ＳＴＯＰ",
    "Stoppen",
    "afmelden",
    "Uitschrijven.",
    "stop 🙏",
  ],
  ...["STOP BURGERNET", "Burgernet  uit", "sms stop", "STOP BURGERNET SMS", "Burgernet: stop", "stop-burgernet"],
  ...["Politie NL stop", "stop politie nl", "1008 STOP", "STOP 1008", "uit 31612345678", "stop bij de Politie NL"],
  ...["stop stop", "STOP! STOP!! stop", "stop uit", "Stop. Afmelden."],
  ...["stop aub", "Stop a.u.b.", "stop s.v.p", "stop. dank u", "Aub stop, dank je wel!", "stop nu", "please stop"],
  ...["stop met burgernet", "stop met de sms'jes", "afmelden voor Burgernet aub", "uitschrijven van de berichten"],
  "Burgernet: stop met de sms alstublieft, dank u wel!",
])("takes %j as off", (text) => {
  expect(keywordOf(text, SENDERS)).toBe("off");
});

it.each(["START", "aan", "(AAN)", "Start sms", "aanmelden aub", "aan aan", "burgernet aan, graag"])(
  "takes %j as on",
  (text) => {
    expect(keywordOf(text, SENDERS)).toBe("on");
  },
);

// The limits: one word more, and it is something that somebody may have seen.
it.each([
  ...["Stop de dader!", "stop de auto", "stop met zoeken", "stop met zoeken, hij is gevonden", "ik wil stoppen"],
  ...["stop met", "stop de", "stop bij de", "afmelden bij de receptie", "stop politie", "uit de trein gestapt"],
  ...["Hij staat stil bij het stoplicht", "aan de overkant", "aan het water", "uit het zicht", "hij ging uit"],
  ...[
    "stop start",
    "stop aub start",
    "niet stop",
    "stop niet",
    "stop u",
    "stop dank u jullie",
    "stop 112",
    "stop 1008 1",
  ],
  ...["burgernet", "sms burgernet", "aub", "dank u wel", "stopbord", "non-stop", "S T O P", "s.t.o.p.d"],
  ...["", "...", "constructor", "__proto__", "stop constructor", `stop${".".repeat(REPLIES.keywordCharacters)}`],
])("leaves %j alone", (text) => {
  expect(keywordOf(text, SENDERS)).toBeUndefined();
});

it("knows a sender's name only where it is one", () => {
  expect(keywordOf("stop Veilig Dorp", ["Veilig Dorp"])).toBe("off");
  expect(keywordOf("stop Veilig", ["Veilig Dorp"])).toBeUndefined();
  expect(keywordOf("stop Veilig Dorp")).toBeUndefined();
  expect(keywordOf("stop!", ["", "!"])).toBe("off");
});

it("one word that is none of the rule's makes it a tip, wherever it stands", () => {
  const part = fc.constantFrom("stop", "aub", "burgernet", "met de sms", "dank u", "uit", "1008");
  const word = fc.string({ unit: fc.constantFrom(..."bfghjkqvwxyz"), minLength: 3, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 2 }), word, fc.array(part, { maxLength: 2 }), (before, other, behind) => {
      const text = (...words: string[]) => words.join(" ");
      expect(keywordOf(text(...before, other, ...behind), SENDERS)).toBeUndefined();
      expect(keywordOf(text(...before, "stop", ...behind), SENDERS)).toBe("off");
    }),
  );
});

it("takes nothing with letters or digits around the keyword that make another word of it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.constantFrom("stop", "uit", "aan", "start"), (around, word) => {
      const isSilent = !/[\p{L}\p{N}]/u.test(around.normalize("NFKC"));
      const fits = around.length + word.length <= REPLIES.keywordCharacters;
      if (!isSilent) expect(keywordOf(`${word}x${around}`)).toBeUndefined();
      if (isSilent && fits) expect(keywordOf(word + around)).toBeDefined();
    }),
  );
});

it("confirms in one part of the SMS alphabet", () => {
  for (const text of Object.values(CONFIRMATIONS)) expect(text).toMatch(/^[A-Za-z .:]{1,160}$/);
});
