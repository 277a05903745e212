/** What a pipeline has on its connection, over the control plane. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CreatePipelineCommand, UpdatePipelineCommand } from '@aws-sdk/client-sagemaker';
import { startLocalSession, type LocalSession } from '../../fixtures/local/session';

vi.mock('vscode', () => import('../../fixtures/vscode'));
const vscode = await import('../../fixtures/vscode');
const { compareDeployed, compareVersions, showDeployed } = await import('../../../src/pipelines/commands/deployed');

const definition = (message: string): string =>
  JSON.stringify({
    Version: '2020-12-01',
    Steps: [{ Name: 'Stop', Type: 'Fail', Arguments: { ErrorMessage: message } }],
  });

let local: LocalSession;
/** What was shown: paths with texts, and titles of comparisons. */
let shown: unknown[];
const documents = {
  show: (path: string, text: string) => Promise.resolve(void shown.push([path, text])),
  compare: (path: string, text: string, _file: unknown, title: string) =>
    Promise.resolve(void shown.push([path, text, title])),
  compareAll: (title: string, pairs: readonly unknown[]) => Promise.resolve(void shown.push([title, ...pairs])),
} as never;

beforeAll(async () => {
  local = await startLocalSession('deployed');
  const { sagemaker } = local.session;
  const RoleArn = 'arn:aws:iam::000000000000:role/execution';
  await sagemaker.send(
    new CreatePipelineCommand({
      PipelineName: 'a',
      PipelineDefinition: definition('one'),
      ClientRequestToken: 'x'.repeat(32),
      RoleArn,
    }),
  );
  for (const message of ['two', 'three']) {
    await sagemaker.send(
      new UpdatePipelineCommand({ PipelineName: 'a', PipelineDefinition: definition(message), RoleArn }),
    );
  }
});
afterAll(() => local.end());
beforeEach(() => (shown = []));

/** Ticks the versions with these labels. */
function tick(...labels: string[]): void {
  vi.spyOn(vscode.window, 'showQuickPick').mockImplementationOnce(((items: readonly { label: string }[]) =>
    Promise.resolve(items.filter(({ label }) => labels.includes(label)))) as never);
}

describe('a deployed definition', () => {
  it('is shown in lines, under a name that makes it a definition', async () => {
    await showDeployed(documents, local.session, 'a');
    expect(shown).toEqual([
      ['definitions/Local/a.pipeline.json', `${JSON.stringify(JSON.parse(definition('three')), undefined, 2)}\n`],
    ]);
  });

  it('is compared with a file', async () => {
    const file = { pipeline: 'a', path: 'pipelines/a.pipeline.json', uri: {} } as never;
    await compareDeployed(documents, local.session, file);
    expect(shown[0]).toMatchObject([
      'definitions/Local/a.pipeline.json',
      expect.stringContaining('three'),
      'a: Local ↔ pipelines/a.pipeline.json',
    ]);
  });

  it('is compared by versions, the older one first, and one alone is shown', async () => {
    tick('Version 3', 'Version 1');
    await compareVersions(documents, local.session, 'a');
    expect(shown[0]).toMatchObject([
      'a: version 1 ↔ 3',
      {
        before: { path: 'definitions/Local/a@1.pipeline.json' },
        after: { path: 'definitions/Local/a@3.pipeline.json' },
      },
    ]);
    expect(JSON.stringify(shown[0])).toMatch(/one.*three/);
    tick('Version 2');
    await compareVersions(documents, local.session, 'a');
    expect(shown[1]).toMatchObject(['definitions/Local/a@2.pipeline.json', expect.stringContaining('two')]);
  });

  it('is said to be one or two, or missing', async () => {
    tick('Version 1', 'Version 2', 'Version 3');
    await expect(compareVersions(documents, local.session, 'a')).rejects.toThrow(/Choose one version to open, or two/);
    await expect(showDeployed(documents, local.session, 'b')).rejects.toThrow(/Could not read the definition of b/);
  });
});
