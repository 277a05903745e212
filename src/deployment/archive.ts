/** What is in a model's archive, and whether a container finds its script there. */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createTarDecoder } from 'modern-tar';

/** One file of an archive. */
export interface ArchiveEntry {
  name: string;
  size: number;
}

export interface Archive {
  entries: ArchiveEntry[];
  /** The text of the script that serves, where there is one. */
  script?: { name: string; text: string };
}

export interface LayoutFinding {
  severity: 'error' | 'warning';
  text: string;
}

/** A script is read up to so many bytes. */
const mostScript = 1_000_000;

/**
 * Reads what an archive has.
 *
 * @throws Error where it is no gzipped tar
 */
export async function readArchive(bytes: Uint8Array, program: string): Promise<Archive> {
  const unzipped = Readable.toWeb(Readable.from([bytes]).pipe(createGunzip())) as ReadableStream<Uint8Array>;
  const entries: ArchiveEntry[] = [];
  const archive: Archive = { entries };
  for await (const entry of unzipped.pipeThrough(createTarDecoder())) {
    const name = entry.header.name.replace(/^\.\//, '');
    if (entry.header.type === 'directory') continue;
    entries.push({ name, size: entry.header.size });
    if (name === `code/${program}` && entry.header.size < mostScript) {
      archive.script = { name, text: await new Response(entry.body).text() };
    } else {
      await entry.body.cancel();
    }
  }
  return archive;
}

/**
 * Whether the containers of the frameworks find their script: `code/inference.py` at the top, with the functions that
 * they call.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/adapt-inference-container.html
 */
export function layoutFindings(
  { entries, script }: Archive,
  { image, environment }: { image: string; environment: Readonly<Record<string, string>> },
): LayoutFinding[] {
  const findings: LayoutFinding[] = [];
  const say = (severity: LayoutFinding['severity'], text: string): void => void findings.push({ severity, text });
  const program = programOf(environment);
  const hasOwnSource = environment['SAGEMAKER_SUBMIT_DIRECTORY']?.startsWith('s3://') ?? false;
  const isFramework = /(scikit-learn|sklearn|pytorch|mxnet|tensorflow-inference|huggingface|xgboost)/i.test(image);
  if (entries.length === 0) say('error', 'The archive is empty.');
  if (!script) {
    const elsewhere = entries.find(({ name }) => name.endsWith(`/${program}`) || name === program);
    if (elsewhere) {
      say('error', `The script is ${elsewhere.name}; containers look for code/${program} at the top of the archive.`);
    } else if (/(scikit-learn|sklearn)/i.test(image) && !hasOwnSource) {
      say('error', `There is no code/${program}, and the scikit-learn container cannot load a model without one.`);
    } else if (isFramework && !hasOwnSource) {
      say('warning', `There is no code/${program}: the container must know how to load this model by itself.`);
    }
    return findings;
  }
  const has = (name: string): boolean => new RegExp(`^(async\\s+)?def\\s+${name}\\s*\\(`, 'm').test(script.text);
  if (!has('model_fn')) {
    const isNeeded = /(scikit-learn|sklearn)/i.test(image);
    say(
      isNeeded ? 'error' : 'warning',
      `${script.name} has no model_fn${isNeeded ? ', which this container needs to load the model' : ''}.`,
    );
  }
  const others = ['input_fn', 'predict_fn', 'output_fn'].filter(has);
  if (has('transform_fn') && others.length > 0) {
    say('error', `${script.name} has transform_fn and ${others.join(', ')}: a container takes either.`);
  }
  return findings;
}

/** The file that serves. */
export function programOf(environment: Readonly<Record<string, string>>): string {
  return environment['SAGEMAKER_PROGRAM'] ?? 'inference.py';
}
