/**
 * JSONata expressions of state machines: `{% $states.input.name %}`. The `jsonata` library parses them, loaded on first
 * use; here the tree is read for what an expression names.
 */
import { table } from '../../table';

/** A name that an expression uses, and its characters in the expression. */
export interface Named {
  name: string;
  from: number;
  to: number;
}

/** What an expression names. */
export interface Reading {
  /** Variables that are not bound in the expression itself, functions included: `foo` of `$foo`. */
  variables: readonly (Named & { called: boolean })[];
  /** Members of `$states`, `input` of `$states.input`, and the member that is read of it. */
  states: readonly (Named & { member: Named | undefined })[];
  /** Names, `$` and `$$` that read a context item, where there is none. */
  contextual: readonly Named[];
}

/** Why a text is no expression, and at which character. */
export interface ExpressionFault {
  fault: string;
  at: number;
}

type Parse = (expression: string) => unknown;
let parse: Parse | undefined;
let loading: Promise<void> | undefined;

/** Loads the parser; until then expressions are not read. */
export function loadJsonata(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  ({ parse } = await import('../asl-jsonata.bundle'));
}

export function isLoaded(): boolean {
  return parse !== undefined;
}

/** Readings of the expressions met last: machines repeat themselves. */
const known = new Map<string, Reading | ExpressionFault>();
const mostKnown = 5000;

/** What an expression names, or why it is none. Undefined as long as the parser is not loaded. */
export function readExpression(text: string): Reading | ExpressionFault | undefined {
  if (!parse) return undefined;
  let reading = known.get(text);
  if (!reading) {
    reading = read(text, parse);
    if (known.size >= mostKnown) known.clear();
    known.set(text, reading);
  }
  return reading;
}

function read(text: string, parser: Parse): Reading | ExpressionFault {
  try {
    const reader = new Reader();
    reader.walk(parser(text) as Ast, { context: false, bound: new Set() });
    return reader;
  } catch (error) {
    const { message, position } = error as { message?: unknown; position?: unknown };
    const at = typeof position === 'number' ? Math.max(0, Math.min(position, text.length) - 1) : 0;
    return { fault: typeof message === 'string' ? message.replace(/\.?$/, '.') : 'It cannot be read.', at };
  }
}

/** A node of the library's tree: only what is read here. */
interface Ast {
  type?: string;
  value?: unknown;
  /** One past the last character of the token. */
  position?: number;
  steps?: Ast[];
  stages?: Ast[];
  predicate?: Ast[];
  group?: { lhs?: [Ast, Ast][] };
  expr?: Ast;
  expression?: Ast;
  expressions?: Ast[];
  lhs?: Ast | [Ast, Ast][];
  rhs?: Ast;
  condition?: Ast;
  then?: Ast;
  else?: Ast;
  procedure?: Ast;
  arguments?: Ast[];
  body?: Ast;
  pattern?: Ast;
  update?: Ast;
  delete?: Ast;
  terms?: { expression?: Ast }[];
  focus?: string;
  index?: string;
}

/** Where a part of an expression stands. */
interface Surroundings {
  /** True where there is an item that names are looked up in. */
  context: boolean;
  /** Variables that the expression binds around here. */
  bound: Set<string>;
}

class Reader implements Reading {
  readonly variables: (Named & { called: boolean })[] = [];
  readonly states: (Named & { member: Named | undefined })[] = [];
  readonly contextual: Named[] = [];

  walk(node: Ast | undefined, around: Surroundings): void {
    if (!node) return;
    const inside: Surroundings = { ...around, context: true };
    switch (node.type) {
      case 'path':
        this.path(node.steps ?? [], around);
        break;
      case 'name':
        if (!around.context) this.contextual.push(placed(node, String(node.value)));
        break;
      case 'variable':
        this.variable(node, around, false);
        break;
      case 'bind': {
        // The name holds in the rest of the block, and in a function that calls itself.
        const target = node.lhs as Ast | undefined;
        if (typeof target?.value === 'string') around.bound.add(target.value);
        this.walk(node.rhs, around);
        break;
      }
      case 'block': {
        const block = { ...around, bound: new Set(around.bound) };
        for (const one of node.expressions ?? []) this.walk(one, block);
        break;
      }
      case 'lambda': {
        const bound = new Set(around.bound);
        for (const one of node.arguments ?? []) if (typeof one.value === 'string') bound.add(one.value);
        this.walk(node.body, { context: true, bound });
        break;
      }
      case 'function':
      case 'partial':
        if (node.procedure?.type === 'variable') this.variable(node.procedure, around, true);
        else this.walk(node.procedure, around);
        for (const one of node.arguments ?? []) {
          // Whether there is a variable may be asked of one that nothing assigns.
          if (node.procedure?.value !== 'exists' || one.type !== 'variable') this.walk(one, around);
        }
        break;
      case 'transform':
        for (const one of [node.pattern, node.update, node.delete]) this.walk(one, inside);
        break;
      case 'sort':
        for (const { expression } of node.terms ?? []) this.walk(expression, inside);
        break;
      case 'unary':
        for (const one of node.expressions ?? []) this.walk(one, around);
        this.walk(node.expression, around);
        this.pairs(node.lhs, around);
        break;
      default:
        this.walk(Array.isArray(node.lhs) ? undefined : node.lhs, around);
        for (const one of [node.rhs, node.condition, node.then, node.else, node.expression]) this.walk(one, around);
    }
    for (const stage of [...(node.stages ?? []), ...(node.predicate ?? [])]) this.walk(stage.expr, inside);
    this.pairs(node.group?.lhs, inside);
  }

  private pairs(pairs: Ast | [Ast, Ast][] | undefined, around: Surroundings): void {
    if (!Array.isArray(pairs)) return;
    for (const pair of pairs) for (const one of pair) this.walk(one, around);
  }

  private path(steps: readonly Ast[], around: Surroundings): void {
    // `@$x` and `#$i` bind in the steps that follow.
    const rest: Surroundings = { context: true, bound: new Set(around.bound) };
    steps.forEach((step, index) => {
      for (const name of [step.focus, step.index]) if (typeof name === 'string') rest.bound.add(name);
      this.walk(step, index === 0 ? { ...around, bound: rest.bound } : rest);
    });
    const [first, second, third] = steps;
    if (first?.type === 'variable' && first.value === 'states' && second?.type === 'name') {
      const member = third?.type === 'name' ? placed(third, String(third.value)) : undefined;
      this.states.push({ ...placed(second, String(second.value)), member });
    }
  }

  private variable(node: Ast, around: Surroundings, called: boolean): void {
    const name = String(node.value);
    if (name === '' || name === '$') {
      if (!around.context || name === '$') this.contextual.push(placed(node, `$${name}`));
      return;
    }
    if (around.bound.has(name)) return;
    const { to } = placed(node, name);
    this.variables.push({ name, from: to - name.length, to, called });
  }
}

function placed({ position = 0 }: Ast, name: string): Named {
  return { name, from: Math.max(0, position - name.length), to: position };
}

const fixed =
  'sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power random boolean not map zip filter single reduce sift keys lookup append exists spread merge reverse each error assert type sort shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl eval toMillis fromMillis now millis clone';

/** The functions that Step Functions adds, with what they do. */
export const addedFunctions = table<string>({
  partition: 'The array in parts of that many elements.',
  range: 'Numbers from, to and by.',
  hash: 'A hash of the data: MD5, SHA-1, SHA-256, SHA-384 or SHA-512.',
  randomSeeded: 'A number from 0 to 1, the same for the same seed.',
  uuid: 'A random UUID, version 4.',
  parse: 'The value that the text holds as JSON; replaces $eval, which Step Functions does not have.',
});

/** The names of JSONata's functions and of those that Step Functions adds. */
export const functions: ReadonlySet<string> = new Set([...fixed.split(' '), ...Object.keys(addedFunctions)]);

/** The expression in a text `{% … %}`, and at which character it begins; undefined where the text is none. */
export function expressionIn(text: string): { expression: string; offset: number } | undefined {
  if (!text.startsWith('{%') || !text.endsWith('%}') || text.length < 4) return undefined;
  return { expression: text.slice(2, -2), offset: 2 };
}
