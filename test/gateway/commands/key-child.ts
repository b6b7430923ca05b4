/** The command as the program runs it, without the rest of the program. */

import { keyCommand } from "../../../gateway/commands/key.js";

await keyCommand().parseAsync(process.argv);
