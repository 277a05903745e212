/** Where expressions may stand in a state: paths and payload templates of JSONPath, expressions of JSONata. */
import type { Node } from '../tree';
import type { State } from './model';

/** What is not part of a state's own expressions: other states, and what the service does not evaluate. */
const apart = new Set(['Branches', 'ItemProcessor', 'Iterator', 'Comment', 'Type', 'Next', 'Default', 'QueryLanguage']);

/** A payload template of a JSONPath state: members ending in `.$` are looked up. */
export interface Template {
  node: Node;
  /** The member that holds it: `Parameters`. */
  name: string;
}

/** Of the state that was asked about last: its checks follow each other. */
let last: { state: State; templates: readonly Template[] } | undefined;
const ownTemplates = new Set(['Parameters', 'ResultSelector', 'ItemSelector', 'Credentials', 'Assign']);

/** The payload templates of a JSONPath state, in the order of the text. */
export function templatesOf(state: State): readonly Template[] {
  if (last?.state !== state) last = { state, templates: findTemplates(state) };
  return last.templates;
}

function findTemplates({ node, type }: State): Template[] {
  const found: Template[] = [];
  const add = (parent: Node, name: string): void => {
    const template = parent.get(name);
    if (template) found.push({ node: template, name });
  };
  for (const member of node.members) {
    const name = String(member.key);
    if (ownTemplates.has(name)) found.push({ node: member, name });
    else if (name === 'Choices' || name === 'Catch') for (const one of member.items) add(one, 'Assign');
    else if (type !== 'Map') continue;
    else if (name === 'ItemReader' || name === 'ResultWriter') add(member, 'Parameters');
    else if (name === 'ItemBatcher') add(member, 'BatchInput');
  }
  return found;
}

/** A text of a JSONata state in which an expression may stand, and what it may read there. */
export interface ExpressionPlace {
  node: Node;
  /** `$states.result` is there. */
  result: boolean;
  /** `$states.errorOutput` is there. */
  errorOutput: boolean;
}

const withResult = new Set(['Task', 'Parallel', 'Map']);

/** Every text of a JSONata state that may be an expression. */
export function expressionPlaces({ node, type }: State): ExpressionPlace[] {
  const found: ExpressionPlace[] = [];
  for (const member of node.members) {
    const name = String(member.key);
    if (apart.has(name)) continue;
    const isOutcome = name === 'Output' || name === 'Assign';
    if (name === 'Catch') {
      for (const catcher of member.items) {
        for (const one of catcher.members) {
          const errorOutput = one.key === 'Output' || one.key === 'Assign';
          if (errorOutput) addTexts(one, false, errorOutput, found);
        }
      }
    } else if (name !== 'Retry') {
      addTexts(member, isOutcome && withResult.has(type ?? ''), false, found);
    }
  }
  return found;
}

function addTexts(root: Node, result: boolean, errorOutput: boolean, found: ExpressionPlace[]): void {
  root.each((node) => {
    if (node.kind === 'string' && node.key !== 'Next' && node.key !== 'Comment') {
      found.push({ node, result, errorOutput });
    }
  });
}

/** The objects that give values to variables when the state, or its choice or catcher, is left. */
export function assignmentsOf({ node }: State): readonly Node[] {
  let found: Node[] | undefined;
  for (const member of node.members) {
    if (member.key === 'Assign') (found ??= []).push(member);
    else if (member.key === 'Choices' || member.key === 'Catch') {
      for (const one of member.items) {
        const assign = one.get('Assign');
        if (assign) (found ??= []).push(assign);
      }
    }
  }
  return found ?? none;
}

const none: readonly Node[] = [];
