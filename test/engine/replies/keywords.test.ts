import fc from "fast-check";
import { expect, it } from "vitest";
import { CONFIRMATIONS, keywordOf } from "../../../engine/replies/keywords.js";
import { REPLIES } from "../../../schemas/limits.js";

it.each([
  ["STOP", "off"],
  ["stop", "off"],
  [" Uit.\r\n", "off"],
  ['"STOP"', "off"],
  ["‘Stop’!!!", "off"],
  ["STOP BURGERNET", "off"],
  ["Burgernet  uit", "off"],
  ["sms stop", "off"],
  ["ＳＴＯＰ", "off"],
  ["START", "on"],
  ["aan", "on"],
  ["(AAN)", "on"],
  ["Start sms", "on"],
] as const)("takes %j as %s", (text, to) => {
  expect(keywordOf(text)).toBe(to);
});

it.each([
  "Stop de dader!",
  "Hij staat stil bij het stoplicht",
  "uit de trein gestapt",
  "stop stop",
  "stop start",
  "burgernet",
  "sms burgernet",
  "stopbord",
  "niet stop",
  "S T O P",
  "STOP BURGERNET SMS",
  "",
  "...",
  "constructor",
  "__proto__",
  `stop${".".repeat(REPLIES.keywordCharacters)}`,
])("leaves %j alone", (text) => {
  expect(keywordOf(text)).toBeUndefined();
});

it("takes nothing that has more letters or digits than the keyword and a name", () => {
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
