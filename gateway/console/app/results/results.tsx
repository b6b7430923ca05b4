/** The entry of the public page "Burgernet in cijfers". */
import { render } from "preact";
import { startLanguage } from "../kit/i18n/language.js";
import { startTheme } from "../kit/theme.js";
import { ResultsPage } from "./page.js";

startTheme();
startLanguage();
render(<ResultsPage />, document.getElementById("app")!);
