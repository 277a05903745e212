import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { distance } from 'fastest-levenshtein';
import type { BranchRole } from '../model/model';
import type { Range } from '../../definition/diagnostic';
import { LineIndex } from '../../definition/lines';
import {
  defaultBranches,
  defaultConfig,
  branchRoles,
  type ConnectionChoice,
  type EnvironmentConfig,
  type GateConfig,
  type LifecycleConfig,
  type ParameterRule,
  type ParameterValue,
  type Threshold,
} from './config';

/** Something in the file that cannot be used as it is written. */
export interface ConfigProblem {
  /** What is wrong and what would be right, one or two sentences. */
  message: string;
  range: Range;
}

export interface ReadConfig {
  /** Everything that could be read; what has a problem is left out. */
  config: LifecycleConfig;
  problems: ConfigProblem[];
}

/**
 * Reads the text of `.mlops/config.json`. Comments and trailing commas are allowed. Never throws: each thing that is
 * wrong is a problem with its place, and the rest of the file still counts. The rules are those of
 * `media/mlops-config.schema.json`.
 */
export function readConfig(text: string): ReadConfig {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const reader = new Reader(new LineIndex(text));
  for (const error of errors) {
    reader.problem(error, `This is not JSON: ${sentence(printParseErrorCode(error.error))}.`);
  }
  const config = root === undefined ? defaultConfig : reader.config(root);
  return { config, problems: reader.problems };
}

class Reader {
  readonly problems: ConfigProblem[] = [];

  constructor(private readonly lines: LineIndex) {}

  problem({ offset, length }: { offset: number; length: number }, message: string): void {
    const range = { start: this.lines.position(offset), end: this.lines.position(offset + length) };
    this.problems.push({ message, range });
  }

  config(root: Node): LifecycleConfig {
    const members = this.members(root, 'The configuration', [
      '$schema',
      'version',
      'environments',
      'branches',
      'uploads',
      'gates',
    ]);
    const version = members.get('version');
    if (version !== undefined && version.value !== 1) this.problem(version, 'The version of this file must be 1.');
    const environments = new Map(defaultConfig.environments);
    for (const [name, node] of this.members(members.get('environments'), 'environments')) {
      const environment = this.environment(node, name);
      if (environment !== undefined) environments.set(name, environment);
    }
    const gates = this.members(members.get('gates'), 'gates', ['release', 'hotfix']);
    return {
      environments,
      branches: this.branches(members.get('branches'), environments),
      uploads: this.uploads(members.get('uploads')),
      gates: { release: this.gates(gates.get('release')), hotfix: this.gates(gates.get('hotfix')) },
    };
  }

  private uploads(node: Node | undefined): Map<string, string> {
    const uploads = new Map<string, string>();
    for (const [parameter, value] of this.members(node, 'uploads')) {
      const path = this.path(value, parameter);
      if (path !== undefined) uploads.set(parameter, path);
    }
    return uploads;
  }

  private environment(node: Node, name: string): EnvironmentConfig | undefined {
    const members = this.members(node, `Environment '${name}'`, [
      'connection',
      'account',
      'pipeline',
      'definition',
      'parameters',
    ]);
    if (node.type !== 'object') return undefined;
    const connectionNode = members.get('connection');
    if (connectionNode === undefined) {
      this.problem(
        node,
        `Environment '${name}' needs a connection: "Local", or an object with a profile and a region.`,
      );
      return undefined;
    }
    const connection = this.connection(connectionNode, name);
    if (connection === undefined) return undefined;
    const parameters: [string, ParameterValue][] = [];
    for (const [parameter, value] of this.members(members.get('parameters'), 'parameters')) {
      const read: unknown = value.value;
      if (typeof read === 'string' || typeof read === 'number' || typeof read === 'boolean') {
        parameters.push([parameter, read]);
      } else {
        this.problem(value, `Parameter '${parameter}' must be a text, a number, true or false.`);
      }
    }
    return {
      connection,
      ...optional('account', this.account(members.get('account'))),
      ...optional('pipeline', this.nonEmpty(members.get('pipeline'), 'pipeline')),
      ...optional('definition', this.path(members.get('definition'), 'definition')),
      parameters: Object.fromEntries(parameters),
    };
  }

  private connection(node: Node, name: string): ConnectionChoice | undefined {
    if (node.type === 'string') {
      if (node.value === 'Local') return 'Local';
      this.problem(node, `The connection of '${name}' must be "Local", or an object with a profile and a region.`);
      return undefined;
    }
    const members = this.members(node, `The connection of '${name}'`, ['profile', 'region']);
    if (node.type !== 'object') return undefined;
    const profile = this.nonEmpty(members.get('profile'), 'profile');
    if (profile === undefined) {
      if (!members.has('profile'))
        this.problem(node, `The connection of '${name}' needs a profile of your AWS configuration.`);
      return undefined;
    }
    return { profile, ...optional('region', this.nonEmpty(members.get('region'), 'region')) };
  }

  private account(node: Node | undefined): string | undefined {
    if (node === undefined) return undefined;
    const value: unknown = node.value;
    if (typeof value === 'string' && /^\d{12}$/.test(value)) return value;
    this.problem(node, 'An account must be a text of twelve digits: "111122223333".');
    return undefined;
  }

  private branches(
    node: Node | undefined,
    environments: ReadonlyMap<string, EnvironmentConfig>,
  ): Map<BranchRole, string> {
    const branches = new Map(defaultBranches);
    const members = this.members(node, 'branches', branchRoles);
    for (const kind of branchRoles) {
      const value = members.get(kind);
      const name = this.nonEmpty(value, kind);
      if (value === undefined || name === undefined) continue;
      if (!environments.has(name)) {
        this.problem(value, `There is no environment '${name}'.${this.nearest(name, [...environments.keys()])}`);
      }
      branches.set(kind, name);
    }
    return branches;
  }

  private gates(node: Node | undefined): GateConfig {
    const members = this.members(node, 'A set of gates', [
      'cleanTree',
      'definitions',
      'run',
      'parameters',
      'model',
      'metrics',
    ]);
    const run = members.get('run');
    const model = members.get('model');
    const pipelineNode = this.members(run, 'run', ['pipeline']).get('pipeline');
    const pipeline = this.nonEmpty(pipelineNode, 'pipeline');
    if (run?.type === 'object' && pipelineNode === undefined) {
      this.problem(run, 'The run gate needs the name of a pipeline.');
    }
    const choice = this.members(model, 'model', ['group', 'step', 'version']);
    const named = {
      ...optional('group', this.nonEmpty(choice.get('group'), 'group')),
      ...optional('step', this.nonEmpty(choice.get('step'), 'step')),
      ...optional('version', this.number(choice.get('version'), 'version')),
    };
    const parameters = this.rules(members.get('parameters'));
    const metrics = this.metrics(members.get('metrics'));
    return {
      ...optional('cleanTree', this.flag(members.get('cleanTree'), 'cleanTree')),
      ...optional('definitions', this.paths(members.get('definitions'))),
      ...optional('run', pipeline === undefined ? undefined : { pipeline }),
      ...optional('parameters', parameters.size > 0 ? parameters : undefined),
      ...optional('model', model?.type === 'object' ? named : undefined),
      ...optional('metrics', metrics.size > 0 ? metrics : undefined),
    };
  }

  /** What parameters of a run may be, by name: a value, a list of values, bounds, or anything. */
  private rules(node: Node | undefined): Map<string, ParameterRule> {
    const rules = new Map<string, ParameterRule>();
    for (const [name, value] of this.members(node, 'parameters')) {
      const rule = this.rule(name, value);
      if (rule !== undefined) rules.set(name, rule);
    }
    return rules;
  }

  private rule(name: string, node: Node): ParameterRule | undefined {
    const isValue = (value: unknown): value is ParameterValue =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const values: unknown[] = node.type === 'array' ? (node.children ?? []).map((child) => child.value) : [node.value];
    if (node.type !== 'object') {
      if (values.length > 0 && values.every(isValue)) return { values };
      this.problem(node, `Parameter '${name}' must be a value, a list of values, or an object with min, max or any.`);
      return undefined;
    }
    const bounds = this.members(node, `Parameter '${name}'`, ['min', 'max', 'any']);
    if (bounds.get('any')?.value === true) return { any: true };
    const threshold: Threshold = {
      ...optional('min', this.number(bounds.get('min'), 'min')),
      ...optional('max', this.number(bounds.get('max'), 'max')),
    };
    if (threshold.min !== undefined || threshold.max !== undefined) return threshold;
    this.problem(node, `Parameter '${name}' needs a min, a max, or "any": true.`);
    return undefined;
  }

  private metrics(node: Node | undefined): Map<string, Threshold> {
    const metrics = new Map<string, Threshold>();
    for (const [name, value] of this.members(node, 'metrics')) {
      const bounds = this.members(value, `Metric '${name}'`, ['min', 'max']);
      const threshold: Threshold = {
        ...optional('min', this.number(bounds.get('min'), 'min')),
        ...optional('max', this.number(bounds.get('max'), 'max')),
      };
      if (threshold.min !== undefined || threshold.max !== undefined) metrics.set(name, threshold);
      else if (value.type === 'object' && bounds.size === 0)
        this.problem(value, `Metric '${name}' needs a min or a max.`);
    }
    return metrics;
  }

  private paths(node: Node | undefined): string[] | undefined {
    if (node === undefined) return undefined;
    if (node.type !== 'array') {
      this.problem(node, '"definitions" must be a list of paths.');
      return undefined;
    }
    return (node.children ?? []).flatMap((child) => this.path(child, 'A definition') ?? []);
  }

  /** A relative path that stays inside the working tree. */
  private path(node: Node | undefined, what: string): string | undefined {
    const path = this.nonEmpty(node, what);
    if (node === undefined || path === undefined) return undefined;
    if (/^([/\\]|[A-Za-z]:)/.test(path) || path.split(/[/\\]/).includes('..')) {
      this.problem(node, `${quoted(what)} must be a path inside the repository, relative to its root.`);
      return undefined;
    }
    return path;
  }

  /** A text with at least one character that is no blank. */
  private nonEmpty(node: Node | undefined, what: string): string | undefined {
    if (node === undefined) return undefined;
    const value: unknown = node.value;
    if (typeof value === 'string' && /\S/.test(value)) return value;
    this.problem(node, `${quoted(what)} must be a text that is not empty.`);
    return undefined;
  }

  private flag(node: Node | undefined, what: string): boolean | undefined {
    if (node === undefined || node.type === 'boolean') return node?.value as boolean | undefined;
    this.problem(node, `"${what}" must be true or false.`);
    return undefined;
  }

  private number(node: Node | undefined, what: string): number | undefined {
    if (node === undefined) return undefined;
    const value: unknown = node.value;
    // JSON writes 1e999 for what no number is.
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    this.problem(node, `"${what}" must be a finite number.`);
    return undefined;
  }

  /** The members of an object by key; a key outside `allowed` is a problem, and so is a key that comes twice. */
  private members(node: Node | undefined, what: string, allowed?: readonly string[]): Map<string, Node> {
    const members = new Map<string, Node>();
    if (node === undefined) return members;
    if (node.type !== 'object') {
      this.problem(node, `${what} must be an object.`);
      return members;
    }
    for (const { children: [key, value] = [] } of node.children ?? []) {
      if (key === undefined) continue;
      const name = String(key.value);
      if (allowed !== undefined && !allowed.includes(name)) {
        this.problem(key, `${what} has no member "${name}".${this.nearest(name, allowed)}`);
      } else if (members.has(name)) {
        this.problem(key, `"${name}" is written twice; the later one counts.`);
      }
      if (value !== undefined) members.set(name, value);
    }
    return members;
  }

  private nearest(name: string, known: readonly string[]): string {
    const [best] = known
      .map((candidate) => ({ candidate, away: distance(name.toLowerCase(), candidate.toLowerCase()) }))
      .filter(({ candidate, away }) => away <= Math.max(1, candidate.length / 3))
      .sort((a, b) => a.away - b.away);
    return best === undefined ? ` There are: ${known.join(', ')}.` : ` Did you mean '${best.candidate}'?`;
  }
}

/** `{ key: value }`, or nothing where there is no value. */
function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

/** A member's name in quotes; a phrase as it is. */
function quoted(what: string): string {
  return /^\w+$/.test(what) ? `"${what}"` : what;
}

/** `CommaExpected` as `comma expected`. */
function sentence(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
