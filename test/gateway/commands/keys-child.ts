/** The command as the program runs it, without the rest of the program. */

import { keysCommand } from "../../../gateway/commands/keys.js";

await keysCommand().parseAsync(process.argv);
