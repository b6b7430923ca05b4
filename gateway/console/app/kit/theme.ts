/** Light or dark: as the machine says, until the person says otherwise. */
import { effect, signal } from "@preact/signals";
import { recalled, remember } from "./remembered.js";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const NAME = "theme";
const machine = matchMedia("(prefers-color-scheme: dark)");
const isMachineDark = signal(machine.matches);

export const theme = signal<Theme>(THEMES.find((one) => one === recalled(NAME)) ?? "auto");

export function isDark(): boolean {
  return theme.value === "dark" || (theme.value === "auto" && isMachineDark.value);
}

/** To be called once. */
export function startTheme(): void {
  machine.addEventListener("change", () => {
    isMachineDark.value = machine.matches;
  });
  effect(() => {
    document.documentElement.dataset.theme = isDark() ? "dark" : "light";
    remember(NAME, theme.value);
  });
}
