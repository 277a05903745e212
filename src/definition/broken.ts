/**
 * What is said about a text that cannot be read whole. A reader that goes on behind a fault guesses, so a half-typed
 * member makes the rest of its step look wrong. What only follows from such a guess is not told: the fault is, and the
 * rest when it is mended.
 */
import type { Severity } from './diagnostic';
import type { Finding } from './finding';
import type { Node, SyntaxProblem, Tree } from './tree';

/** In so many faults a placeholder is looked for. */
const looked = 50;
const template =
  'This is filled in by a program before the text is read, so what stands around it cannot be read now. Check what the program writes.';

/** Whether the reader knew what was meant: then the tree around the fault is as it should be. */
function isSure({ fix }: SyntaxProblem): boolean {
  return fix !== undefined;
}

/** What programs such as Handlebars, Jinja and ERB fill in. `{% … %}` of state machines is an expression instead. */
const filledIn =
  /\{\{[^\n]*?\}\}|\{%-?\s*(?:if|elif|else|endif|for|endfor|set|block|endblock|include|raw|endraw|macro)\b[^\n]*?%\}|<%[^\n]*?%>/g;

/** True where a fault is at something that is filled in before anybody reads the text as a definition. */
function isFilledIn({ text, lines }: Tree, { start }: SyntaxProblem): boolean {
  const from = lines.offset({ line: lines.position(start).line, character: 0 });
  const end = text.indexOf('\n', start);
  const line = text.slice(from, end < 0 ? undefined : end);
  const at = start - from;
  return [...line.matchAll(filledIn)].some((tag) => at >= tag.index - 1 && at <= tag.index + tag[0].length + 1);
}

/** A fault, and how grave it is at most. */
export type ToldProblem = SyntaxProblem & { atMost?: Severity };

/** The faults to tell: behind one that is not sure, others on its line are its echo. Of a template the first, as a remark. */
export function toldProblems(tree: Tree): ToldProblem[] {
  const { problems, lines } = tree;
  const tag = problems.slice(0, looked).find((problem) => isFilledIn(tree, problem));
  if (tag) {
    const { fix: _, ...place } = tag;
    return [{ ...place, message: template, atMost: 'information' }];
  }
  let line = -1;
  return problems.filter((problem) => {
    const here = lines.position(problem.start).line;
    if (here === line) return false;
    if (!isSure(problem)) line = here;
    return true;
  });
}

/**
 * The findings that hold whatever the faults of the text hide.
 * @param unitOf the stretch of the tree around an offset in which a fault may spoil everything behind it
 * @param needsAll true for findings about names that may be declared where the text could not be read
 */
export function withoutEchoes(
  tree: Tree,
  findings: Finding[],
  unitOf: (offset: number) => Node | undefined,
  needsAll: (finding: Finding) => boolean,
): Finding[] {
  const { problems } = tree;
  if (problems.length === 0) return findings;
  const incomplete = new Set<Node>();
  /** The first fault of each unit, and whether the unit cannot be trusted from there on. */
  const units = new Map<Node, { from: number; spoilt: boolean }>();
  for (const problem of problems) {
    const around = containerAt(tree, problem.start);
    if (around) incomplete.add(around);
    const unit = unitOf(problem.start);
    const entry = unit && (units.get(unit) ?? { from: problem.start, spoilt: false });
    if (entry) units.set(unit, entry);
    if (isSure(problem)) continue;
    if (entry) entry.spoilt = true;
    for (let node = around; node; node = node.parent) incomplete.add(node);
  }
  // A step that is not closed swallows the next one: then nothing in it is as it seems.
  for (const [unit, entry] of units) if (tree.duplicates.some((one) => isWithin(one, unit))) entry.from = unit.start;
  const isSpoilt = (node: Node): boolean =>
    [...units].some(([unit, { from, spoilt }]) => spoilt && node.end >= from && isWithin(node, unit));
  const someUnsure = !problems.every(isSure);
  return findings.filter((finding) => {
    const { node, mark } = finding;
    const isAbsence = mark === 'opening' || node.kind === 'missing';
    if (isAbsence && (incomplete.has(node) || (node.parent && incomplete.has(node.parent)))) return false;
    if (someUnsure && needsAll(finding)) return false;
    return !isSpoilt(node);
  });
}

function isWithin({ start, end }: Node, unit: Node): boolean {
  return start >= unit.start && end <= unit.end;
}

/** The innermost object or array that holds `offset` between its brackets. */
function containerAt({ root }: Tree, offset: number): Node | undefined {
  let around: Node | undefined;
  for (let node = root; node;) {
    if (offset <= node.start || offset > node.end || (node.kind !== 'object' && node.kind !== 'array')) break;
    around = node;
    node = node.children.find((child) => offset > child.start && offset <= child.end);
  }
  return around;
}
