/**
 * What is read of a table at a time where all of it would take too long: a cursor of lmdb is not held over turns of the event loop, for
 * meanwhile it would keep the pages of before.
 */

/** The first of these, at most so many, of which there is one at least. */
export function portionOf<T>(items: Iterable<T>, most: number): T[] {
  const portion: T[] = [];
  for (const item of items) if (portion.push(item) === most) break;
  return portion;
}
