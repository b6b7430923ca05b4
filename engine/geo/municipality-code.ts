/** Municipalities by the number of their code: 363 for GM0363, 0 outside the Netherlands. */

export function municipalityCode(number: number): string | null {
  return number === 0 ? null : `GM${String(number).padStart(4, "0")}`;
}

/** 363 of "GM0363", whose form was checked. */
export function municipalityNumber(code: string): number {
  return Number(code.slice(2));
}
