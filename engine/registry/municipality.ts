/** Municipalities by the number of their code: 363 for GM0363, 0 outside the Netherlands. */

export function municipalityCode(number: number): string | null {
  return number === 0 ? null : `GM${String(number).padStart(4, "0")}`;
}
