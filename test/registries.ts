/**
 * Around a whole run of tests: a folder for the generated registries that its files copy (generated-folder.ts), gone when all have run.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    registries: string;
  }
}

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "seinpost-registries-"));
  project.provide("registries", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
