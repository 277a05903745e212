import type { Uri } from 'vscode';
import { log } from '../../workbench';
import {
  brokenConfig,
  configIn,
  configPath,
  environmentOf,
  findReleaseOfModel,
  judgeVersion,
  type Environment,
  type GateResult,
  type JudgedVersion,
  type TagMessage,
} from '../lifecycle';
import { runGit } from '../index';
import type { Room } from './services';
import { currentBranch } from './status-bar';

/** The environment of the branch that is checked out, by the configuration as it lies in the working tree. */
export async function environmentFor(
  { repositories, snapshots }: Room,
  uri: Uri | undefined,
): Promise<Environment | undefined> {
  const repository = uri === undefined ? await repositories.likely() : await repositories.containing(uri);
  if (repository === undefined) return undefined;
  const snapshot = await snapshots.of(repository);
  const { config, problems } = await configIn(repository.root);
  for (const { message, range } of problems) log().warn(`${configPath}:${range.start.line + 1}: ${message}`);
  const branch = currentBranch(snapshot);
  if (branch) return environmentOf(config, branch.role, branch.name);
  const tagged =
    snapshot.state.detached && (await runGit(repository.root, ['describe', '--exact-match', '--tags'])).code === 0;
  return environmentOf(config, tagged ? 'tag' : 'other');
}

/** The releases that shipped a model version, over all repositories. */
export async function releasesOfModel({ repositories }: Room, arn: string): Promise<TagMessage[]> {
  const all = await repositories.list();
  const found = await Promise.all(all.map(async ({ files }) => findReleaseOfModel(arn, await files.tagMessages())));
  return found.flat();
}

/**
 * What the gates of releases say of a model version, by the configuration as it lies in the working tree: of the first
 * repository that has gates about models or metrics of its pipeline.
 */
export async function gatesOfVersion({ repositories }: Room, version: JudgedVersion): Promise<GateResult[]> {
  for (const { root } of await repositories.list()) {
    const { config, problems } = await configIn(root);
    if (brokenConfig(problems, ['gates']) !== undefined) continue;
    const gates = config.gates.release;
    const pipeline = gates.run?.pipeline ?? environmentOf(config, 'release')?.pipeline;
    if (pipeline !== undefined && pipeline !== version.pipeline) continue;
    const judged = judgeVersion(gates, version);
    if (judged.length > 0) return judged;
  }
  return [];
}
