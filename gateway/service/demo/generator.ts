/** Has a registry of people who do not exist made by the generator (loadtest/registry/main.ts), in a process of its own. */
import type { KekOptions } from "../../../engine/registry/open.js";
import type { OnProgress, Progress } from "../../../engine/registry/progress.js";
import { fail, ok, type Problem, type Result } from "../../../schemas/errors.js";
import { endOf, onLines, startProgram } from "./program.js";

export interface GeneratorOptions extends Pick<KekOptions, "kekFile"> {
  /** Of which it is alone while it writes: whoever calls has let it go. */
  readonly data: string;
  readonly participants?: number;
  readonly seed?: number;
  readonly postcodes?: string;
  readonly replace?: boolean;
  /** Where there is a registry, it stays as it is, and nothing is a problem; a folder that has lost one stays as it is too. */
  readonly onlyMissing?: boolean;
}

export interface Generated {
  readonly participants: number;
  readonly locations: number;
  /** Of the file of the population, names whose number is not known. */
  readonly unmatchedMunicipalities: readonly string[];
}

/** A line of what it prints, as JSON. The last one is what it made, or a problem. */
export type GeneratorLine =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "kekMade"; readonly file: string }
  | { readonly kind: "generated"; readonly generated: Generated }
  | { readonly kind: "problem"; readonly problem: Problem };

export interface GeneratorHooks extends Required<Pick<KekOptions, "onKekMade">> {
  readonly onProgress: OnProgress;
}

/** The generator's own problem, or PROCESS_FAILED when it ended before it said how that went. */
export async function runGenerator(options: GeneratorOptions, hooks: GeneratorHooks): Promise<Result<Generated>> {
  const program = startProgram("registry/main.js", { ...options });
  let said: Result<Generated> | undefined;
  onLines(program, (text) => {
    const line = JSON.parse(text) as GeneratorLine;
    if (line.kind === "progress") hooks.onProgress(line.progress);
    else if (line.kind === "kekMade") hooks.onKekMade?.(line.file);
    else said = line.kind === "generated" ? ok(line.generated) : { ok: false, problem: line.problem };
  });
  const end = await endOf(program);
  return said ?? fail("PROCESS_FAILED", `the generator did not make the registry: ${end}`);
}
