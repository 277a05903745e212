/** With what a function that makes a pipeline is called, and where each value comes from. */
import type { Caller } from './callers';
import type { Literal } from './literal';
import type { SourceParameter } from './model';
import { valueOfJson } from '../shared/json';

/** What an account, or Local, gives of itself. */
export interface Surroundings {
  region: string;
  account: string;
  /** ARN of the role that jobs run with. */
  role: string;
  /** The default bucket of the SageMaker SDK. */
  bucket: string;
  /** A name for the project: its folder's. */
  project: string;
}

/** The session object that the SDK makes, which cannot be written as a value. */
export interface SessionValue {
  $session: 'pipeline' | 'sagemaker' | 'boto';
}

export type ArgumentValue = Literal | SessionValue;

export interface Argument {
  name: string;
  value: ArgumentValue;
  /**
   * `saved` by the user, `caller` in the project's automation, `connection` of the account or Local, `option` of the
   * script's own command line (the value stands where its default cannot be read), `assumed` where nothing tells it.
   */
  origin: 'saved' | 'caller' | 'connection' | 'option' | 'assumed';
}

/** Whether the value of an argument only stands there for one that running the script may tell. */
export function isAssumed({ origin }: Argument): boolean {
  return origin === 'assumed' || origin === 'option';
}

/**
 * The arguments for a call. A default that is not `None` is left alone; `None` is filled in where the parameter is a
 * name, a role, a bucket or a region, because a pipeline made with `None` there is never the one that was meant.
 */
export function argumentsFor(
  parameters: readonly SourceParameter[],
  caller: Pick<Caller, 'arguments'> | undefined,
  saved: Readonly<Record<string, Literal>>,
  surroundings: Surroundings,
): Argument[] {
  return parameters.flatMap(({ name, default: written, annotation, option, keys }): Argument[] => {
    if (Object.hasOwn(saved, name)) return [{ name, value: saved[name] ?? null, origin: 'saved' }];
    const called = caller && Object.hasOwn(caller.arguments, name) ? caller.arguments[name] : undefined;
    if (called !== undefined && called !== null) {
      return [{ name, value: filled(called, name, surroundings), origin: 'caller' }];
    }
    const known = fromConnection(name, surroundings);
    if (written === undefined) {
      return [
        known === undefined
          ? {
              name,
              value: keys ? assumedMembers(keys, surroundings) : assumed(name, surroundings, annotation),
              origin: option ? 'option' : 'assumed',
            }
          : { name, value: known, origin: 'connection' },
      ];
    }
    if (written !== 'None') return [];
    if (known !== undefined) return [{ name, value: known, origin: 'connection' }];
    return /(?:^|_)(?:name|prefix)$/.test(name)
      ? [{ name, value: assumed(name, surroundings), origin: 'assumed' }]
      : [];
  });
}

/** The parameters that nothing gives a value and that have none of their own: what they get is only a guess. */
export function openArguments(
  parameters: readonly SourceParameter[],
  caller: Pick<Caller, 'arguments' | 'function'> | undefined,
  given: readonly Argument[],
): Argument[] {
  // What a call in Python gives is known when it is computed.
  if (caller?.function !== undefined) return [];
  const needed = new Set(parameters.filter(({ default: written }) => written === undefined).map(({ name }) => name));
  return given.filter(({ name, origin }) => origin === 'assumed' && needed.has(name));
}

/** Arguments as a file of the user has them: what JSON can say. */
export function argumentsOf(value: Readonly<Record<string, unknown>> | undefined): Record<string, Literal> {
  return valueOfJson(JSON.stringify(value ?? {})) as Record<string, Literal>;
}

function fromConnection(name: string, { region, account, role, bucket }: Surroundings): ArgumentValue | undefined {
  if (/session/i.test(name)) {
    return { $session: /boto/i.test(name) ? 'boto' : /^(?:sagemaker|sm|sess)/i.test(name) ? 'sagemaker' : 'pipeline' };
  }
  if (/(?:^|_)region(?:_name)?$/i.test(name)) return region;
  if (/(?:^|_)role(?:_arn)?$|^execution_role/i.test(name)) return role;
  if (/bucket(?:_name)?$/i.test(name)) return bucket;
  if (/(?:^|_)account(?:_id)?$/i.test(name)) return account;
  return undefined;
}

/** A dictionary that can stand for a parameter of which the keys that are read are known. */
function assumedMembers(keys: readonly string[], surroundings: Surroundings): Literal {
  const valueOf = (key: string): Literal => {
    const name = key.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
    const known = fromConnection(name, surroundings);
    return typeof known === 'string' ? known : assumed(name, surroundings);
  };
  return Object.fromEntries(keys.map((key) => [key, valueOf(key)]));
}

/** A value that can stand for a parameter of which only the name, and perhaps the annotation, is known. */
function assumed(name: string, { project, bucket, region }: Surroundings, annotation = ''): Literal {
  const kind = annotation.replace(/^(?:typing\.)?Optional\[(.*)\]$|\s*\|\s*None$/, '$1').replaceAll(/\s|typing\./g, '');
  const choice = /^Literal\[["']([^"']*)["']/.exec(kind)?.[1];
  if (choice !== undefined) return choice;
  if (kind === 'int' || kind === 'float') return 1;
  if (kind === 'bool') return false;
  if (/^(?:dict|Dict|Mapping)(?:\[|$)/.test(kind)) return {};
  if (/^(?:list|List|Sequence|tuple|Tuple)(?:\[|$)/.test(kind) && !/s$|_list$/i.test(name)) return [];
  if (/image(?:_ur[il])?$/i.test(name)) return plainImage(region);
  if (/[a-z]_env$|env(?:ironment)?_var(?:iable)?s$/i.test(name)) return {};
  if (/(?:^|_)ur[il]$|_path$|_s3(?:_|$)/i.test(name)) return `s3://${bucket}/${slug(name)}`;
  if (/pipeline_?name$/i.test(name)) return slug(project);
  if (/prefix$/i.test(name)) return slug(project);
  if (/(?:^|_)(?:count|size|number|num|epochs|n)$/i.test(name)) return 1;
  if (/instance_type$/i.test(name)) return 'ml.m5.large';
  if (/(?:names|list|s)$/i.test(name) && /names$|_list$/i.test(name)) return [slug(name)];
  return slug(`${project}-${name}`);
}

/** The image in which most scripts run, where a project leaves it to its caller. */
function plainImage(region: string): string {
  return `683313688378.dkr.ecr.${region}.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3`;
}

/** Letters, digits and single hyphens: what names in SageMaker may have. */
export function slug(text: string): string {
  return text
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 60)
    .replace(/-+$/, '');
}

/** A caller's value with its variables filled in: by what their names say, else by the name itself. */
function filled(value: Literal, name: string, surroundings: Surroundings): Literal {
  if (typeof value !== 'string') return value;
  return value.replace(/\$\{([\w-]+)\}/g, (_, variable: string) => {
    const known = fromConnection(
      variable
        .toLowerCase()
        .replaceAll('-', '_')
        .replace(/_?arn$/, ''),
      surroundings,
    );
    if (typeof known === 'string') return known;
    if (/project_?name/i.test(variable)) return slug(surroundings.project);
    if (/_id$/i.test(variable)) return 'local';
    return slug(variable.toLowerCase()) || slug(name);
  });
}
