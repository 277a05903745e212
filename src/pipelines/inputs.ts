/**
 * The data that a run reads from S3 and that was not copied for it, as it lies there now. S3 changes under a key, so
 * what a run says of its data is what tells it from a run on other data.
 */
import { abreast, type Session } from '../aws';
import type { RunnableStep } from '../definition/sagemaker/runnable';
import { digestIn, sha256 } from '../shared/uploads';
import { readDefinition } from './definition';
import { type RecordedInput } from './model';
import { splitS3Uri } from '../shared/s3-uri';

/** Requests at a time. */
const most = 4;
/** A prefix with more objects than this is not recorded: listing it takes longer than starting the run. */
const mostObjects = 5000;

/** A place that a step reads. */
export interface InputPlace {
  name: string;
  uri: string;
}

/**
 * The places in S3 that the steps of a definition read, each once: those that a parameter names under its name, others
 * under their step's. Outputs of other steps are no inputs of the run.
 *
 * @param values the values of the parameters, defaults included
 */
export function inputPlaces(
  steps: Iterable<Pick<RunnableStep, 'name' | 'arguments'>>,
  values: ReadonlyMap<string, string>,
): InputPlace[] {
  const places = new Map<string, InputPlace>();
  for (const step of steps) {
    for (const { name, uri } of urisOf(step.arguments)) {
      const parameter = parameterOf(uri);
      const value = parameter === undefined ? uri : values.get(parameter);
      if (typeof value !== 'string' || !/^s3:\/\/[^/]+/.test(value) || places.has(value)) continue;
      places.set(value, { name: parameter ?? `${step.name}.${name}`, uri: value });
    }
  }
  return [...places.values()];
}

/** What the places of a definition hold now. What was copied for the run says so in its address, and is left out. */
export async function recordInputs(
  session: Session,
  definition: string,
  given: Readonly<Record<string, string>>,
): Promise<RecordedInput[]> {
  const { parameters, steps } = await readDefinition(definition);
  const defaults = parameters.flatMap(({ name, default: value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const values = new Map([...defaults, ...Object.entries(given)]);
  const places = inputPlaces(steps.values(), values).filter(({ uri }) => digestIn(uri) === undefined);
  const recorded = await abreast(places, most, (place) => recordInput(session, place).catch(() => undefined));
  return recorded.flatMap((input) => input ?? []);
}

/** What lies at a place now; undefined where there is nothing, or too much. */
export async function recordInput(session: Session, { name, uri }: InputPlace): Promise<RecordedInput | undefined> {
  const { sdk, s3 } = session;
  const { bucket, key } = splitS3Uri(uri);
  return session.call(`look at ${uri}`, async () => {
    const found: { key: string; tag: string }[] = [];
    for await (const { Contents } of sdk.paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: key })) {
      for (const { Key = '', ETag = '' } of Contents ?? []) found.push({ key: Key, tag: ETag.replaceAll('"', '') });
      if (found.length > mostObjects) return undefined;
    }
    const [only] = found;
    if (!only) return undefined;
    if (found.length === 1 && only.key === key) {
      const { VersionId } = await s3.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }));
      return { name, uri, tag: only.tag, ...(VersionId && VersionId !== 'null' ? { version: VersionId } : {}) };
    }
    const list = found
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .map((object) => `${object.tag}  ${object.key.slice(key.length)}\n`)
      .join('');
    return { name, uri, tag: sha256(list), objects: found.length };
  });
}

interface NamedUri {
  name: string;
  uri: unknown;
}

/** What stands for the places that a step's job reads, by the shapes of its request. */
function urisOf(given: Readonly<Record<string, unknown>>): NamedUri[] {
  const processing = listIn(given['ProcessingInputs']).map((input) => ({
    name: textIn(input, 'InputName'),
    uri: within(input, 'S3Input', 'S3Uri'),
  }));
  const channels = listIn(given['InputDataConfig']).map((channel) => ({
    name: textIn(channel, 'ChannelName'),
    uri: within(channel, 'DataSource', 'S3DataSource', 'S3Uri'),
  }));
  const transform = { name: 'input', uri: within(given['TransformInput'], 'DataSource', 'S3DataSource', 'S3Uri') };
  return [...processing, ...channels, transform];
}

/** The parameter in `{"Get": "Parameters.NAME"}`. */
function parameterOf(value: unknown): string | undefined {
  const got = within(value, 'Get');
  return typeof got === 'string' ? /^Parameters\.(.+)$/.exec(got)?.[1] : undefined;
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textIn(value: unknown, key: string): string {
  const found = within(value, key);
  return typeof found === 'string' ? found : '';
}

function within(value: unknown, ...path: string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}
