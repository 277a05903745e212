/** Data that a run on Local does not find: how its absence is said, and read again where files can stand for it. */

/** What can be done about it where no step of the run was to write it. */
const advice = 'Upload it or give it as a fixture in .mlops/config.json, then retry.';

const notFound = /\bNo object was found at (s3:.+?) on Local\. Upload it/;

/** The sentence that nothing lies at an S3 location that a job reads. */
export function noObject(uri: string): string {
  return `No object was found at ${uri} on Local. ${advice}`;
}

/** The S3 location in which such a sentence says that nothing lies; undefined where the text has none. */
export function missingObject(reason: string): string | undefined {
  return notFound.exec(reason)?.[1];
}

/** The sentence with other words instead of what can be done about it. */
export function insteadOfAdvice(reason: string, words: string): string {
  return reason.replace(advice, words);
}

/** The S3 locations of which the refusal of a run, or the reason of a failed step, says that nothing is there: each once. */
export function missingData(text: string): string[] {
  const sentences = text.matchAll(/\bit reads (s3:.+?), which (?:is|are) not there/g);
  const refused = [...sentences].flatMap(([, places = '']) => places.split(/(?:,| and) (?=s3:\/\/)/));
  const failed = missingObject(text);
  return [...new Set(failed === undefined ? refused : [...refused, failed])];
}
