/** The words of a running action. */
import { wordForIn, wordsOf } from "../kit/i18n/language.js";
import { en } from "./en.js";
import { nl } from "./nl.js";

export const words = wordsOf({ nl, en });

export const wordFor = wordForIn(words);
