/** The rooms of the staff, each loaded when somebody goes there for the first time. Who has none of a room's scopes does not see it. */
import type { ComponentType } from "preact";
import type { Scope } from "../../../../schemas/words.js";
import type { words } from "./words.js";

/** What a room's file exports. `rest`: what stands in the path behind the room's name, such as an id. */
export interface RoomModule {
  readonly Room: ComponentType<{ readonly rest: string }>;
}

export interface RoomEntry {
  /** In the path: /console/NAME. */
  readonly name: string;
  readonly title: keyof ReturnType<typeof words>;
  readonly scopes: readonly Scope[];
  readonly load: () => Promise<RoomModule>;
}

/** In the order of the menu; the first that a key may enter is where it begins. */
export const ROOMS: readonly RoomEntry[] = [
  { name: "dispatch", title: "dispatch", scopes: ["draft", "dispatch"], load: () => import("../dispatch/room.js") },
  { name: "live", title: "live", scopes: ["draft", "dispatch"], load: () => import("../live/room.js") },
  { name: "operations", title: "operations", scopes: ["watch"], load: () => import("../operations/room.js") },
  {
    name: "municipality",
    title: "municipality",
    scopes: ["registry", "reach"],
    load: () => import("../municipality/room.js"),
  },
  { name: "keys", title: "keys", scopes: ["admin"], load: () => import("../keys/room.js") },
];
