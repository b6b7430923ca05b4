/** What the browser remembers of a person's taste, and nothing else: language and theme. Where it keeps nothing, the page goes on. */

const PREFIX = "seinpost:";

export function recalled(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // It is asked again the next time.
  }
}
