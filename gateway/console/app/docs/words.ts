/** The words around the API's description, which itself is in English. */
import { type SameWords, wordsOf } from "../kit/i18n/language.js";

const nl = {
  loading: "Bezig met laden …",
  operations: "Aanroepen",
  search: "Zoek een aanroep",
  from: "Gemaakt uit",
  details: "Parameters, inhoud en antwoorden",
  parameters: "Parameters",
  name: "Naam",
  place: "Waar",
  type: "Soort",
  meaning: "Betekenis",
  required: "verplicht",
  body: "Inhoud",
  answers: "Antwoorden",
  tryPath: "Pad",
  tryHint: "Vraagt het in uw sessie van de console; meld u daar eerst aan.",
  tryIt: "Vraag op",
  live: "Berichten van de WebSocket",
  liveHint:
    "Wie is aangemeld in de console met een sleutel die mag kijken (watch), ziet hier de berichten zoals ze komen.",
  listen: "Luister mee",
  closed: "De verbinding is er niet (meer). Meld u aan in de console met een sleutel die mag kijken.",
};

const en: SameWords<typeof nl> = {
  loading: "Loading …",
  operations: "Operations",
  search: "Find an operation",
  from: "Made from",
  details: "Parameters, body and answers",
  parameters: "Parameters",
  name: "Name",
  place: "Where",
  type: "Type",
  meaning: "Meaning",
  required: "required",
  body: "Body",
  answers: "Answers",
  tryPath: "Path",
  tryHint: "Asks it in your session of the console; sign in there first.",
  tryIt: "Ask",
  live: "Messages of the WebSocket",
  liveHint: "Whoever is signed in to the console with a key that may watch sees the messages here as they come.",
  listen: "Listen",
  closed: "There is no connection (any more). Sign in to the console with a key that may watch.",
};

export const words = wordsOf({ nl, en });
