/** What a run of a definition in a repository is made of: the same files, values and description as a run from the editor. */
import { dirname, relative, resolve, sep } from 'node:path';
import type { Session } from '../../aws';
import { openRepository, type Repository } from '../../gitflow';
import { brokenConfig, configIn, partsOfRun, type Environment, type LifecycleConfig } from '../../gitflow/lifecycle';
import { RepositoryFiles } from '../../gitflow/lifecycle/files';
import { type StandIns, stubsFor } from '../../pipelines/commands/stand-ins';
import { uploadSources } from '../../pipelines/commands/upload';
import { readDefinition } from '../../pipelines/definition';
import { recordInputs } from '../../pipelines/inputs';
import type { Provenance } from '../../pipelines/model';
import { digestOf, writeProvenance } from '../../pipelines/provenance';

/** What the project around a definition says of its runs. */
export interface Project extends StandIns {
  repository: Repository;
  uploads: ReadonlyMap<string, string>;
  /** The environment on this machine that names the definition. */
  environment?: Environment;
}

/**
 * The project of a definition, or of the program that makes the pipeline `made`; undefined outside of a repository.
 *
 * @throws where its configuration is not valid
 */
export async function projectOf(file: string, made?: string): Promise<Project | undefined> {
  const repository = await openRepository(dirname(resolve(file)), { trusted: true }).catch(() => undefined);
  if (repository === undefined) return undefined;
  const { root } = repository;
  const { config, problems } = await configIn(root);
  const broken = brokenConfig(problems, partsOfRun);
  if (broken !== undefined) throw new Error(broken);
  const path = relative(root, resolve(file)).split(sep).join('/');
  const named = [...config.environments].find(
    ([, { connection, definition, pipeline }]) =>
      connection === 'Local' &&
      // A program's pipeline is named by its own name: there is no file of the definition to name.
      (definition === path || (made !== undefined && definition === undefined && pipeline === made)),
  );
  return {
    root,
    repository,
    uploads: config.uploads,
    fixtures: config.fixtures,
    stubs: config.stubs,
    ...(named && { environment: { name: named[0], ...named[1] } }),
  };
}

/** What a folder says of data, ends of steps and arguments, in a repository or not. @throws where it is not valid */
export async function standInsIn(root: string): Promise<StandIns & Pick<LifecycleConfig, 'arguments'>> {
  const { config, problems } = await configIn(root);
  const broken = brokenConfig(problems, partsOfRun);
  if (broken !== undefined) throw new Error(broken);
  return { root, fixtures: config.fixtures, stubs: config.stubs, arguments: config.arguments };
}

/** What StartPipelineExecution is given. */
export interface MadeOf {
  values: Record<string, string>;
  description: string;
}

/** Copies what the run reads, and says where it comes from. `given` are the values that the user wants. */
export async function madeOf(
  session: Session,
  project: Project,
  definition: string,
  given: Readonly<Record<string, string>>,
): Promise<MadeOf> {
  const { root, repository, uploads: sources, environment } = project;
  const stubs = [...(await stubsFor(definition, project)).keys()];
  const { parameters } = await readDefinition(definition);
  const names = new Set(parameters.map(({ name }) => name));
  const own = Object.entries(environment?.parameters ?? {}).filter(([name]) => names.has(name));
  const values = { ...Object.fromEntries(own.map(([name, value]) => [name, String(value)])), ...given };
  const uploaded = await uploadSources(session, { root, sources, parameters, values });
  const files = new RepositoryFiles({ root, trusted: true });
  const [{ commit, branch }, tree, changes] = await Promise.all([
    repository.state(),
    files.tree('HEAD'),
    files.changes(),
  ]);
  const all = { ...values, ...uploaded.values };
  const inputs = await recordInputs(session, definition, all);
  const provenance: Provenance = {
    digest: digestOf(definition),
    uploads: uploaded.uploads,
    ...(commit === undefined ? {} : { commit, dirty: changes.length > 0 }),
    ...(tree === undefined ? {} : { tree }),
    ...(branch === undefined ? {} : { branch }),
    ...(inputs.length === 0 ? {} : { inputs }),
    ...(stubs.length === 0 ? {} : { stubs }),
  };
  return { values: all, description: writeProvenance(provenance) };
}
