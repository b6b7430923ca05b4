/** The version of this program, as package.json has it: of the command, the API's documents apart (schemas/api/api.ts). */
import { readFileSync } from "node:fs";
import { z } from "zod";

// From dist/gateway/, where this file runs, in a checkout and in an installed package alike.
const PACKAGE = new URL("../../../package.json", import.meta.url);

export const VERSION = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(PACKAGE, "utf8"))).version;
