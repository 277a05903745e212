/** Pipelines in templates and other JSON: read, never run. */
import { definitionsIn, type HeldDefinition, type Place, type ReadFile } from '../definition/embedded/definitions';
import type { PythonPipeline } from './model';

/** Files that may hold a definition, or a template with one. */
export const templateFiles = ['**/*.json', '**/*.yaml', '**/*.yml', '**/*.template', '**/*.tf', '**/*.tofu'];

/** What the CDK has synthesised lies in a folder that holds no source else. */
export const synthesised = '**/cdk.out/**/*.template.json';

/** Whether a path's ending is that of such a file. */
export function isTemplate(path: string): boolean {
  return /\.(?:json|ya?ml|template|tf|tofu)$/i.test(path);
}

/** Where nothing is worked out but the names. */
const nowhere: Place = { region: 'us-east-1', account: '000000000000', role: 'role' };

/** The pipelines that a template, a plan, a request or a definition holds. */
export function pipelinesInTemplate(text: string, path: string): PythonPipeline[] {
  return definitionsIn(text, path, nowhere).map(({ name, resource, line }) => ({
    maker: resource === undefined ? { kind: 'definition' } : { kind: 'template', resource },
    ...(name === undefined ? {} : { name }),
    line,
    sdk: 2,
  }));
}

/**
 * The definition of one of them, for an account.
 * @param read gives the files that a template reads definitions from
 * @throws where the text holds it no more, or such a file does not
 */
export function definitionOf(
  text: string,
  path: string,
  { maker, line }: Pick<PythonPipeline, 'maker' | 'line'>,
  place: Place,
  read: ReadFile,
): HeldDefinition & { definition: string } {
  const all = definitionsIn(text, path, place, read);
  const wanted = maker.kind === 'template' ? maker.resource : undefined;
  const same = all.filter(({ resource }) => resource === wanted);
  const found = same.find((one) => one.line === line) ?? same[0];
  if (!found) throw new Error(`${path} holds no definition of ${wanted ?? 'a pipeline'} any more.`);
  const { definition, file } = found;
  if (definition !== undefined) return { ...found, definition };
  if (file !== undefined && read(file) === undefined)
    throw new Error(`${file} is not there, from which ${path} reads its definition.`);
  throw new Error(`${file ?? path} holds no definition as it stands: Terraform has to work it out first.`);
}
