/**
 * The model of a state machine: the scopes of its states (the machine itself, branches, item processors), which state
 * leads to which, and the query language of each. Built from whatever can be read.
 *
 * Names of members are those of the Amazon States Language: https://states-language.net
 */
import type { Node } from '../tree';

export type QueryLanguage = 'JSONPath' | 'JSONata';

/** A way from a state to another of its scope. */
export interface Transition {
  /** The name of the other state. */
  to: string;
  /** Where it is written. */
  node: Node;
  /** What takes it: a member of the state (`Next`, `Default`), a choice or a catcher. */
  by: 'Next' | 'Default' | 'Choice' | 'Catch';
}

export interface State {
  name: string;
  node: Node;
  /** As written; undefined where it is missing or no text. */
  type: string | undefined;
  language: QueryLanguage;
  scope: Scope;
  transitions: readonly Transition[];
  /** The scopes inside it: branches of Parallel, the processor of Map. */
  inner: Scope[];
}

/** Where names of states hold: the whole machine, a branch of Parallel, the processor of Map. */
export interface Scope {
  node: Node;
  kind: 'machine' | 'branch' | 'processor';
  /** The Parallel or Map state around it. */
  owner: State | undefined;
  states: readonly State[];
  /** The last state of a name, which is the one that counts. */
  byName: ReadonlyMap<string, State>;
  /** True for the processor of a distributed Map, whose children are executions of their own. */
  distributed: boolean;
  /** True where states run as, or in children of the type, Express; undefined where the text does not tell. */
  express: boolean | undefined;
}

export interface StateMachine {
  root: Scope;
  /** Every scope, outer ones first. */
  scopes: readonly Scope[];
  /** Every state, in the order of the text. */
  states: readonly State[];
  language: QueryLanguage;
}

/** True for an object that is a state machine, told by what every machine has. */
export function isMachine(node: Node | undefined): node is Node {
  return node?.kind === 'object' && node.get('States')?.kind === 'object' && node.get('StartAt') !== undefined;
}

/**
 * The model of the machine in `node`.
 * @param express true for an Express workflow, where the text around the machine tells so
 */
export function buildMachine(node: Node, express?: boolean): StateMachine {
  // Among the states it is out of place, which is told; what was meant is clear.
  const language = node.get('QueryLanguage') ?? node.get('States')?.get('QueryLanguage');
  const reader = new Reader(languageOf(language, 'JSONPath'));
  const root = reader.scope(node, 'machine', undefined, express);
  return { root, scopes: reader.scopes, states: reader.states, language: reader.language };
}

/** What is written, taken for what it comes near to; what is near to nothing is told by the shapes. */
function languageOf(node: Node | undefined, otherwise: QueryLanguage): QueryLanguage {
  const text = node?.text?.toLowerCase();
  return text === 'jsonata' ? 'JSONata' : text === 'jsonpath' ? 'JSONPath' : otherwise;
}

const innerScopes = ['ItemProcessor', 'Iterator'] as const;

class Reader {
  readonly scopes: Scope[] = [];
  readonly states: State[] = [];

  constructor(readonly language: QueryLanguage) {}

  scope(node: Node, kind: Scope['kind'], owner: State | undefined, express: boolean | undefined): Scope {
    const states: State[] = [];
    const byName = new Map<string, State>();
    const config = kind === 'processor' ? node.get('ProcessorConfig') : undefined;
    const type = config?.get('ExecutionType')?.text;
    const scope: Scope = {
      node,
      kind,
      owner,
      states,
      byName,
      distributed: config?.get('Mode')?.text === 'DISTRIBUTED',
      express: type === 'EXPRESS' ? true : type === 'STANDARD' ? false : express,
    };
    this.scopes.push(scope);
    for (const child of node.get('States')?.members ?? []) {
      if (child.kind !== 'object') continue;
      const state = this.state(child, scope);
      states.push(state);
      byName.set(state.name, state);
    }
    return scope;
  }

  private state(node: Node, scope: Scope): State {
    const inner: Scope[] = [];
    const state: State = {
      name: String(node.key),
      node,
      type: node.get('Type')?.text,
      language: languageOf(node.get('QueryLanguage'), this.language),
      scope,
      transitions: transitionsOf(node),
      inner,
    };
    this.states.push(state);
    for (const branch of node.get('Branches')?.items ?? []) {
      if (branch.kind === 'object') inner.push(this.scope(branch, 'branch', state, scope.express));
    }
    for (const name of innerScopes) {
      const processor = node.get(name);
      if (processor?.kind === 'object') inner.push(this.scope(processor, 'processor', state, scope.express));
    }
    return state;
  }
}

function transitionsOf(state: Node): Transition[] {
  const found: Transition[] = [];
  const add = (node: Node | undefined, by: Transition['by']): void => {
    if (node?.text !== undefined) found.push({ to: node.text, node, by });
  };
  add(state.get('Next'), 'Next');
  for (const rule of state.get('Choices')?.items ?? []) add(rule.get('Next'), 'Choice');
  add(state.get('Default'), 'Default');
  for (const catcher of state.get('Catch')?.items ?? []) add(catcher.get('Next'), 'Catch');
  return found;
}

/** The catchers and retriers of a state. */
export function handlersOf(state: State): { retriers: readonly Node[]; catchers: readonly Node[] } {
  return { retriers: state.node.get('Retry')?.items ?? [], catchers: state.node.get('Catch')?.items ?? [] };
}
