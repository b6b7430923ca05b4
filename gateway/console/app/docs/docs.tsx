/** The entry of the API's description: /docs. */
import { render } from "preact";
import { startLanguage } from "../kit/i18n/language.js";
import { startTheme } from "../kit/theme.js";
import { Page } from "./page.js";

startTheme();
startLanguage();
render(<Page />, document.getElementById("app")!);
