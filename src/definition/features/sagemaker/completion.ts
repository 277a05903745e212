import type { SourceDocument } from '../../document';
import type { Pipeline, Step } from '../../sagemaker/model';
import { stepTypes } from '../../sagemaker/vocabulary';
import type { Node, Tree } from '../../tree';
import { type Cursor, cursorAt } from '../cursor';
import type { Completion } from '../results';
import { signOf, writtenName } from '../shapes';
import { escapeSnippet, snippetOf } from '../snippet';
import { type Expected, expectedAt, isStepList, type MemberInfo } from './expected';
import { completeReference } from './references';
import { conditionSnippet, functionSnippets, stepSnippet } from './snippets';

/** What may be written at `offset`. `base` is the path of the definition's root in the tree. */
export function complete(document: SourceDocument, pipeline: Pipeline, offset: number): Completion[] {
  const { tree } = document;
  const cursor = cursorAt(tree, offset);
  if (!cursor) return [];
  const base = pipeline.root.path.length;
  if (cursor.at === 'key') {
    const expected = expectedAt(pipeline.root, cursor.object.path.slice(base));
    return completeKey(tree, cursor, expected);
  }
  const path = [...cursor.parent.path, cursor.key].slice(base);
  const step = stepAround(pipeline, offset);
  if (cursor.key === 'Get' && cursor.node?.kind === 'string') {
    return completeReference(tree, pipeline, cursor.node, cursor.typed.length, step);
  }
  return completeValue(pipeline, cursor, path, step);
}

/** The innermost step around an offset. */
export function stepAround(pipeline: Pipeline, offset: number): Step | undefined {
  return pipeline.steps.findLast((step) => offset >= step.node.start && offset <= step.node.end);
}

function completeKey(tree: Tree, cursor: Extract<Cursor, { at: 'key' }>, expected: Expected): Completion[] {
  const { object, range } = cursor;
  const free = [...(expected.members ?? [])].filter(([name]) => !object.get(name) || cursor.member?.key === name);
  const list = free.map(([name, info]) => memberCompletion(tree, name, info, cursor));
  const mayBeFunction = expected.computed && object.members.every((member) => member === cursor.member);
  if (mayBeFunction) {
    for (const { label, detail, value } of functionSnippets) {
      // The braces are there: the snippet is what stands between them.
      const inner = snippetOf(value())
        .replace(/^\{\s*/, '')
        .replace(/\s*\}$/, '');
      list.push({ label, kind: 'function', detail, edit: { range, newText: inner }, snippet: true });
    }
  }
  return list;
}

function memberCompletion(
  tree: Tree,
  name: string,
  info: MemberInfo,
  cursor: Extract<Cursor, { at: 'key' }>,
): Completion {
  const written = writtenName(tree, name, cursor.quoted);
  const completion: Completion = {
    label: name,
    kind: 'member',
    detail: info.required ? `${info.type} (required)` : info.type,
    edit: {
      range: cursor.range,
      newText: cursor.hasValue
        ? written
        : escapeSnippet(`${written}${signOf(tree)} `) + (tree.syntax === 'yaml' ? '$0' : info.begin) + cursor.comma,
    },
    snippet: !cursor.hasValue,
    sort: `${info.required ? 0 : 1}${name}`,
  };
  if (info.documentation !== undefined) completion.documentation = info.documentation;
  if (!cursor.hasValue) completion.again = true;
  return completion;
}

function completeValue(
  pipeline: Pipeline,
  cursor: Extract<Cursor, { at: 'value' }>,
  path: readonly (string | number)[],
  step: Step | undefined,
): Completion[] {
  const { range, node, comma } = cursor;
  const snippet = (label: string, detail: string, text: string, kind: Completion['kind'] = 'snippet'): Completion => ({
    label,
    kind,
    detail,
    edit: { range, newText: text + comma },
    snippet: true,
  });
  if (node?.kind === 'number' || node?.kind === 'boolean') return [];
  const listPath = path.slice(0, -1);
  if (cursor.parent.kind === 'array' && isStepList(listPath)) {
    return Object.entries(stepTypes).map(([type, { summary }]) => snippet(type, summary, stepSnippet(type)));
  }
  const expected = expectedAt(pipeline.root, path);
  if (expected.conditions && !node) return [snippet('condition', 'a comparison', conditionSnippet())];
  const quoted = quoteOf(node);
  const list: Completion[] = [];
  const add = (text: string, kind: Completion['kind'], detail = '', documentation?: string): void => {
    const completion: Completion = {
      label: text,
      kind,
      detail,
      edit: { range, newText: JSON.stringify(text) + comma },
      sort: String(list.length).padStart(5, '0'),
    };
    if (documentation !== undefined) completion.documentation = documentation;
    list.push(completion);
  };
  if (expected.values) {
    const isType = path.at(-1) === 'Type' && typeof path.at(-2) === 'number' && isStepList(path.slice(0, -2));
    for (const value of expected.values) add(value, 'value', isType ? (stepTypes[value]?.summary ?? '') : '');
  }
  if (expected.stepNames) {
    const taken = new Set(step?.dependsOn.filter((one) => one.node !== node).map((one) => one.name));
    for (const other of pipeline.steps) {
      if (other.name !== undefined && other !== step && !taken.has(other.name))
        add(other.name, 'step', other.type ?? '');
    }
  }
  if (expected.outputNames) for (const output of step?.outputs ?? []) add(output.name, 'value');
  if (quoted) return list;
  if (expected.shape?.kind === 'boolean') {
    for (const text of ['true', 'false'])
      list.push({ label: text, kind: 'value', edit: { range, newText: text + comma } });
  }
  if (expected.computed) {
    for (const { label, detail, value } of functionSnippets) {
      list.push(snippet(label, detail, snippetOf(value()), 'function'));
    }
  }
  return list;
}

/** True while a string is being typed: then only strings can be meant. */
function quoteOf(node: Node | undefined): boolean {
  return node?.kind === 'string';
}
