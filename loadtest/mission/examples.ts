/**
 * The three examples of the brochure of Burgernet: what the control room knows, what citizens send back, and how it ended. Places are real,
 * people are not.
 */
import type { Fields } from "../../schemas/api/about-action.js";
import type { ActionRequest, EndRequest } from "../../schemas/api/api.js";

export interface Photos {
  /** What whoever phones says, before there is an action. */
  readonly call: string;
  /** The field that has the link of the page behind it. */
  readonly field: string;
  /** What somebody replies by the page, beside a photo. */
  readonly reply: string;
  /** What the control room answers to whoever that is. */
  readonly answer: string;
}

export interface Example {
  readonly title: string;
  readonly asked: Pick<ActionRequest, "kind" | "fields" | "area">;
  /** What those who were asked send back, as it comes. */
  readonly tips: readonly string[];
  /** Photos: one of somebody who phones, which goes out with the action, and one that comes back by its page. */
  readonly photos?: Photos;
  /** What a tip changes in the description, told to the same people. */
  readonly correction?: { readonly tip: string; readonly news: NonNullable<Fields[string]> };
  /** What comes in once that was told. */
  readonly laterTips?: readonly string[];
  readonly end: Pick<EndRequest, "outcome" | "fields">;
}

export const EXAMPLES: readonly Example[] = [
  {
    title: "Amsterdam: a hit-and-run, and the woman in a black dress who was a man in shorts",
    asked: {
      kind: "hitAndRun",
      fields: {
        place: { nl: "het Surinameplein", en: "Surinameplein", de: "dem Surinameplein", fr: "la place Surinameplein" },
        vehicle: {
          ...{ nl: "rode scooter, vrouw in zwarte jurk", en: "red scooter, woman in a black dress" },
          ...{ de: "roter Roller, Frau in schwarzem Kleid", fr: "scooter rouge, femme en robe noire" },
        },
        direction: "Osdorp",
      },
      area: { type: "Circle", center: [4.856, 52.358] },
    },
    photos: {
      call: "Ik heb de scooter op de foto!",
      field: "vehicle",
      reply: "Deze scooter ligt in de bosjes bij de Sloterplas",
      answer: "Dank u, blijf op afstand. Er komt een eenheid.",
    },
    tips: [
      "Ik zag een rode scooter hard wegrijden over de Cornelis Lelylaan",
      "Dat was geen vrouw maar een man in een korte broek!",
      "Man, korte broek, rode scooter. Staat nu bij de sloot",
    ],
    correction: {
      tip: "Dat was geen vrouw maar een man in een korte broek!",
      news: {
        nl: "Het gaat om een man in korte broek, niet om een vrouw in een zwarte jurk.",
        en: "It is a man in shorts, not a woman in a black dress.",
        de: "Es ist ein Mann in kurzer Hose, keine Frau in schwarzem Kleid.",
        fr: "C'est un homme en short, pas une femme en robe noire.",
      },
    },
    laterTips: ["Hij loopt nu zonder scooter langs het water bij de Sloterplas"],
    end: {
      outcome: "success",
      fields: {
        result: {
          ...{ nl: "De bestuurder is aangehouden.", en: "The driver was arrested." },
          ...{ de: "Der Fahrer ist festgenommen.", fr: "Le conducteur est interpellé." },
        },
      },
    },
  },
  {
    title: "Weesp: a boy of five who is missing",
    asked: {
      kind: "missingPerson",
      fields: {
        person: "boy",
        age: "5",
        place: { nl: "station Weesp", en: "Weesp station", de: "dem Bahnhof Weesp", fr: "la gare de Weesp" },
        description: {
          ...{ nl: "Blond, rode jas, blauwe laarzen", en: "Blond, red coat, blue boots" },
          ...{ de: "Blond, rote Jacke, blaue Stiefel", fr: "Blond, manteau rouge, bottes bleues" },
        },
      },
      area: { type: "Circle", center: [5.043, 52.3125] },
    },
    tips: ["Er zit een jongetje met een rode jas bij de speeltuin", "STOP", "Ik heb hem bij me, we staan bij de brug"],
    end: { outcome: "success" },
  },
  {
    title: "Gemert-Bakel: burglars with a foreign number plate",
    asked: {
      kind: "burglary",
      fields: {
        place: {
          ...{ nl: "de Kerkstraat in Gemert", en: "Kerkstraat in Gemert" },
          ...{ de: "der Kerkstraat in Gemert", fr: "la Kerkstraat, Gemert" },
        },
        description: {
          ...{ nl: "donkere Audi, Frans kenteken FG-318-KM", en: "dark Audi, French plate FG-318-KM" },
          ...{
            de: "dunkler Audi, Kennzeichen aus Frankreich FG-318-KM",
            fr: "Audi sombre, plaque de France FG-318-KM",
          },
        },
        direction: "Bakel",
      },
      area: { type: "Circle", center: [5.686, 51.556], radiusMeters: 4_000 },
    },
    tips: ["Zwarte Audi met gele plaat staat bij het bos in Bakel, kenteken FG-318", "Auto rijdt nu richting Deurne"],
    end: {
      outcome: "partialSuccess",
      fields: {
        result: {
          ...{ nl: "De auto is gevonden.", en: "The car was found." },
          ...{ de: "Das Auto ist gefunden.", fr: "La voiture est retrouvée." },
        },
      },
    },
  },
];
