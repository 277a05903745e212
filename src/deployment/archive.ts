/** What is in a model's archive, and whether a container finds its script there. */
import { Readable } from 'node:stream';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { packTar, unpackTar } from 'modern-tar';

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
  const name = `code/${program}`;
  const [script] = await unpackTar(unzipped, {
    filter(header) {
      if (header.type === 'directory') return false;
      entries.push({ name: plainName(header.name), size: header.size });
      return plainName(header.name) === name && header.size < mostScript;
    },
  });
  return { entries, ...(script?.data ? { script: { name, text: new TextDecoder().decode(script.data) } } : {}) };
}

function plainName(name: string): string {
  return name.replace(/^\.\//, '');
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

/** The script where it lies outside of `code`, at the top or below another folder; undefined where it is in its place. */
export function misplaced({ entries, script }: Archive, program: string): string | undefined {
  if (script) return undefined;
  return entries.find(({ name }) => name === program || name.endsWith(`/${program}`))?.name;
}

/**
 * Packs an archive as containers look for it: what is beside the script comes into `code`, and all else loses the folder
 * that it was packed with.
 *
 * @throws Error where nothing is misplaced, or where it is no gzipped tar
 */
export async function repacked(bytes: Uint8Array, program: string): Promise<Uint8Array> {
  const found = misplaced(await readArchive(bytes, program), program);
  if (found === undefined) throw new Error(`There is no ${program} to be put into its place.`);
  const files = (await unpackTar(gunzipSync(bytes))).map(({ header, data }) => ({
    header: { ...header, name: plainName(header.name) },
    ...(data ? { body: data } : {}),
  }));
  const folder = found.slice(0, -program.length);
  // `penguins/code/inference.py` was packed with its folder; `src/inference.py` and `inference.py` lie beside the model.
  const outer = /(^|\/)code\/$/.test(folder) ? folder.slice(0, -'code/'.length) : undefined;
  const placed = (name: string): string => {
    if (outer !== undefined) return name.startsWith(outer) ? name.slice(outer.length) : name;
    if (folder === '') return /\.py$|^requirements\.txt$/.test(name) ? `code/${name}` : name;
    return name.startsWith(folder) ? `code/${name.slice(folder.length)}` : name;
  };
  const entries = files
    .filter(({ header }) => header.type !== 'directory')
    .map(({ header, ...rest }) => ({ header: { ...header, name: placed(header.name) }, ...rest }));
  return gzipSync(await packTar(entries));
}

/** The file that serves. */
export function programOf(environment: Readonly<Record<string, string>>): string {
  return environment['SAGEMAKER_PROGRAM'] ?? 'inference.py';
}
