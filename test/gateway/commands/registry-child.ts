/** The command as the program runs it, without the rest of the program. */

import { registryCommand } from "../../../gateway/commands/registry.js";

await registryCommand().parseAsync(process.argv);
