/** Which repository on this machine stands for the one that a source names. */
import type { ActionDeclaration } from '@aws-sdk/client-codepipeline';
import { deliveryArn } from '../../domain/deliveries';
import { tags } from '../../domain/tags';
import { localPath, repositoryTag } from '../../jobs/build/repository';
import type { Store } from '../../store/store';

/** A source action in git, whichever provider it has. */
export interface GitSource {
  provider: string;
  /** `owner/name`, or the name alone. */
  repository: string;
  branch: string;
  connection?: string;
  /** What to do where no repository stands for it. */
  advice: string;
}

/** What a source action in git asks for. */
export function gitSource(
  { actionTypeId: type }: ActionDeclaration,
  configuration: Readonly<Record<string, string>>,
): GitSource {
  const provider = type?.provider ?? '';
  const { FullRepositoryId, RepositoryName, Owner, Repo, BranchName, Branch, ConnectionArn } = configuration;
  const repository = FullRepositoryId ?? RepositoryName ?? `${Owner ?? ''}/${Repo ?? ''}`;
  return {
    provider,
    repository,
    branch: BranchName ?? Branch ?? 'main',
    ...(ConnectionArn === undefined ? {} : { connection: ConnectionArn }),
    advice: `Local does not know where ${repository} lies on this machine. Give the pipeline the tag ${repositoryTag} with the path of its clone.`,
  };
}

/** True for actions whose source is a commit. */
export function isGitSource({ actionTypeId: type }: ActionDeclaration): boolean {
  return (
    type?.category === 'Source' && ['CodeStarSourceConnection', 'CodeCommit', 'GitHub'].includes(type.provider ?? '')
  );
}

/**
 * The path of the clone that stands for a source: by the pipeline's tag for this repository, its tag for all, or the
 * tag of its connection.
 */
export function repositoryFor(store: Store, pipeline: string, source: GitSource): string | undefined {
  const own = tags(store).of(deliveryArn(pipeline));
  const shared = source.connection === undefined ? [] : tags(store).of(source.connection);
  const path = [
    own.find(({ Key }) => Key === `${repositoryTag}/${source.repository}`),
    own.find(({ Key }) => Key === repositoryTag),
    shared.find(({ Key }) => Key === `${repositoryTag}/${source.repository}`),
    shared.find(({ Key }) => Key === repositoryTag),
  ].find((tag) => tag !== undefined)?.Value;
  return path === undefined ? undefined : localPath(path);
}
