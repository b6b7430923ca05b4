/** Which page the address bar names, and going to another without loading anew. */
import { signal } from "@preact/signals";

/** The path, without the query. */
export const path = signal(location.pathname);

function read(): void {
  path.value = location.pathname;
}

/** Keeps the path, the back button and every open link in step; to be called once. */
export function startRouter(): void {
  addEventListener("popstate", read);
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a");
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
    if (link.origin !== location.origin || !isOurs(link.pathname) || link.hash !== "") return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

/** `isInstead`: the place before is not gone back to. */
export function go(to: string, isInstead = false): void {
  if (to !== location.pathname + location.search) history[isInstead ? "replaceState" : "pushState"](null, "", to);
  read();
}

/** Pages of the same entry; any other is loaded by the browser. */
function isOurs(pathname: string): boolean {
  return pathname.split("/")[1] === location.pathname.split("/")[1];
}
