import type { Project } from '@aws-sdk/client-codebuild';
import { commandsProject } from '../../../domain/builds';
import type { ActionKind } from '../action';
import { build } from './codebuild';

/** Shell commands without a build project. */
export const commands: ActionKind = {
  categories: ['Compute'],
  owner: 'AWS',
  provider: 'Commands',
  async run(work) {
    const { declaration } = work.run;
    const buildspec = commandsBuildspec(
      (declaration.commands ?? []).map((command) => work.resolve(command)),
      declaration.outputVariables ?? [],
      declaration.outputArtifacts?.[0]?.files,
    );
    const primary = declaration.inputArtifacts?.[0]?.name;
    return build(work, projectOf(buildspec), {
      ...(primary === undefined ? {} : { primary }),
      variables: (declaration.environmentVariables ?? []).map(({ name, value = '', type }) => ({
        name,
        value: work.resolve(value),
        type: type === 'SECRETS_MANAGER' ? 'SECRETS_MANAGER' : 'PLAINTEXT',
      })),
      logGroup: `/aws/codepipeline/${work.execution.pipeline}`,
    });
  },
};

/** The commands as a buildspec: in JSON, which is YAML too. */
export function commandsBuildspec(
  list: readonly string[],
  exported: readonly string[],
  files: readonly string[] | undefined,
): string {
  return JSON.stringify({
    version: '0.2',
    env: { 'exported-variables': exported },
    phases: { build: { 'on-failure': 'ABORT', commands: list } },
    ...(files === undefined ? {} : { artifacts: { files } }),
  });
}

/** What a build of commands is made of: no project that anybody has made. */
export function projectOf(buildspec: string): Project {
  return {
    name: commandsProject,
    source: { type: 'CODEPIPELINE', buildspec },
    artifacts: { type: 'CODEPIPELINE' },
    environment: {
      type: 'LINUX_CONTAINER',
      image: 'the image of Commands actions',
      computeType: 'BUILD_GENERAL1_SMALL',
    },
  };
}
