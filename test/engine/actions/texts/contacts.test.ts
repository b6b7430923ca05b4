import { expect, it } from "vitest";
import { readKindsFile } from "../../../../engine/actions/kinds/shipped.js";
import { unverifiedIn } from "../../../../engine/actions/texts/contacts.js";
import { given } from "../../registry/samples.js";

const { verified } = given(readKindsFile()).common;
const OWN = { numbers: ["0800-0011", "112", "0900-8844", "030 123 45 67"], hosts: ["burgernet.nl", "politie.nl"] };

it.each([
  "Gezien? Bel 0800-0011 of 112.",
  "Bel 0800 00 11, bel (030) 123 45 67, bel +31 30 123 45 67 of 0031 30 1234567",
  "Meer op burgernet.nl, www.politie.nl/vermist en https://tips.burgernet.nl:443/a?b=c.",
  "Op 01-12-2026 om 12:10 uur, tot 21.35, in 1381 AB Weesp, huisnummers 100-120",
  "Grijze Golf, kenteken B-AB 1234 of 12-XYZ-3, A12 bij hectometer 34.5",
  "O.a. bij de kerk, t.h.v. nr. 12, a.u.b. uitkijken. 5 jaar, 1.20 meter, 3 kinderen",
  "Bel na 10 minuten weer, er zijn 1200000 mensen en 2 x 500 euro",
])("nothing in: %s", (text) => {
  expect(unverifiedIn(text, OWN)).toEqual([]);
});

it.each([
  ["a newspaper's number", "Meer nieuws: bel 020-1234567", ["020-1234567"]],
  ["a mobile one, as people write it", "Bel 06 - 1234 5678", ["06 - 1234 5678"]],
  ["one of another country", "Rufen Sie +49 30 1234567 an", ["+49 30 1234567"]],
  ["one that is nearly one's own", "Bel 0800-0012", ["0800-0012"]],
  ["a short one", "Bel 144, of bel nu 1402", ["144", "1402"]],
  [
    "in another alphabet of digits and dots",
    "Bel ０２０-１２３４５６７, zie telegraaf。nl",
    ["020-1234567", "telegraaf.nl"],
  ],
  ["a link without a scheme", "Lees meer op telegraaf.nl/nieuws", ["telegraaf.nl"]],
  ["one that begins like one's own", "Kijk op politie.nl.example.com", ["politie.nl.example.com"]],
  ["one that ends like one's own", "Kijk op nep-politie.nl", ["nep-politie.nl"]],
  ["somebody's name before the host", "https://politie.nl@example.com/x", ["https://politie.nl@example.com"]],
  ["an address of numbers", "Open http://10.0.0.1/x", ["http://10.0.0.1"]],
  ["one of a single letter", "Zie x.com/1 of t.co", ["x.com", "t.co"]],
  ["an address of mail", "Mail tip@gmail.com", ["gmail.com"]],
  ["each once", "a.nl-krant.nl, krant.nl en krant.nl", ["a.nl-krant.nl", "krant.nl"]],
])("%s", (_, text, found) => {
  expect(unverifiedIn(text, OWN).sort()).toEqual([...found].sort());
});

it("the list that ships has the numbers of the police and the fire brigade, and no newspaper's", () => {
  expect(unverifiedIn("Bel 112, 0900-8844 of 0800-0011, zie www.politie.nl", verified)).toEqual([]);
  expect(unverifiedIn("Bel 088-3135555, zie telegraaf.nl", verified)).toHaveLength(2);
});
