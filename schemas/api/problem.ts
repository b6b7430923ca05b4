/** The shape in which every error is told. */
import { z } from "zod";

export const ProblemDocument = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().meta({ description: "Stable; see the error catalogue" }),
    detail: z.string(),
    field: z.string().optional().meta({ description: "JSON pointer, header or parameter that is wrong" }),
    errors: z
      .array(z.object({ field: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: "Every wrong field, when there are several; `field` is the first of them" }),
  })
  .meta({ id: "Problem", description: "RFC 9457" });
export type ProblemDocument = z.infer<typeof ProblemDocument>;
