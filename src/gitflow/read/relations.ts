/** Ahead and behind of any number of branches, with one walk through the history. */
import type { Relation } from '../model/branch-model';
import type { Git } from '../git/git';

/**
 * Counts, for each tip, the commits that only it has and that only the base has.
 *
 * Git is asked once for the history. Commits come before their parents, so that one pass hands the marks of each tip
 * down; tips are marked in bits, 32 at a time.
 */
export async function relate(git: Git, base: string, tips: readonly string[]): Promise<Map<string, Relation>> {
  const wanted = [...new Set(tips)].filter((tip) => tip !== base);
  const relations = new Map<string, Relation>([[base, { ahead: 0, behind: 0, merged: true }]]);
  if (wanted.length === 0) return relations;
  const output = await git.read(['rev-list', '--topo-order', '--parents', '--stdin'], {
    input: `${[base, ...wanted].join('\n')}\n`,
  });
  const history = parseHistory(output);
  const ofBase = reachable(history, base);
  const baseSize = ofBase.reduce((sum, mark) => sum + mark, 0);
  for (let from = 0; from < wanted.length; from += 32) {
    const group = wanted.slice(from, from + 32);
    countGroup(history, { ofBase, baseSize }, group, relations);
  }
  return relations;
}

interface History {
  /** The number of each commit; parents have higher ones. */
  numbers: Map<string, number>;
  /** The parents of commit `i` are `parents[starts[i] … starts[i + 1]]`. */
  starts: Int32Array;
  parents: Int32Array;
}

function parseHistory(output: string): History {
  const lines = output.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const numbers = new Map<string, number>();
  for (const [i, line] of lines.entries()) {
    const end = line.indexOf(' ');
    numbers.set(end < 0 ? line : line.slice(0, end), i);
  }
  const starts = new Int32Array(lines.length + 1);
  const parents: number[] = [];
  for (const [i, line] of lines.entries()) {
    starts[i] = parents.length;
    for (let at = line.indexOf(' '); at >= 0;) {
      const next = line.indexOf(' ', at + 1);
      const parent = numbers.get(next < 0 ? line.slice(at + 1) : line.slice(at + 1, next));
      if (parent !== undefined) parents.push(parent);
      at = next;
    }
  }
  starts[lines.length] = parents.length;
  return { numbers, starts, parents: Int32Array.from(parents) };
}

/** Which commits the base has. */
function reachable({ numbers, starts, parents }: History, base: string): Uint8Array {
  const marks = new Uint8Array(starts.length - 1);
  const first = numbers.get(base);
  if (first !== undefined) marks[first] = 1;
  for (let i = first ?? marks.length; i < marks.length; i++) {
    if (marks[i] === 0) continue;
    for (let p = starts[i] ?? 0; p < (starts[i + 1] ?? 0); p++) marks[parents[p] ?? 0] = 1;
  }
  return marks;
}

function countGroup(
  history: History,
  { ofBase, baseSize }: { ofBase: Uint8Array; baseSize: number },
  group: readonly string[],
  relations: Map<string, Relation>,
): void {
  const { numbers, starts, parents } = history;
  const size = starts.length - 1;
  const marks = new Int32Array(size);
  let first = size;
  for (const [bit, tip] of group.entries()) {
    const number = numbers.get(tip);
    if (number === undefined) continue;
    marks[number] = (marks[number] ?? 0) | (1 << bit);
    first = Math.min(first, number);
  }
  const ahead = new Int32Array(32);
  const shared = new Int32Array(32);
  // Along the base's history the marks seldom change: equal ones are counted together.
  let run = 0;
  let runMark = 0;
  for (let i = first; i < size; i++) {
    const mark = marks[i] ?? 0;
    if (mark === 0) continue;
    if (ofBase[i] === 0) addTo(ahead, mark, 1);
    else if (mark === runMark) run++;
    else {
      addTo(shared, runMark, run);
      runMark = mark;
      run = 1;
    }
    for (let p = starts[i] ?? 0; p < (starts[i + 1] ?? 0); p++) {
      const parent = parents[p] ?? 0;
      marks[parent] = (marks[parent] ?? 0) | mark;
    }
  }
  addTo(shared, runMark, run);
  for (const [bit, tip] of group.entries()) {
    const own = ahead[bit] ?? 0;
    relations.set(tip, { ahead: own, behind: baseSize - (shared[bit] ?? 0), merged: own === 0 });
  }
}

/** Adds `count` for each bit of the mark. */
function addTo(counter: Int32Array, mark: number, count: number): void {
  for (let rest = mark; rest !== 0; rest &= rest - 1) {
    const bit = 31 - Math.clz32(rest & -rest);
    counter[bit] = (counter[bit] ?? 0) + count;
  }
}
