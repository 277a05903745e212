/** What conventional commits ask of the next version. */
import { CommitParser } from 'conventional-commits-parser';

/** The step, and what asks for it: `2 features`. */
export interface Recommendation {
  increment: 'major' | 'minor' | 'patch';
  reason: string;
}

const parser = new CommitParser({
  // `!` before the colon breaks as the footer does: https://www.conventionalcommits.org/en/v1.0.0/#specification
  headerPattern: /^(\w+)(?:\(([^)]*)\))?(!)?: (.+)$/,
  headerCorrespondence: ['type', 'scope', 'breaking', 'subject'],
  noteKeywords: ['BREAKING CHANGE', 'BREAKING-CHANGE'],
});

/** Reads the messages; undefined where fewer than half of them are conventional, so that they decide nothing. */
export function recommend(messages: readonly string[]): Recommendation | undefined {
  let conventional = 0;
  let breaking = 0;
  let features = 0;
  let fixes = 0;
  for (const message of messages) {
    const commit = parser.parse(message);
    const type = commit['type']?.toString().toLowerCase();
    if (!type) continue;
    conventional++;
    if (commit['breaking'] || commit.notes.length > 0) breaking++;
    else if (type === 'feat') features++;
    else if (type === 'fix' || type === 'perf') fixes++;
  }
  if (conventional === 0 || conventional * 2 < messages.length) return undefined;
  if (breaking > 0) return { increment: 'major', reason: counted(breaking, 'breaking change') };
  if (features > 0) return { increment: 'minor', reason: counted(features, 'feature') };
  return { increment: 'patch', reason: fixes > 0 ? counted(fixes, 'fix', 'fixes') : 'No features' };
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
