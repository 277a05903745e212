/**
 * Whether a run counts as a run of what is released: its definition, its parameters and its files are those of the
 * commit and the environment, and it was started from nothing else. Unknown is no yes.
 */
import { count, formatNames } from '../../shared/format';
import { listOf, isString, optional, shape } from '../../shared/guards';
import { valueOfJson } from '../../shared/json';
import { withoutPerRun } from './per-run';
import { digestIn, digestOfFiles, type UploadFile } from '../../shared/uploads';
import type { ParameterRule, ParameterValue } from './config-file';
import {
  ConsentNeeded,
  type CommitDefinition,
  type CommitFiles,
  type Evidence,
  type RunEvidence,
  type RunInputs,
} from './evidence';
import { messageOf } from '../../workbench/errors';

/** What a run has to be made of. */
export interface Expected {
  /** The tree or commit that it is compared with. */
  treeish: string;
  /** How the sentences call it: `release/1.0`. */
  name: string;
  pipeline: string;
  /** The environment's values in place of the definition's defaults, and its name where it has one. */
  values: Readonly<Record<string, ParameterValue>>;
  environment?: string;
  /** Parameters that may be something else. */
  rules: ReadonlyMap<string, ParameterRule>;
  /** Files and folders by the parameter that names where they lie. */
  uploads: ReadonlyMap<string, string>;
}

/** `no` and `unknown` say why, as the end of a sentence that begins with the run. */
export type Counts = { counts: 'yes' } | { counts: 'no' | 'unknown'; why: string; remedy?: string; program?: true };

const howToRender =
  "judge it with --render on the command line, or with 'Render with Python' in the dialog of Finish: that runs the script";

const yes: Counts = { counts: 'yes' };
const no = (why: string): Counts => ({ counts: 'no', why });

/** Does the run count? Throws only where `signal` was aborted. */
export async function runCounts(
  run: RunEvidence,
  expected: Expected,
  evidence: Evidence,
  signal: AbortSignal,
): Promise<Counts> {
  if (run.dirty === true) return no('was started with uncommitted changes or untracked files');
  if (run.stubs?.length) return no(`was given stubs instead of running ${run.stubs.join(', ')}`);
  if (run.dirty === undefined) {
    return { counts: 'unknown', why: 'does not say whether its working tree was clean' };
  }
  try {
    const inputs = await evidence.inputsOfRun(run, signal);
    const definition = await evidence.definition(expected.treeish, expected.pipeline);
    if (definition === undefined) {
      return {
        counts: 'unknown',
        why: `cannot be compared: ${expected.name} has no definition of ${expected.pipeline}`,
        remedy: `Name the file as definition of the environment in .mlops/config.json, or name it ${expected.pipeline}.pipeline.json. If a Python script makes the pipeline, ${howToRender}.`,
        program: true,
      };
    }
    const isSame = definition.rendered ? isSameRendered : isSameDefinition;
    if (!isSame(definition.text, inputs.definition)) {
      return no(`ran another definition than ${definition.path} of ${expected.name}`);
    }
    const parameters = compareParameters(definition, inputs, expected);
    if (parameters.counts !== 'yes') return parameters;
    for (const [parameter, path] of expected.uploads) {
      const files = await compareFiles(parameter, path, definition.text, { inputs, expected, evidence, signal });
      if (files.counts !== 'yes') return files;
    }
    return yes;
  } catch (error) {
    signal.throwIfAborted();
    const why = `cannot be compared: ${messageOf(error).replace(/\.$/, '')}`;
    if (!(error instanceof ConsentNeeded)) return { counts: 'unknown', why };
    return { counts: 'unknown', why, remedy: `With your consent, ${howToRender}.`, program: true };
  }
}

/** Whether two texts are the same definition: the same JSON, however it is laid out. */
function isSameDefinition(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [valueOfJson(one), valueOfJson(other)];
  return a !== undefined && b !== undefined && JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** Whether two texts are the same definition but for what differs from one rendering of a program to the next. */
function isSameRendered(one: string, other: string): boolean {
  return isSameDefinition(withoutPerRun(one), withoutPerRun(other));
}

/** A JSON value with the members of objects in the order of their names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return members.map(([name, member]) => [name, sorted(member)]);
}

interface DefinedParameter {
  name: string;
  type: string;
  /** As the service takes it. */
  value: string | undefined;
}

const isParameterList = shape<{ Parameters?: { Name: string; Type?: string }[] | undefined }>({
  Parameters: optional(
    listOf(shape<{ Name: string; Type?: string | undefined }>({ Name: isString, Type: optional(isString) })),
  ),
});

function parametersOf(definition: string): DefinedParameter[] {
  const value = valueOfJson(definition);
  if (!isParameterList(value)) return [];
  return (value.Parameters ?? []).map((parameter) => {
    const { DefaultValue } = parameter as { DefaultValue?: unknown };
    return {
      name: parameter.Name,
      type: parameter.Type ?? 'String',
      value:
        typeof DefaultValue === 'string'
          ? DefaultValue
          : DefaultValue === undefined
            ? undefined
            : JSON.stringify(DefaultValue),
    };
  });
}

function compareParameters({ text, rendered }: CommitDefinition, inputs: RunInputs, expected: Expected): Counts {
  const defined = parametersOf(text);
  const defaultsOfRun = new Map(
    rendered ? parametersOf(inputs.definition).map(({ name, value }) => [name, value]) : [],
  );
  for (const name of expected.rules.keys()) {
    if (!defined.some((parameter) => parameter.name === name)) {
      return no(`cannot have the ${name} that is asked for: the definition has no such parameter`);
    }
  }
  for (const { name, type, value: ownDefault } of defined) {
    const rule = expected.rules.get(name);
    const given = inputs.parameters.get(name);
    // The default of the definition that was run is the commit's own, whatever its address was at the time.
    const actual = given === undefined || given === defaultsOfRun.get(name) ? ownDefault : given;
    if (rule === undefined && expected.uploads.has(name)) continue;
    if (rule !== undefined) {
      const asked = brokenRule(rule, actual, type);
      if (asked !== undefined) return no(`was run with ${name} ${actual ?? 'not set'}, and the gates ask for ${asked}`);
      continue;
    }
    const wanted = Object.hasOwn(expected.values, name) ? String(expected.values[name]) : ownDefault;
    if (wanted === undefined) {
      return {
        counts: 'unknown',
        why: `was run with ${name} ${actual ?? 'not set'}, and nothing says what it should be`,
        remedy: `Set ${name} for the environment in .mlops/config.json, or in the parameters of the gates.`,
      };
    }
    if (actual === undefined || !isSameValue(actual, wanted, type)) {
      const whose = Object.hasOwn(expected.values, name)
        ? (expected.environment ?? 'the environment')
        : 'the definition';
      return no(`was run with ${name} ${actual ?? 'not set'}, and ${whose} has ${wanted}`);
    }
  }
  return yes;
}

/** What a rule asks for, in words, where the value does not keep it. */
function brokenRule(rule: ParameterRule, actual: string | undefined, type: string): string | undefined {
  if ('any' in rule) return undefined;
  if ('values' in rule) {
    const kept = rule.values.some((value) => actual !== undefined && isSameValue(actual, String(value), type));
    return kept ? undefined : rule.values.map(String).join(' or ');
  }
  const number = actual === undefined || actual.trim() === '' ? Number.NaN : Number(actual);
  const kept =
    Number.isFinite(number) &&
    (rule.min === undefined || number >= rule.min) &&
    (rule.max === undefined || number <= rule.max);
  if (kept) return undefined;
  return [
    ...(rule.min === undefined ? [] : [`at least ${rule.min}`]),
    ...(rule.max === undefined ? [] : [`at most ${rule.max}`]),
  ].join(' and ');
}

function isSameValue(one: string, other: string, type: string): boolean {
  if (type === 'Integer' || type === 'Float') {
    return one === other || (one.trim() !== '' && other.trim() !== '' && Number(one) === Number(other));
  }
  return type === 'Boolean' ? one.toLowerCase() === other.toLowerCase() : one === other;
}

interface Comparison {
  inputs: RunInputs;
  expected: Expected;
  evidence: Evidence;
  signal: AbortSignal;
}

/** The files that a parameter of the run names, beside those of the commit. */
async function compareFiles(
  parameter: string,
  path: string,
  definition: string,
  { inputs, expected, evidence, signal }: Comparison,
): Promise<Counts> {
  const defined = parametersOf(definition).find(({ name }) => name === parameter);
  // A rule for the parameter itself takes the place of this.
  if (defined === undefined || expected.rules.has(parameter)) return yes;
  const uri = inputs.parameters.get(parameter) ?? defined.value ?? '';
  const digest = digestIn(uri);
  if (digest === undefined) {
    return { counts: 'unknown', why: `read ${parameter} from ${uri}, which does not say what was in it` };
  }
  const own = await evidence.files(expected.treeish, path);
  if (own === undefined) {
    return {
      counts: 'unknown',
      why: `cannot be compared: ${expected.name} has no ${path}`,
      remedy: `Commit ${path}, or let the gates take any ${parameter}: "parameters": { "${parameter}": { "any": true } }.`,
    };
  }
  if (digestOfFiles(own.files) === digest) return yes;
  const made = await evidence.filesAt(uri, signal).catch(() => {
    signal.throwIfAborted();
    return undefined;
  });
  if (made === undefined || digestOfFiles(made) !== digest) {
    return no(`was made of other files than ${path} of ${expected.name}`);
  }
  const others = differentFiles(own, made);
  return others.length === 0
    ? yes
    : no(
        `was made of other files than ${path} of ${expected.name}: ${count(others.length, 'file differs', 'files differ')}, ${formatNames(others, 3)}`,
      );
}

function differentFiles({ files }: CommitFiles, made: readonly UploadFile[]): string[] {
  const own = new Map(files.map((file) => [file.path, file]));
  const others = made.filter(({ path, sha256 }) => {
    const file = own.get(path);
    own.delete(path);
    return file === undefined || (file.sha256 !== sha256 && file.crlf !== sha256);
  });
  return [...others.map(({ path }) => path), ...own.keys()].toSorted();
}
