/** Why who was asked can't be told anything any more, now or later. */
import type { ErrorCode, Problem } from "../../../schemas/errors.js";

export const REPLACED: Problem = {
  code: "REGISTRY_REPLACED",
  detail: "the registry was replaced since people were selected: they can't be sent to any more",
};

/** For these nobody can be thanked: it is not known who they were, or whether they were reached. */
export const UNTHANKED: readonly ErrorCode[] = [REPLACED.code, "STORE_CORRUPT"];
