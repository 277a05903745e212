/** What stands in a definition for a value that only a deployment of its template knows. */

/** The beginning of each stand-in. */
export const standIn = 'stand-in-for-';

/** Whether a text is a stand-in, or has one in it. */
export function isOpen(text: string): boolean {
  return text.includes(standIn);
}

/** What stands for a value that only a deployment knows. */
export function standInFor(what: string): string {
  return `${standIn}${word(what)}`;
}

export function word(text: string): string {
  return text.replaceAll(/\W+/g, '-');
}
