import { invalid } from '../protocol/errors';
import { isRecord } from '../protocol/validate';

export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

export interface ParameterDefinition {
  name: string;
  type: 'String' | 'Integer' | 'Float' | 'Boolean';
  default?: string | number | boolean;
  allowed?: string[];
}

/** One step, taken out of the Condition branch it may stand in. */
export interface StepDefinition {
  name: string;
  type: string;
  displayName?: string;
  description?: string;
  arguments: Json;
  /** The steps that must have succeeded before it: named in DependsOn, or referenced in its arguments. */
  needs: string[];
  /** The Condition step in whose branch it stands, and the outcome that leads to it. */
  branch?: { step: string; outcome: 'True' | 'False' };
  propertyFiles: { name: string; output: string; path: string }[];
  cache?: { expireAfter?: string };
  retries: RetryPolicy[];
}

/** When and how often a failed step is tried again. */
export interface RetryPolicy {
  exceptions: string[];
  intervalSeconds: number;
  backoffRate: number;
  maxAttempts: number;
}

export interface Definition {
  parameters: ParameterDefinition[];
  /** All steps, those of branches too, in the order of the text. */
  steps: StepDefinition[];
}

/**
 * Reads a pipeline definition as the engine runs it. The definition core has checked it before; this only
 * guards against what would make the engine itself fail.
 * @throws {ServiceError} `ValidationException`
 */
export function parseDefinition(text: string): Definition {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    throw unparsable(error instanceof Error ? error.message : String(error));
  }
  if (!isRecord(root)) throw unparsable('Expecting start of Json Object.');
  if (!Array.isArray(root.Steps)) throw unparsable('Steps must be an array.');
  const steps: StepDefinition[] = [];
  readSteps(root.Steps, undefined, steps);
  const names = new Set<string>();
  for (const { name } of steps) {
    if (names.has(name)) throw unparsable(`Two steps are named '${name}'.`);
    names.add(name);
  }
  for (const step of steps) {
    const unknown = step.needs.find((need) => !names.has(need));
    if (unknown !== undefined) throw unparsable(`Step '${step.name}' needs '${unknown}', which is no step.`);
  }
  refuseCycles(steps);
  return { parameters: readParameters(root.Parameters), steps };
}

/** Names of the steps that a value refers to by `{"Get": "Steps.<name>…"}`. */
export function referencedSteps(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencedSteps);
  if (!isRecord(value)) return [];
  const get = value.Get;
  if (typeof get === 'string' && Object.keys(value).length === 1) {
    const name = /^Steps\.([A-Za-z0-9\-_]+)/.exec(get)?.[1];
    return name === undefined ? [] : [name];
  }
  return Object.values(value).flatMap(referencedSteps);
}

function readSteps(list: unknown[], branch: StepDefinition['branch'], into: StepDefinition[]): void {
  for (const raw of list) {
    if (!isRecord(raw) || typeof raw.Name !== 'string' || typeof raw.Type !== 'string') {
      throw unparsable('Every step needs a Name and a Type.');
    }
    const { Name: name, Type: type } = raw;
    const given = isRecord(raw.Arguments) ? raw.Arguments : {};
    // The steps in a Condition's branches are steps of their own, not its arguments.
    const { IfSteps, ElseSteps, ...rest } = given;
    const own = type === 'Condition' ? rest : given;
    const dependsOn = strings(raw.DependsOn);
    const needs = new Set([...dependsOn, ...referencedSteps(own)]);
    if (branch) needs.add(branch.step);
    const cache = isRecord(raw.CacheConfig) && raw.CacheConfig.Enabled === true ? raw.CacheConfig : undefined;
    into.push({
      name,
      type,
      ...text('displayName', raw.DisplayName),
      ...text('description', raw.Description),
      arguments: own as Json,
      needs: [...needs],
      ...(branch ? { branch } : {}),
      propertyFiles: readPropertyFiles(raw.PropertyFiles),
      ...(cache ? { cache: text('expireAfter', cache.ExpireAfter) } : {}),
      retries: readRetries(raw.RetryPolicies),
    });
    if (type !== 'Condition') continue;
    readSteps(Array.isArray(IfSteps) ? IfSteps : [], { step: name, outcome: 'True' }, into);
    readSteps(Array.isArray(ElseSteps) ? ElseSteps : [], { step: name, outcome: 'False' }, into);
  }
}

function readParameters(raw: unknown): ParameterDefinition[] {
  if (!Array.isArray(raw)) return [];
  return raw.filter(isRecord).map((parameter) => {
    const { Name: name, Type: type = 'String', DefaultValue: value, EnumValues: allowed } = parameter;
    if (typeof name !== 'string' || !isParameterType(type)) throw unparsable('A parameter has no valid Name or Type.');
    return {
      name,
      type,
      ...(typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? { default: value }
        : {}),
      ...(Array.isArray(allowed) ? { allowed: strings(allowed) } : {}),
    };
  });
}

function isParameterType(type: unknown): type is ParameterDefinition['type'] {
  return type === 'String' || type === 'Integer' || type === 'Float' || type === 'Boolean';
}

function readPropertyFiles(raw: unknown): StepDefinition['propertyFiles'] {
  if (!Array.isArray(raw)) return [];
  return raw.filter(isRecord).map(({ PropertyFileName, OutputName, FilePath }) => ({
    name: String(PropertyFileName),
    output: String(OutputName),
    path: String(FilePath),
  }));
}

function readRetries(raw: unknown): RetryPolicy[] {
  if (!Array.isArray(raw)) return [];
  const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);
  return raw.filter(isRecord).map((policy) => ({
    exceptions: strings(policy.ExceptionType),
    intervalSeconds: number(policy.IntervalSeconds, 1),
    backoffRate: number(policy.BackoffRate, 2),
    maxAttempts: number(policy.MaxAttempts, 5),
  }));
}

/** Takes away step after step whose needs are met; what is left stands in a cycle. */
function refuseCycles(steps: readonly StepDefinition[]): void {
  const waiting = new Map(steps.map((step) => [step.name, step.needs.length]));
  const after = new Map<string, string[]>(steps.map((step) => [step.name, []]));
  for (const step of steps) for (const need of step.needs) after.get(need)?.push(step.name);
  const ready = steps.filter((step) => step.needs.length === 0).map((step) => step.name);
  let done = 0;
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    done++;
    for (const next of after.get(name) ?? []) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  if (done === steps.length) return;
  const ring = steps.filter((step) => (waiting.get(step.name) ?? 0) > 0).map((step) => step.name);
  throw unparsable(`The steps ${ring.slice(0, 5).join(', ')} wait for one another in a cycle.`);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((element) => typeof element === 'string') : [];
}

function text<Key extends string>(key: Key, value: unknown): { [K in Key]?: string } {
  return (typeof value === 'string' ? { [key]: value } : {}) as { [K in Key]?: string };
}

/** The service's own beginning for every definition that it refuses. */
export function unparsable(message: string): Error {
  return invalid(`Unable to parse pipeline definition. ${message}`);
}
