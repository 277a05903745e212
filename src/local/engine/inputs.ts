/** What steps read in S3, and whether it is there before they start. */
import { listed } from '../../definition/list';
import { isRecord } from '../wire/validate';
import type { Json, StepDefinition } from './definition';

/** The beginning of a text that only stands for something that was missing when a script was rendered. */
const standIn = /stand-in-for-[\w-]+/;

/** A value that the author left for whoever uses the project: `<YOUR-BUCKET>`, "INSERT THE ROLE HERE". */
const placeholder = /^(?:s3:\/\/)?<[A-Z][\w .-]{2,}>|\b(?:INSERT|ENTER|ADD|PUT) [\w ]+ HERE\b/;

/** A place in S3 that a step reads, and whether it is the value of a parameter. */
interface Read {
  uri: string;
  isParameter: boolean;
}

/** How the reason begins that data is not there. */
const lacks = 'it reads';

/** True for a reason of {@link missingInputs} that data would cure. */
export function isForData(reason: string): boolean {
  return reason.startsWith(lacks);
}

/**
 * Why a step could not work with what is there: data that it reads and nobody writes, values that nobody knows. Of a step
 * that waits for others only scripts and what a parameter names are looked for, since the others may write data elsewhere
 * than they declare.
 * @param argumentsOf a step's arguments as far as they are known before it runs
 * @param has tells whether anything begins with an S3 URI
 * @param ofScript what its script reads by itself
 */
export function missingInputs(
  step: StepDefinition,
  steps: readonly StepDefinition[],
  argumentsOf: (step: StepDefinition) => Record<string, unknown>,
  has: (uri: string) => boolean,
  ofScript: readonly string[] = [],
): string[] {
  const own = argumentsOf(step);
  const unknown = new Set<string>();
  const open = new Set<string>();
  eachText(own, (text) => {
    const found = standIn.exec(text)?.[0];
    if (found !== undefined) unknown.add(found.replace('stand-in-for-', ''));
    if (placeholder.test(text)) open.add(text.slice(0, 80));
  });
  const inScript = ofScript.map((uri) => ({ uri, isParameter: false }));
  const reads = [...readsOf(own, step.arguments), ...inScript]
    .filter(
      ({ uri, isParameter }) => uri.startsWith('s3://') && (isParameter || isScript(uri) || step.needs.length === 0),
    )
    .filter(({ uri }) => !standIn.test(uri) && !has(uri));
  // Only for what is not there all that other steps write is looked through.
  const later = reads.length === 0 ? undefined : after(step, steps);
  const others = later ? steps.filter(({ name }) => !later.has(name)) : [];
  const written = others.flatMap((other) => writesOf(argumentsOf(other)));
  const missing = reads.filter(({ uri }) => !written.some((place) => mayHold(place, uri)));
  const places = [...new Set(missing.map(({ uri }) => uri))];
  return [
    ...[...open].map((text) => `it still has the placeholder '${text}'`),
    ...(unknown.size === 0 ? [] : [`it needs what was not known when it was rendered (${[...unknown].join(', ')})`]),
    ...(places.length === 0
      ? []
      : [`${lacks} ${listed(places)}, which ${places.length === 1 ? 'is' : 'are'} not there`]),
  ];
}

/** True for code that somebody wrote, which no step makes: a script, or the archive of a folder of them. */
function isScript(uri: string): boolean {
  return /\.(?:py|sh|R|ipynb)$|\/source(?:dir)?\.tar\.gz$/i.test(uri);
}

/** A step and those that can only run when it has ended: what they write it cannot read. */
function after({ name }: StepDefinition, steps: readonly StepDefinition[]): ReadonlySet<string> {
  const found = new Set([name]);
  for (const one of found) {
    for (const other of steps) if (other.needs.includes(one)) found.add(other.name);
  }
  return found;
}

/** A place that a step writes; `isOfJobs`: into a folder of it with the job's name, which nobody knows before. */
interface Written {
  uri: string;
  isOfJobs: boolean;
}

/** Whether what is written to a place may be found where something is read. */
export function mayHold({ uri, isOfJobs }: Written, read: string): boolean {
  const [wanted, place] = [read, uri].map((one) => one.replace(/\/*$/, '/')) as [string, string];
  return place.startsWith(wanted) || (!isOfJobs && wanted.startsWith(place));
}

/** The members that hold a place to read, by the member around them. */
function readsOf(value: unknown, written: Json | undefined, around = ''): Read[] {
  if (Array.isArray(value)) {
    return value.flatMap((one, at) => readsOf(one, Array.isArray(written) ? (written[at] as Json) : undefined, around));
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, member]): Read[] => {
    const own = isRecord(written) ? written[name] : undefined;
    if (name === 'ContainerArguments' && Array.isArray(member)) return argumentsRead(member);
    const isRead = name === 'S3Uri' && /^S3(?:Input|DataSource)$/.test(around);
    if (isRead && typeof member === 'string') return [{ uri: member, isParameter: isParameter(own) }];
    // The SDK writes hyperparameters as JSON texts.
    if (name === 'sagemaker_submit_directory' && typeof member === 'string') {
      return [{ uri: member.replace(/^"(.*)"$/, '$1'), isParameter: isParameter(own) }];
    }
    return readsOf(member, own, name);
  });
}

/** Files that a script is told to read: `--input-data s3://bucket/data.csv`. */
function argumentsRead(words: readonly unknown[]): Read[] {
  return words.flatMap((word, at) => {
    const option = words[at - 1];
    const isInput = typeof option === 'string' && /^--(?:[\w-]*[_-])?input(?:[_-][\w-]*)?$/.test(option);
    const isFile =
      typeof word === 'string' && /^s3:\/\/[^/]+\/.+\.(?:csv|tsv|txt|json|jsonl|parquet|zip|gz)$/i.test(word);
    return isInput && isFile ? [{ uri: word, isParameter: false }] : [];
  });
}

/** The places that arguments of a job, or the answer of its Describe operation, say it writes. */
export function writesOf(value: unknown, around = ''): Written[] {
  if (Array.isArray(value)) return value.flatMap((one) => writesOf(one, around));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const isWrite = name === 'S3OutputPath' || (name === 'S3Uri' && around === 'S3Output');
    if (!isWrite || typeof member !== 'string') return writesOf(member, name);
    return [{ uri: member, isOfJobs: around === 'OutputDataConfig' }];
  });
}

function isParameter(value: Json | undefined): boolean {
  return isRecord(value) && typeof value['Get'] === 'string' && value['Get'].startsWith('Parameters.');
}

/** What only names or describes what a step makes: any text does. */
const free = new Set(['ModelPackageGroupName', 'ModelPackageDescription', 'Tags']);

function eachText(value: unknown, visit: (text: string) => void): void {
  if (typeof value === 'string') visit(value);
  else if (Array.isArray(value)) for (const one of value) eachText(one, visit);
  else if (isRecord(value)) {
    for (const [name, member] of Object.entries(value)) if (!free.has(name)) eachText(member, visit);
  }
}
