/** Numbers in a path and a query, and what a page says of the next one. In a URL they come as text; the document shows what is meant. */
import { z } from "zod";

/** A whole number, which may be left out. */
export function numberInQuery(description: string, minimum: number, maximum: number) {
  return wholeNumber(minimum, maximum)
    .optional()
    .meta(shown(description, minimum, maximum));
}

export function numberInPath(description: string, minimum: number, maximum: number) {
  return wholeNumber(minimum, maximum).meta(shown(description, minimum, maximum));
}

function wholeNumber(minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^\d{1,10}$/, { error: "Must be a whole number" })
    .transform(Number)
    .pipe(z.int().min(minimum).max(maximum));
}

function shown(description: string, minimum: number, maximum: number) {
  return {
    description,
    override: ({ jsonSchema }: { jsonSchema: Record<string, unknown> }) => {
      delete jsonSchema.pattern;
      Object.assign(jsonSchema, { type: "integer", minimum, maximum });
    },
  };
}

export const nextPage = z
  .string()
  .nullable()
  .meta({ description: "Value for ?after=; null on the last page, and on no other" });
