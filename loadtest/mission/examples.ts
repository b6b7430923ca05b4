/**
 * The three examples of the brochure of Burgernet: what the control room knows, what citizens send back, and how it ended. Places are real,
 * people are not.
 */
import type { ActionRequest, EndRequest } from "../../schemas/api/api.js";

export interface Example {
  readonly title: string;
  readonly asked: Pick<ActionRequest, "kind" | "fields" | "area">;
  /** What those who were asked send back, as it comes. */
  readonly tips: readonly string[];
  /** What the tips change in the description, told to the same people. */
  readonly correction?: string;
  /** What comes in once that was told. */
  readonly laterTips?: readonly string[];
  readonly end: Pick<EndRequest, "outcome" | "fields">;
}

export const EXAMPLES: readonly Example[] = [
  {
    title: "Amsterdam: a hit-and-run, and the woman in a black dress who was a man in shorts",
    asked: {
      kind: "hitAndRun",
      fields: { place: "het Surinameplein", vehicle: "rode scooter, vrouw in zwarte jurk", direction: "Osdorp" },
      area: { type: "Circle", center: [4.856, 52.358] },
    },
    tips: [
      "Ik zag een rode scooter hard wegrijden over de Cornelis Lelylaan",
      "Dat was geen vrouw maar een man in een korte broek!",
      "Man, korte broek, rode scooter. Staat nu bij de sloot",
    ],
    correction: "Het gaat om een man in korte broek, niet om een vrouw in een zwarte jurk.",
    laterTips: ["Hij loopt nu zonder scooter langs het water bij de Sloterplas"],
    end: { outcome: "success", fields: { result: "De bestuurder is aangehouden." } },
  },
  {
    title: "Weesp: a boy of five who is missing",
    asked: {
      kind: "missingPerson",
      fields: { person: "boy", age: "5", place: "station Weesp", description: "Blond, rode jas, blauwe laarzen" },
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
        place: "de Kerkstraat in Gemert",
        description: "donkere Audi, Frans kenteken FG-318-KM",
        direction: "Bakel",
      },
      area: { type: "Circle", center: [5.686, 51.556], radiusMeters: 4_000 },
    },
    tips: ["Zwarte Audi met gele plaat staat bij het bos in Bakel, kenteken FG-318", "Auto rijdt nu richting Deurne"],
    end: { outcome: "partialSuccess", fields: { result: "De auto is gevonden." } },
  },
];
