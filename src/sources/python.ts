/** Reads, without running it, which SageMaker pipelines a Python text makes. */
import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/python';
import { type Literal, literalOf } from './literal';
import type { Maker, PythonPipeline, SourceParameter } from './model';

/** The modules of both generations of the SDK that have the class `Pipeline`. */
const home = /^sagemaker\.(?:mlops\.)?workflow(?:\.pipeline)?$/;

/** Names that functions which make pipelines have in the projects that AWS's own templates began. */
const customary = /^(?:get|create|build|make)_(?:[a-z0-9]+_)*pipelines?$/;

/** A quick look that tells almost all files apart from those that are worth parsing. */
export function mayMakePipeline(text: string): boolean {
  return text.includes('sagemaker') && (text.includes('Pipeline') || /def \w*_pipelines?\(/.test(text));
}

/** A version of the definition language, as it stands in every definition. */
const version = /^["']20\d\d-\d\d-\d\d["']$/;

/**
 * The pipelines of a Python text, in their order. A text with mistakes gives what can be read of it. `if` branches,
 * loops and helpers are not followed: each function that makes pipelines is listed once.
 */
export function pipelinesInPython(text: string): PythonPipeline[] {
  if (!mayMakePipeline(text)) return [];
  const script = new Script(text);
  const found = new Map<string, PythonPipeline>();
  for (const call of script.pipelineCalls()) {
    const pipeline = script.describe(call);
    const key = makerKey(pipeline.maker, call.from);
    const known = found.get(key);
    if (!known) found.set(key, pipeline);
    else if (known.name === undefined && pipeline.name !== undefined) known.name = pipeline.name;
  }
  // A function with the customary name whose pipeline is made elsewhere: by a helper or a factory.
  for (const node of script.functions()) {
    const name = script.nameOf(node);
    if (!customary.test(name) || isMethod(node) || !script.mayReturnPipeline(node)) continue;
    const key = `function ${name}`;
    if (found.size === 0 && script.importsSdk) found.set(key, script.describe(node));
  }
  return [...found.values()].sort((a, b) => a.line - b.line);
}

/** A call in Python of a function that has a name which pipelines' makers have. */
export interface PythonCaller {
  /** The line of the call, from 0. */
  line: number;
  function: string;
  /** The module that the function is imported from; undefined where the file defines it or it cannot be told. */
  module?: string;
  /** The keyword arguments whose values are written out. */
  arguments: Readonly<Record<string, Literal>>;
}

/** The calls of pipelines' makers in a Python text: what a project's own scripts and notebooks give them. */
export function callersInPython(text: string): PythonCaller[] {
  return /\w+_pipelines?\(/.test(text) ? new Script(text).makerCalls() : [];
}

/** One entry for a function however many pipelines it makes; each of a module's top level is one of its own. */
function makerKey(maker: Maker, offset: number): string {
  switch (maker.kind) {
    case 'function':
      return `function ${maker.name}`;
    case 'method':
      return `method ${maker.className}.${maker.name}`;
    default:
      return `${maker.kind} ${offset}`;
  }
}

class Script {
  private readonly tree: Tree;
  /** What the names of the module stand for: `Pipeline` → `sagemaker.workflow.pipeline.Pipeline`. */
  private readonly imported = new Map<string, string>();
  /** String constants of the module. */
  private readonly constants = new Map<string, string>();
  private readonly lineStarts: number[];
  importsSdk = false;

  constructor(private readonly text: string) {
    this.tree = parser.parse(text);
    this.lineStarts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.lineStarts.push(at + 1);
    this.tree.iterate({
      enter: ({ node }) => {
        if (node.name === 'ImportStatement') this.readImport(node);
        else if (node.name === 'AssignStatement') this.readConstant(node);
      },
    });
  }

  /**
   * What makes a pipeline: calls of the class of the SageMaker SDK, not of the classes of the same name elsewhere, and
   * definitions that are written out for boto3.
   */
  pipelineCalls(): SyntaxNode[] {
    const calls: SyntaxNode[] = [];
    this.tree.iterate({
      enter: ({ node }) => {
        if (node.name === 'DictionaryExpression' && this.isDefinition(node)) calls.push(node);
        if (node.name !== 'CallExpression' || !this.isPipelineClass(node.firstChild)) return;
        if (!this.isHandle(node)) calls.push(node);
      },
    });
    return calls;
  }

  /** A definition as it goes to CreatePipeline: a dictionary with a version and steps. */
  private isDefinition(node: SyntaxNode): boolean {
    const keys = new Map<string, string>();
    for (let at = node.firstChild; at; at = at.nextSibling) {
      if (at.name !== 'String' || at.nextSibling?.name !== ':') continue;
      keys.set(unquoted(this.slice(at)) ?? '', this.slice(at.nextSibling.nextSibling));
    }
    return keys.has('Steps') && version.test(keys.get('Version') ?? '');
  }

  /** Only a name, in a text that starts or asks and never makes: it stands for a pipeline that is there already. */
  private isHandle(call: SyntaxNode): boolean {
    if (!/\.(?:start|describe|list_executions|delete)\(/.test(this.text)) return false;
    if (/\.(?:upsert|create|update|definition)\(|\.steps\b/.test(this.text)) return false;
    return !/\bsteps\s*=|\*/.test(this.slice(call.getChild('ArgList')));
  }

  /** The calls by keyword of functions that are named as pipelines' makers. */
  makerCalls(): PythonCaller[] {
    const calls: PythonCaller[] = [];
    this.tree.iterate({
      enter: ({ node }) => {
        if (node.name !== 'CallExpression') return;
        const written = this.slice(node.firstChild).replace(/\s/g, '');
        const [head = '', ...rest] = written.split('.');
        const full = [this.imported.get(head) ?? head, ...rest].join('.');
        const name = full.slice(full.lastIndexOf('.') + 1);
        if (!customary.test(name)) return;
        const given = this.keywords(node);
        if (Object.keys(given).length === 0) return;
        const module = full.slice(0, -name.length - 1);
        calls.push({ line: this.lineOf(node.from), function: name, ...(module ? { module } : {}), arguments: given });
      },
    });
    return calls;
  }

  functions(): SyntaxNode[] {
    const functions: SyntaxNode[] = [];
    this.tree.iterate({
      enter: ({ node }) => {
        if (node.name === 'FunctionDefinition') functions.push(node);
      },
    });
    return functions;
  }

  /** The pipeline that a call, or a function as a whole, makes. */
  describe(node: SyntaxNode): PythonPipeline {
    const [maker, place] = this.makerOf(node);
    const value = node.name === 'CallExpression' ? this.nameArgument(node) : undefined;
    const name = value && this.valueOf(value, maker);
    const parameter = value?.name === 'VariableName' && !this.assignedAbove(value) ? this.slice(value) : undefined;
    const isParameter = 'parameters' in maker && maker.parameters.some((one) => one.name === parameter);
    return {
      maker,
      ...(name === undefined ? {} : { name }),
      ...(isParameter && parameter !== undefined ? { nameFrom: parameter } : {}),
      line: this.lineOf(place.from),
      sdk: this.sdk(),
    };
  }

  nameOf(definition: SyntaxNode): string {
    return this.slice(definition.getChild('VariableName'));
  }

  /**
   * Whether a function may return a pipeline: it returns something, and not only what a pipeline's own calls answer, as
   * one does that creates or starts a pipeline which another one makes.
   */
  mayReturnPipeline(definition: SyntaxNode): boolean {
    const answers = new Set<string>();
    const returned: string[] = [];
    definition.cursor().iterate(({ node }) => {
      if (node.name === 'AssignStatement' && this.isAnswer(node.lastChild)) answers.add(this.slice(node.firstChild));
      const value = node.name === 'ReturnStatement' ? node.lastChild : undefined;
      if (value && value.name !== 'return' && !this.isAnswer(value)) returned.push(this.slice(value));
    });
    return returned.some((value) => !answers.has(value));
  }

  /** Whether an expression is what the service answers of a pipeline: `pipeline.upsert(…)`, `pipeline.start()["…"]`. */
  private isAnswer(node: SyntaxNode | null): boolean {
    return /^[\w.]+\.(?:upsert|start|describe|delete)\(/.test(this.slice(node));
  }

  private sdk(): 2 | 3 {
    return [...this.imported.values()].some((name) => /^sagemaker\.(?:mlops|core|train)\b/.test(name)) ? 3 : 2;
  }

  private slice(node: SyntaxNode | null | undefined): string {
    return node ? this.text.slice(node.from, node.to) : '';
  }

  private lineOf(offset: number): number {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private readImport(node: SyntaxNode): void {
    const words = this.slice(node)
      .replace(/#[^\n]*/g, ' ')
      .replace(/[()\\\n]/g, ' ')
      .trim();
    const from = /^from\s+([\w.]+)\s+import\s+(.*)$/s.exec(words);
    const entries = (from ? (from[2] ?? '') : words.replace(/^import\s+/, '')).split(',');
    for (const entry of entries) {
      const [name, alias] = entry.trim().split(/\s+as\s+/);
      if (!name) continue;
      const full = from ? `${from[1]}.${name}` : name;
      if (/^sagemaker(?:\.|$)/.test(full)) this.importsSdk = true;
      if (from && name === '*' && home.test(from[1] ?? '')) this.imported.set('Pipeline', `${from[1]}.Pipeline`);
      // `import a.b` binds `a`, and what is written is the whole name.
      else if (alias ?? from) this.imported.set(alias?.trim() ?? name, full);
      else this.imported.set(name.split('.')[0] ?? name, name.split('.')[0] ?? name);
    }
  }

  private readConstant(node: SyntaxNode): void {
    const target = node.firstChild;
    const value = node.lastChild;
    if (target?.name !== 'VariableName' || !value) return;
    const text = this.textOf(value);
    if (text !== undefined) this.constants.set(this.slice(target), text);
  }

  private isPipelineClass(callee: SyntaxNode | null): boolean {
    if (callee?.name !== 'VariableName' && callee?.name !== 'MemberExpression') return false;
    const written = this.slice(callee).replace(/\s/g, '');
    const [head = '', ...rest] = written.split('.');
    const full = [this.imported.get(head) ?? head, ...rest].join('.');
    return full.endsWith('.Pipeline') && home.test(full.slice(0, -'.Pipeline'.length));
  }

  /** Who makes the pipeline, with the node where the maker begins. */
  private makerOf(node: SyntaxNode): [Maker, SyntaxNode] {
    let outer: SyntaxNode | undefined;
    let main = false;
    for (let at: SyntaxNode | null = node; at; at = at.parent) {
      if (at.name === 'FunctionDefinition') outer = at;
      if (at.name === 'IfStatement' && /^if\s*\(?\s*__name__\s*==/.test(this.slice(at))) main = true;
    }
    if (outer) {
      const owner = enclosingClass(outer);
      const parameters = this.parameters(outer, owner !== undefined);
      const name = this.nameOf(outer);
      if (owner) return [{ kind: 'method', className: this.nameOf(owner), name, parameters }, outer];
      // A function `main` reads the command line and acts: it is run as the script that it is, not called.
      if (name === 'main') return [{ kind: 'main' }, outer];
      return [{ kind: 'function', name, parameters }, outer];
    }
    return [{ kind: main ? 'main' : 'module' }, node];
  }

  /** The keyword arguments of a call that are literals, or constants of the module. */
  private keywords(call: SyntaxNode): Record<string, Literal> {
    const given: Record<string, Literal> = {};
    const list = call.getChild('ArgList');
    for (let at = list?.firstChild ?? null; at; at = at.nextSibling) {
      const value =
        at.name === 'VariableName' && at.nextSibling?.name === 'AssignOp' ? at.nextSibling.nextSibling : null;
      if (!value) continue;
      const known = value.name === 'VariableName' ? this.constants.get(this.slice(value)) : undefined;
      const literal = known ?? literalOf(value, this.text);
      if (literal !== undefined) given[this.slice(at)] = literal;
    }
    return given;
  }

  private parameters(definition: SyntaxNode, method: boolean): SourceParameter[] {
    const list = definition.getChild('ParamList');
    const parameters: SourceParameter[] = [];
    const options = optionsWithDefaults(this.text);
    let starred = false;
    for (let at = list?.firstChild ?? null; at; at = at.nextSibling) {
      if (at.name === '*' || at.name === '**') starred = true;
      else if (at.name === ',') starred = false;
      else if (at.name === 'VariableName' && !starred && at.prevSibling?.name !== 'AssignOp') {
        let next = at.nextSibling;
        const annotation = next?.name === 'TypeDef' ? this.slice(next).replace(/^:\s*/, '') : '';
        if (next?.name === 'TypeDef') next = next.nextSibling;
        const value = next?.name === 'AssignOp' ? next.nextSibling : null;
        const name = this.slice(at);
        const keys = keysReadOf(name, this.slice(definition.getChild('Body')));
        parameters.push({
          name,
          ...(value ? { default: this.slice(value) } : {}),
          ...(value || annotation === '' ? {} : { annotation }),
          ...(value || !options.has(name) ? {} : { option: true as const }),
          ...(keys.length > 0 ? { keys } : {}),
        });
      }
    }
    return method ? parameters.filter(({ name }, index) => index > 0 || !['self', 'cls'].includes(name)) : parameters;
  }

  private nameArgument(call: SyntaxNode): SyntaxNode | undefined {
    const list = call.getChild('ArgList');
    let value: SyntaxNode | null = null;
    for (let at = list?.firstChild ?? null; at; at = at.nextSibling) {
      if (at.name === 'VariableName' && this.slice(at) === 'name' && at.nextSibling?.name === 'AssignOp') {
        value = at.nextSibling.nextSibling;
        break;
      }
    }
    const first = list?.firstChild?.nextSibling ?? null;
    if (!value && first && first.nextSibling?.name !== 'AssignOp') value = first;
    return value ?? undefined;
  }

  /** The text that an expression has, as far as constants and defaults tell it. */
  private valueOf(node: SyntaxNode, maker: Maker): string | undefined {
    if (node.name !== 'VariableName') return this.textOf(node, maker);
    const name = this.slice(node);
    const above = this.assignedAbove(node);
    if (above) return this.valueOf(above, maker);
    const parameters = 'parameters' in maker ? maker.parameters : [];
    const given = parameters.find((parameter) => parameter.name === name);
    if (given) return given.default === undefined ? undefined : unquoted(given.default);
    return this.constants.get(name);
  }

  /** What a function's own statements, not those under conditions, give a variable last before it is used there. */
  private assignedAbove(node: SyntaxNode): SyntaxNode | undefined {
    let own: SyntaxNode | null = node.parent;
    while (own && own.name !== 'FunctionDefinition') own = own.parent;
    const name = this.slice(node);
    const assigned = (own?.getChild('Body')?.getChildren('AssignStatement') ?? []).findLast(
      ({ firstChild, to }) => firstChild?.name === 'VariableName' && this.slice(firstChild) === name && to <= node.from,
    );
    return assigned?.lastChild ?? undefined;
  }

  /**
   * The text of a string, or of one that is put together from strings and constants. What is put together from a
   * parameter is not known: callers may give another value than its default.
   */
  private textOf(node: SyntaxNode, maker?: Maker): string | undefined {
    const part = (one: SyntaxNode | null | undefined): string | undefined => {
      if (one?.name !== 'VariableName') return one ? this.textOf(one, maker) : undefined;
      const name = this.slice(one);
      const isParameter = maker && 'parameters' in maker && maker.parameters.some((given) => given.name === name);
      return isParameter ? undefined : this.constants.get(name);
    };
    if (node.name === 'String') return unquoted(this.slice(node));
    if (node.name === 'ParenthesizedExpression') return part(node.firstChild?.nextSibling);
    if (node.name === 'BinaryExpression' && this.slice(node.firstChild?.nextSibling) === '+') {
      const [left, right] = [part(node.firstChild), part(node.lastChild)];
      return left === undefined || right === undefined ? undefined : left + right;
    }
    if (node.name !== 'FormatString') return undefined;
    let text = '';
    let at = node.from;
    for (const hole of node.getChildren('FormatReplacement')) {
      const value = /^\{\s*\w+\s*\}$/.test(this.slice(hole)) ? part(hole.firstChild?.nextSibling) : undefined;
      if (value === undefined) return undefined;
      text += this.text.slice(at, hole.from) + value;
      at = hole.to;
    }
    const written = text + this.text.slice(at, node.to);
    return unquoted(
      written
        .replace(/^([rR]?)[fF]([rR]?)/, '$1$2')
        .replaceAll('{{', '{')
        .replaceAll('}}', '}'),
    );
  }
}

/** The value of a plain string literal; undefined for every other expression. */
function unquoted(literal: string): string | undefined {
  const match = /^[rRuU]?(?:"""(.*)"""|'''(.*)'''|"([^"]*)"|'([^']*)')$/s.exec(literal);
  return match?.[1] ?? match?.[2] ?? match?.[3] ?? match?.[4];
}

/** The keys by which a text reads a dictionary, each once. */
function keysReadOf(name: string, text: string): string[] {
  const reads = text.matchAll(new RegExp(String.raw`(?<![\w.])${name}\s*(?:\[|\.get\()\s*(["'])([\w-]+)\1`, 'g'));
  return [...new Set([...reads].flatMap(([, , key]) => key ?? []))];
}

/** The options of a text's own command lines that give a value where they are not told, by the names of their values. */
function optionsWithDefaults(text: string): ReadonlySet<string> {
  const calls = text.matchAll(/\.add_argument\(\s*(?:["']-\w["']\s*,\s*)?["']--([\w-]+)["']((?:[^()]|\([^()]*\))*)\)/g);
  const given = [...calls].filter(([, , rest = '']) => /\bdefault\s*=\s*(?!None\b)/.test(rest));
  return new Set(given.map(([, name = '']) => name.replaceAll('-', '_')));
}

function enclosingClass(definition: SyntaxNode): SyntaxNode | undefined {
  for (let at = definition.parent; at; at = at.parent) {
    if (at.name === 'FunctionDefinition') return undefined;
    if (at.name === 'ClassDefinition') return at;
  }
  return undefined;
}

function isMethod(definition: SyntaxNode): boolean {
  return enclosingClass(definition) !== undefined;
}
