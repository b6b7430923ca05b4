/**
 * The page of an action as one file: for a small telephone, without a cookie, and with nothing from anywhere else. Its policy lets in
 * only what stands in it, by its hash, and what comes from the service itself. An icon of nothing spares each visitor a request.
 */
import { createHash } from "node:crypto";
import { PAGES } from "../../../../schemas/limits.js";
import { SCRIPT } from "./page-script.js";

const STYLE = `
*{box-sizing:border-box}body{font:1.1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:38rem;padding:1rem;color:#111;background:#fff}
h1{font-size:1.2rem;color:#00427a;margin:0 0 .5rem}#said{font-size:1.25rem;white-space:pre-wrap;overflow-wrap:anywhere}
img,video{display:block;max-width:100%;height:auto;margin:.75rem 0;border-radius:.3rem}label{display:block;margin:.75rem 0 .25rem;font-weight:600}
textarea,input{width:100%;font:inherit;padding:.6rem;border:1px solid #666;border-radius:.3rem}textarea{min-height:7rem}
button{font:inherit;margin-top:.75rem;padding:.7rem 1.2rem;border:0;border-radius:.3rem;background:#00427a;color:#fff}button:disabled{background:#666}
#code{font:600 1.3rem ui-monospace,monospace;overflow-wrap:anywhere}.small{font-size:.95rem;color:#444}section,form{margin:1.25rem 0}[hidden]{display:none}
@media(prefers-color-scheme:dark){body{background:#111;color:#eee}h1{color:#8cc4f5}.small{color:#bbb}textarea,input{background:#222;color:#eee}}
`;

export const PAGE = `<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>Burgernet</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1 data-say="title">Burgernet</h1>
<p id="said"></p>
<p id="until" class="small"></p>
<div id="pictures"></div>
<form id="form" hidden>
<div id="words"><label for="text" data-say="what"></label>
<textarea id="text" maxlength="${PAGES.replyCharacters}"></textarea></div>
<div id="places"><label for="where" data-say="where"></label>
<input id="where" maxlength="${PAGES.placeCharacters}" autocomplete="off">
<button type="button" id="here" data-say="here"></button> <span id="found" class="small" role="status"></span></div>
<label for="file" id="add" data-say="add"></label>
<input id="file" type="file" multiple accept="image/jpeg,image/png,image/webp,video/*">
<button id="send" data-say="send"></button>
</form>
<p id="state" role="status"></p>
<section id="kept" hidden><p data-say="sent"></p><p data-say="keep"></p><p id="code"></p></section>
<div id="out" role="status"></div>
<details id="enough" hidden><summary data-say="enough"></summary><form id="asked"><label for="number" data-say="number"></label>
<input id="number" type="tel" autocomplete="tel" maxlength="32"><button data-say="notAgain"></button></form><p id="noted" role="status"></p></details>
<form id="asks"><label for="own" data-say="have"></label><input id="own" autocomplete="off" maxlength="${PAGES.codeCharacters}">
<button data-say="look"></button> <button type="button" id="back" hidden data-say="back"></button></form>
<div id="answers" role="status"></div>
<p class="small" data-say="noTrack"></p>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [
    ...["default-src 'none'", `script-src ${hashOf(SCRIPT)}`, `style-src ${hashOf(STYLE)}`],
    ...["img-src 'self' data:", "media-src 'self'", "connect-src 'self'"],
    ...["form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'"],
  ].join("; "),
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
};
