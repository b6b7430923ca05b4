/**
 * When what makes a new action durable is written: with the wave that comes of its selection, where that is there soon. A small
 * selection takes less than a millisecond and a commit longer, and commits go one after the other: two of them were most of the
 * time from a request to its first message. After DISPATCH.selectedSoonMs the action is written alone, and its wave with another.
 *
 * Promises that whatever is written of an action is asked for after its first commit, and so is not durable before it.
 */
import { DISPATCH } from "../../../schemas/limits.js";

export class FirstCommits {
  readonly #awaiting = new Map<string, () => void>();

  /** Calls `commit` once `selected` is called for this action, or when it has taken too long; settles as it does. */
  begin<T>(id: string, commit: () => Promise<T>): Promise<T> {
    return new Promise((settle) => {
      const timer = setTimeout(() => this.selected(id), DISPATCH.selectedSoonMs);
      this.#awaiting.set(id, () => {
        clearTimeout(timer);
        settle(commit());
      });
    });
  }

  /** To be called before anything is written of what was selected, or of why it was not. */
  selected(id: string): void {
    const commit = this.#awaiting.get(id);
    this.#awaiting.delete(id);
    commit?.();
  }
}
