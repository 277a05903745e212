import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { objects } from '../../../domain/objects';
import { archiveCommit, cloneAt, type Commit, commitOf, RepositoryError } from '../../../jobs/build/repository';
import { selectFiles } from '../../../jobs/build/select';
import { packZip } from '../../../jobs/build/zip';
import { type ActionKind, type ActionWork, ActionFailure } from '../action';
import type { ActionResult } from '../machine';
import { gitSource, repositoryFor } from '../repositories';

/**
 * Sources in git: a commit of a repository on this machine, given as the provider would give it. Uncommitted changes
 * are not in it.
 */
export const gitSources: readonly ActionKind[] = [
  { categories: ['Source'], owner: 'AWS', provider: 'CodeStarSourceConnection', run },
  { categories: ['Source'], owner: 'AWS', provider: 'CodeCommit', run },
  { categories: ['Source'], owner: 'ThirdParty', provider: 'GitHub', run },
];

async function run(work: ActionWork): Promise<ActionResult> {
  const { run: action, execution, surroundings, configuration } = work;
  const { store } = surroundings;
  const source = gitSource(action.declaration, configuration);
  const repository = repositoryFor(store, execution.pipeline, source);
  if (repository === undefined) throw new ActionFailure(source.advice, 'ConfigurationError');
  const asked = execution.overrides.find(
    ({ actionName, revisionType }) => actionName === action.action && revisionType === 'COMMIT_ID',
  )?.revisionValue;
  const folder = join(surroundings.folder, `source-${action.id}`);
  try {
    const commit = await commitOf(repository, asked ?? source.branch);
    const artifact = action.declaration.outputArtifacts?.[0]?.name ?? '';
    const to = work.place(artifact);
    await mkdir(folder, { recursive: true });
    const content = await archive(
      repository,
      commit,
      folder,
      configuration['OutputArtifactFormat'] === 'CODEBUILD_CLONE_REF',
    );
    await objects(store).put(to.bucket, to.key, content, { 'content-type': 'application/zip' });
    return {
      status: 'Succeeded',
      summary: summaryOf(source.provider, commit),
      outputs: { [artifact]: to },
      outputVariables: {
        AuthorDate: commit.date,
        BranchName: source.branch,
        CommitId: commit.sha,
        CommitMessage: commit.subject.slice(0, 1000),
        ...(source.connection === undefined ? {} : { ConnectionArn: source.connection }),
        FullRepositoryName: source.repository,
      },
      revision: {
        artifact,
        revisionId: commit.sha,
        summary: summaryOf(source.provider, commit),
        url: `file://${repository}`,
        at: new Date(commit.date),
      },
    };
  } catch (error) {
    if (error instanceof RepositoryError) throw new ActionFailure(error.message, 'ConfigurationError');
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The commit's files; with the repository's history where the build is to have a clone. */
async function archive(repository: string, { sha }: Commit, folder: string, isClone: boolean): Promise<Readable> {
  if (!isClone) {
    const file = join(folder, 'source.zip');
    await archiveCommit(repository, sha, file);
    return createReadStream(file);
  }
  const clone = join(folder, 'clone');
  await cloneAt(repository, sha, clone);
  const { files } = await selectFiles(clone, { files: ['**/*'], keepLinks: true });
  return Readable.from([Buffer.from(await packZip(files))]);
}

/** Connections tell their commits in JSON, other providers the message alone. */
function summaryOf(provider: string, { subject }: Commit): string {
  const message = subject.slice(0, 1000);
  return provider === 'CodeStarSourceConnection'
    ? JSON.stringify({ ProviderType: 'GitHub', CommitMessage: message })
    : message;
}
