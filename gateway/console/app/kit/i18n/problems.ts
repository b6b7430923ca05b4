/** What went wrong, in a sentence that says what to do. A code without one of its own is told as the service tells it. */
import type { Problem } from "../api.js";
import { language, type SameWords, wordsOf } from "./language.js";

const nl = {
  NETWORK: "Er is geen verbinding met de dienst. Wat u invulde blijft staan; probeer het zo weer.",
  TIMED_OUT: "De dienst antwoordt niet op tijd. Wat u invulde blijft staan; probeer het zo weer.",
  UNAUTHENTICATED: "Deze sleutel is niet (meer) geldig.",
  FORBIDDEN: "Met deze sleutel mag dit niet.",
  AREA_FORBIDDEN: "Het gebied ligt buiten wat deze sleutel mag.",
  BUDGET_EXCEEDED: "Het budget van deze sleutel is voor vandaag op.",
  CSRF_REFUSED: "Het verzoek kwam niet van deze pagina en is geweigerd. Laad de pagina opnieuw.",
  TOO_MANY_REQUESTS: "Er komen te veel verzoeken na elkaar. Wacht even en probeer het weer.",
  BUSY: "Het is druk. Probeer het over een paar tellen weer.",
  NOT_READY: "De dienst start of stopt. Probeer het zo weer.",
  DISK_FULL: "De schijf van de dienst is vol. Waarschuw de beheerder.",
  NOT_FOUND: "Dit is er niet (meer).",
  VERSION_CHANGED: "Iemand anders heeft dit net veranderd. Bekijk de nieuwe stand en probeer het weer.",
  WRONG_STATE: "Dit kan nu niet (meer).",
  CODE_WRONG: "De code klopt niet, is al gebruikt of is te oud.",
  SESSION_ENDED: "U bent niet meer aangemeld. Vraag een nieuwe code.",
  POSTCODE_UNKNOWN: "Deze postcode kennen wij niet. Kies de plek op de kaart.",
  POSTCODES_MISSING: "Postcodes zijn hier niet bekend. Kies de plek op de kaart.",
  POSITION_AT_SEA: "Hier woont of werkt niemand. Kies een andere plek op de kaart.",
  NUMBER_INVALID: "Dit is geen telefoonnummer.",
  NUMBER_IMPOSSIBLE: "Dit telefoonnummer bestaat niet.",
  NUMBER_NOT_MOBILE: "Voor sms is een mobiel nummer nodig.",
  CODE_NOT_SENT: "De code kan nu niet worden verstuurd. Probeer het later weer.",
  INTERNAL: "Er ging iets mis in de dienst. Het logboek van de dienst zegt meer.",
} as const;

const en: SameWords<typeof nl> = {
  NETWORK: "There is no connection to the service. What you typed is kept; try again in a moment.",
  TIMED_OUT: "The service does not answer in time. What you typed is kept; try again in a moment.",
  UNAUTHENTICATED: "This key is not valid (any more).",
  FORBIDDEN: "This key may not do that.",
  AREA_FORBIDDEN: "The area lies outside what this key may use.",
  BUDGET_EXCEEDED: "The budget of this key is used up for today.",
  CSRF_REFUSED: "The request did not come from this page and was refused. Load the page again.",
  TOO_MANY_REQUESTS: "Too many requests follow each other. Wait a moment and try again.",
  BUSY: "It is busy. Try again in a few seconds.",
  NOT_READY: "The service is starting or stopping. Try again in a moment.",
  DISK_FULL: "The disk of the service is full. Warn whoever runs it.",
  NOT_FOUND: "It is not there (any more).",
  VERSION_CHANGED: "Somebody else has just changed this. Look at it as it is now and try again.",
  WRONG_STATE: "This can't be done now (any more).",
  CODE_WRONG: "The code is wrong, used or too old.",
  SESSION_ENDED: "You are not signed in any more. Ask for a new code.",
  POSTCODE_UNKNOWN: "We don't know this postcode. Choose the place on the map.",
  POSTCODES_MISSING: "Postcodes are not known here. Choose the place on the map.",
  POSITION_AT_SEA: "Nobody lives or works here. Choose another place on the map.",
  NUMBER_INVALID: "This is no phone number.",
  NUMBER_IMPOSSIBLE: "There is no such phone number.",
  NUMBER_NOT_MOBILE: "SMS needs a mobile number.",
  CODE_NOT_SENT: "The code can't be sent now. Try again later.",
  INTERNAL: "Something went wrong in the service. Its log says more.",
};

const words = wordsOf({ nl, en });

export function problemText({ code, detail, field }: Problem): string {
  const known = (words() as Readonly<Record<string, string>>)[code];
  if (known !== undefined) return known;
  const refused = language.value === "nl" ? "Dat lukte niet" : "That did not work";
  return `${refused}: ${detail}${field ? ` (${field})` : ""} [${code}]`;
}
