/** Imports under a key of the vault that is theirs alone (engine/vault/vault.ts). */
import type { Result } from "../../../schemas/errors.js";
import type { Vault } from "../../vault/vault.js";
import type { Sealer } from "./redo.js";

const NAME = "imports";

/** `settled` settles once what the vault was made to forget is lost for good (LiveRegistry.settled). */
export function importSealer(
  vault: Pick<Vault, "seal" | "open" | "renew" | "write">,
  settled: () => Promise<Result<void>>,
): Sealer {
  return {
    seal: (plain, about) => vault.seal(NAME, plain, about),
    open: (sealed, about) => vault.open(NAME, sealed, about),
    write: () => vault.write(),
    renew() {
      vault.renew(NAME);
      return settled();
    },
  };
}
