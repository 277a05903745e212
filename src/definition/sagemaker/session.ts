/**
 * One definition while it is being edited: after an edit inside a top-level step, that step alone is read and checked
 * again. What others say about it is checked again only when what it declares has changed.
 */
import type { Finding } from '../finding';
import { parseJson } from '../json';
import { type Node, type SyntaxProblem, Tree } from '../tree';
import { checkContext, checkOutlines, checkRoot, checkUnit, placeholdersOnce } from './check';
import { assemble, buildPipeline, buildUnit, Notes, type Pipeline, type Unit } from './model';
import { declarations, outline } from './outline';
import { syntaxFindings } from './rules';
import { duplicateFindings, trusted } from './rules/syntax';

/** What was found in a unit; kept while it stays true. */
interface Kept {
  own: readonly Finding[];
  context: readonly Finding[] | undefined;
}

const kept = new Notes<Kept>();

/** A change of the text: what stood from `start` to `end` is now `newText`. Offsets are of the text before. */
interface Edit {
  start: number;
  end: number;
  newText: string;
}

export class PipelineSession {
  private current: Tree;
  private model: Pipeline | undefined;
  /** What the outline checks found; kept while the outline of each unit stays the same. */
  private together: readonly Finding[] | undefined;
  /** How many units the last update read again; all of them where the whole text was read. For measurements. */
  readAgain = 0;

  /** `tree` is that of a JSON text, read so that the elements of Steps can be moved. */
  constructor(tree: Tree) {
    this.current = tree;
    this.readAll();
  }

  /** The tree of the current text. Trees, nodes and models handed out before an update are not to be used after it. */
  get tree(): Tree {
    return this.current;
  }

  /** The model of the current text; undefined where it is no pipeline definition. */
  get pipeline(): Pipeline | undefined {
    return this.model;
  }

  /** Takes the text as it is now, finding the edit by what is the same before and after it. */
  update(text: string): void {
    const { text: before } = this.current;
    if (text === before) return;
    const start = commonStart(before, text);
    const same = commonEnd(before, text, start);
    const edit = { start, end: before.length - same, newText: text.slice(start, text.length - same) };
    if (this.editUnit(edit, text)) return;
    this.current = parseJson(text, 'Steps');
    this.readAll();
  }

  /** Everything that is wrong with the current text. */
  findings(): Finding[] {
    const syntax = syntaxFindings(this.current);
    const found = trusted(this.current, this.judged());
    return syntax.length > 0 ? [...syntax, ...found] : found;
  }

  /** What the checks say, whatever the faults of the text. */
  private judged(): Finding[] {
    const findings = duplicateFindings(this.current);
    const pipeline = this.model;
    if (!pipeline) return findings;
    for (const unit of pipeline.units) {
      const { own, context } = this.judgedAlone(unit, pipeline);
      for (const finding of own) findings.push(finding);
      for (const finding of context) findings.push(finding);
    }
    for (const finding of checkRoot(pipeline)) findings.push(finding);
    this.together ??= checkOutlines(pipeline);
    for (const finding of this.together) findings.push(finding);
    return placeholdersOnce(findings);
  }

  private judgedAlone(unit: Unit, pipeline: Pipeline): { own: readonly Finding[]; context: readonly Finding[] } {
    const known = kept.of(unit);
    if (known?.context) return { own: known.own, context: known.context };
    const now = { own: known?.own ?? checkUnit(unit), context: checkContext(unit, pipeline) };
    kept.keep(unit, now);
    return now;
  }

  private readAll(): void {
    this.model = buildPipeline(this.current);
    this.together = undefined;
    this.readAgain = this.model?.units.length ?? 0;
  }

  /** Reads one unit again, where the edit lies inside it and the rest of the text is read as before. */
  private editUnit(edit: Edit, after: string): boolean {
    const pipeline = this.model;
    const unit = pipeline && unitAround(pipeline, edit);
    if (!pipeline || !unit) return false;
    const { node } = unit.top;
    // Faults elsewhere may reach into each other; then the whole text is read.
    if (!this.current.problems.every(({ start }) => start > node.start && start < node.end)) return false;
    const delta = edit.newText.length - (edit.end - edit.start);
    // Put together from its pieces: a slice would hold the whole text for as long as the step's strings live.
    const { text } = this.current;
    const part = parseJson(text.slice(node.start, edit.start) + edit.newText + text.slice(edit.end, node.end));
    if (!standsAlone(part)) return false;
    const problems = part.problems.map((problem) => move(problem, node.start));
    const elsewhere = this.current.duplicates.filter((duplicate) => duplicate.block !== node.block);
    const duplicates = [...elsewhere, ...part.duplicates].toSorted((a, b) => a.start - b.start);
    const outlineBefore = outline(unit, text);
    const place = replace(pipeline, node, part, delta);
    const lines = this.current.lines.edited(after, edit);
    this.current = new Tree(after, 'json', pipeline.root, problems, duplicates, lines);
    const fresh = buildUnit(place);
    const units = pipeline.units.map((other) => (other === unit ? fresh : other));
    this.model = assemble(this.current, pipeline.root, units);
    this.dropContext(unit, fresh);
    if (outline(fresh, after) !== outlineBefore || this.together?.some((finding) => pointsInto(unit, finding)))
      this.together = undefined;
    this.readAgain = 1;
    return true;
  }

  /** Forgets what was said about the unit that was replaced. */
  private dropContext(before: Unit, now: Unit): void {
    const declaresTheSame = declarations(before) === declarations(now);
    for (const unit of this.model?.units ?? []) {
      const found = kept.of(unit);
      if (!found?.context) continue;
      if (!declaresTheSame || found.context.some((finding) => pointsInto(before, finding))) found.context = undefined;
    }
  }
}

/** True where a finding marks something in a unit. */
function pointsInto({ top }: Unit, { node, related = [] }: Finding): boolean {
  const { block } = top.node;
  return node.block === block || related.some((other) => other.node.block === block);
}

/** The unit that an edit lies inside of: between its brackets. */
function unitAround({ units, root }: Pipeline, { start, end }: Edit): Unit | undefined {
  if (root.children.filter(({ key }) => key === 'Steps').length !== 1) return undefined;
  let low = 0;
  let high = units.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((units[middle]?.top.node.start ?? 0) <= start) low = middle;
    else high = middle - 1;
  }
  const node = units[low]?.top.node;
  return node && start > node.start && end < node.end ? units[low] : undefined;
}

/** True where a text is one object from its first to its last character: then it is read so inside a larger text, too. */
function standsAlone({ root, text, problems }: Tree): boolean {
  return (
    root?.kind === 'object' &&
    root.start === 0 &&
    root.end === text.length &&
    text.endsWith('}') &&
    problems.every(({ start }) => start < text.length)
  );
}

/** Puts the root of `part` in the place of `old`, and moves what stands behind it. */
function replace(pipeline: Pipeline, old: Node, part: Tree, delta: number): Node {
  const { root } = part;
  const steps = old.parent;
  if (!root || !steps) return old;
  root.block.offset = old.start;
  root.parent = steps;
  root.key = old.key;
  const index = steps.children.indexOf(old);
  steps.children[index] = root;
  for (const behind of steps.children.slice(index + 1)) behind.block.offset += delta;
  moveBehind(pipeline.root, steps, old.start, delta);
  return root;
}

/** Moves the nodes of the whole's own block: ends around `from`, and everything behind it. */
function moveBehind(node: Node, steps: Node, from: number, delta: number): void {
  if (node.keyFrom > from) {
    node.keyFrom += delta;
    node.keyTo += delta;
  }
  if (node.from > from) node.from += delta;
  if (node.to > from) node.to += delta;
  // The elements of Steps have blocks of their own.
  if (node === steps) return;
  for (const child of node.children) moveBehind(child, steps, from, delta);
}

/** A problem of a part, placed where the part begins in the whole. */
function move(problem: SyntaxProblem, by: number): SyntaxProblem {
  const { start, end, fix } = problem;
  const moved: SyntaxProblem = { ...problem, start: start + by, end: end + by };
  if (fix) moved.fix = { ...fix, start: fix.start + by, end: fix.end + by };
  return moved;
}

const chunk = 4096;

/** How many characters two texts have in common at their beginning. */
function commonStart(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at + chunk <= length && a.slice(at, at + chunk) === b.slice(at, at + chunk)) at += chunk;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

/** How many characters two texts have in common at their end, `start` characters at their beginning left aside. */
function commonEnd(a: string, b: string, start: number): number {
  const length = Math.min(a.length, b.length) - start;
  let at = 0;
  while (
    at + chunk <= length &&
    a.slice(a.length - at - chunk, a.length - at) === b.slice(b.length - at - chunk, b.length - at)
  )
    at += chunk;
  while (at < length && a.charCodeAt(a.length - 1 - at) === b.charCodeAt(b.length - 1 - at)) at++;
  return at;
}
