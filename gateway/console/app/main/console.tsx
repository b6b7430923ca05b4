/** The entry of the staff's pages. */
import { render } from "preact";
import { startLanguage } from "../kit/i18n/language.js";
import { startRouter } from "../kit/router.js";
import { startTheme } from "../kit/theme.js";
import { Shell } from "./shell.js";

startTheme();
startLanguage();
startRouter();
render(<Shell />, document.getElementById("app")!);
