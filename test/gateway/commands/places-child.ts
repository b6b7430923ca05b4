import { placesCommand } from "../../../gateway/commands/places.js";

await placesCommand().parseAsync();
