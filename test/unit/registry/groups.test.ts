import { CreateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../../src/aws';
import { unversioned, versionLabel } from '../../../src/registry/model';
import { runsOfVersions } from '../../../src/registry/runs-of';
import { pageGroups, pageVersions } from '../../../src/registry/service';
import { type LocalSession, startLocalSession } from '../../fixtures/local/session';

const all = { name: '' };

describe('the groups of a registry', () => {
  let local: LocalSession;
  beforeAll(async () => {
    local = await startLocalSession('groups');
    const { sagemaker, sdk } = local.session;
    await sagemaker.send(new sdk.CreateModelPackageGroupCommand({ ModelPackageGroupName: 'penguins' }));
  });
  afterAll(() => local.end());

  it('have those of no group after them, where there are any, which are called by their names', async () => {
    const { session } = local;
    const names = async (filter = all) => (await pageGroups(session, filter, 1, undefined)).items;
    expect(await names()).toEqual([{ id: 'penguins', name: 'penguins' }]);
    await session.sagemaker.send(
      new CreateModelPackageCommand({
        ModelPackageName: 'churn-2024',
        InferenceSpecification: {
          Containers: [{ Image: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3' }],
          SupportedContentTypes: ['text/csv'],
          SupportedResponseMIMETypes: ['text/csv'],
        },
      }),
    );
    expect((await names()).map(({ id }) => id)).toEqual(['penguins', unversioned]);
    expect((await names({ name: 'penguins' })).map(({ id }) => id)).toEqual(['penguins']);
    const { items } = await pageVersions(session, unversioned, all, 10, undefined);
    expect(items.map(versionLabel)).toEqual(['churn-2024']);
  });

  it('have those that other accounts share after the own ones, asked for by their ARNs', async () => {
    const shared = 'arn:aws:sagemaker:us-east-1:111122223333:model-package-group/churn';
    const asked: Record<string, unknown>[] = [];
    const session = withAnswers((input) => {
      asked.push(input);
      if (input['CrossAccountFilterOption'] === 'CrossAccount')
        return { ModelPackageGroupSummaryList: [{ ModelPackageGroupName: 'churn', ModelPackageGroupArn: shared }] };
      return 'SortBy' in input && !('ModelPackageGroupName' in input)
        ? { ModelPackageGroupSummaryList: [{ ModelPackageGroupName: 'penguins' }] }
        : {};
    });
    const { items } = await pageGroups(session, all, 1, undefined);
    expect(items).toEqual([
      { id: 'penguins', name: 'penguins' },
      { id: shared, name: 'churn', account: '111122223333' },
    ]);
    await pageVersions(session, shared, all, 10, undefined);
    expect(asked.at(-1)).toMatchObject({ ModelPackageGroupName: shared });
  });

  it('are the own ones where the others may not be listed', async () => {
    const session = withAnswers((input) => {
      if (input['CrossAccountFilterOption'] === 'CrossAccount' || input['ModelPackageType'] === 'Unversioned')
        throw new Error('denied');
      return { ModelPackageGroupSummaryList: [{ ModelPackageGroupName: 'penguins' }] };
    });
    const { items } = await pageGroups(session, all, 1, undefined);
    expect(items.map(({ id }) => id)).toEqual(['penguins']);
  });
});

function withAnswers(answer: (input: Record<string, unknown>) => object): Session {
  class Command {
    constructor(readonly input: Record<string, unknown>) {}
  }
  return {
    sdk: { ListModelPackageGroupsCommand: Command, ListModelPackagesCommand: Command },
    // A promise also where the answer throws.
    sagemaker: { send: async ({ input }: Command) => Promise.resolve(answer(input)) },
    call: (_: string, work: () => unknown) => work(),
  } as unknown as Session;
}

describe('versions that are compared', () => {
  const version = (number: number, generatedBy?: string) => ({
    arn: `arn:x/penguins/${number}`,
    group: 'penguins',
    version: number,
    ...(generatedBy === undefined ? {} : { generatedBy }),
  });

  it('are the runs that made them, each once', () => {
    const versions = [version(1, 'a/execution/1'), version(2, 'a/execution/2'), version(3, 'a/execution/1')];
    expect(runsOfVersions(versions)).toEqual(['a/execution/1', 'a/execution/2']);
  });

  it.each([
    [[version(1, 'a/execution/1')], /^Select two to eight versions first/],
    [[version(1, 'a/execution/1'), version(2)], /^penguins version 2 does not say which run made it/],
    [[version(1, 'a/execution/1'), version(2, 'a/execution/1')], /^One run made these versions/],
  ])('are told where they cannot be: %#', (versions, sentence) => {
    expect(() => runsOfVersions(versions)).toThrow(sentence);
  });
});
