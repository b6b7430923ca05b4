/** An amount of money as people of the page's language write it. */
import { language } from "./language.js";

export function money({ amount, currency }: { readonly amount: number; readonly currency: string }): string {
  const digits = amount < 1 ? 4 : 2;
  return new Intl.NumberFormat(language.value, { style: "currency", currency, maximumFractionDigits: digits }).format(
    amount,
  );
}
