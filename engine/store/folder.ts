/** The files of a data folder that more than one room knows by name. */

/** LMDB's, with all records. */
export const STORE_FILE = "seinpost.lmdb";
/** The root keys of the vault (engine/vault/root-file.ts). */
export const ROOT_FILE = "root.key";
