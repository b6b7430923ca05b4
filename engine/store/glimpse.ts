/**
 * What a stored record that is JSON says of itself, told from its text without decoding it. A start looks at every action and
 * every wave that was ever kept, and decodes those that are under way.
 *
 * JSON escapes a quote within a string, so `"status":"` in a text that was stringified is the beginning of a member and never
 * part of what somebody wrote. Which object the member is of does not show: assumes that a record has one member of a name, at
 * whatever depth, and that is asserted of each record where it is written.
 */

/** A member's name as it stands in the text. */
type Member = `"${string}":`;

/** Where the value of a member begins, or undefined where there is none. */
function behind(text: string, member: Member): number | undefined {
  const at = text.indexOf(member);
  return at < 0 ? undefined : at + member.length;
}

/** The member's value where that is a string without an escape. */
export function wordIn(text: string, member: Member): string | undefined {
  const at = behind(text, member);
  if (at === undefined || text[at] !== '"') return undefined;
  const end = text.indexOf('"', at + 1);
  const word = text.slice(at + 1, end);
  return end < 0 || word.includes("\\") ? undefined : word;
}

/** The member's value where that is a number. */
export function numberIn(text: string, member: Member): number | undefined {
  const at = behind(text, member);
  // As long as a number can be; what stands behind it ends it.
  const value = at === undefined ? Number.NaN : Number.parseFloat(text.slice(at, at + 24));
  return Number.isNaN(value) ? undefined : value;
}

/** True if the member's value is an object. */
export function hasObject(text: string, member: Member): boolean {
  const at = behind(text, member);
  return at !== undefined && text[at] === "{";
}
