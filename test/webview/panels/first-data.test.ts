/** What every panel shows before its first data: that it waits, or why there is none. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { auditPanel } from '../../../src/audit/panels/audit/contract';
import { previewPanel } from '../../../src/authoring/panels/preview/contract';
import { approvalsPanel } from '../../../src/delivery/panels/approvals/contract';
import { pipelinePanel } from '../../../src/delivery/panels/pipeline/contract';
import { deploymentPanel } from '../../../src/deployment/panels/deployment/contract';
import { endpointPanel } from '../../../src/deployment/panels/endpoint/contract';
import { transformPanel } from '../../../src/deployment/panels/transform/contract';
import { flowPanel } from '../../../src/gitflow/vscode/panels/flow/contract';
import { comparePanel } from '../../../src/pipelines/panels/compare/contract';
import { metricsPanel } from '../../../src/pipelines/panels/metrics/contract';
import { runFormPanel } from '../../../src/pipelines/panels/run-form/contract';
import { runGraphPanel } from '../../../src/pipelines/panels/run-graph/contract';
import { sweepPanel } from '../../../src/pipelines/panels/sweep/contract';
import { versionPanel } from '../../../src/registry/panels/version/contract';
import type { Message } from '../../../src/shared/guards';
import { auditTrail } from '../../fixtures/panels/audit';
import { compared } from '../../fixtures/panels/compare';
import { approvals, pipeline } from '../../fixtures/panels/delivery';
import { deployment } from '../../fixtures/panels/deployment';
import { endpoint } from '../../fixtures/panels/endpoint';
import { finishRelease } from '../../fixtures/panels/flow';
import { preview } from '../../fixtures/panels/preview';
import { runForm } from '../../fixtures/panels/run-form';
import { running } from '../../fixtures/panels/run-graph';
import { sweepBegin } from '../../fixtures/panels/sweep';
import { transform } from '../../fixtures/panels/transform';
import { versionPage } from '../../fixtures/panels/version';
import { all, find, openPanel, textOf, type OpenedPanel } from '../support';

type AnyMessage = Message & Record<string, unknown>;
type AnyPanel = OpenedPanel<AnyMessage, AnyMessage>;

interface Case {
  open: () => Promise<AnyPanel>;
  waiting: string;
  /** The panel's own words for "cannot be had", where its contract has some. */
  failing?: AnyMessage;
  first: readonly object[];
}

const runArgs = { connection: 'local', executionArn: 'arn:aws:sagemaker:eu-central-1:1:pipeline/penguins/execution/1' };

const cases: Record<string, Case> = {
  approvals: {
    open: () =>
      openPanel(approvalsPanel, () => import('../../../webview/panels/approvals/index'), {
        connection: 'local',
      }) as Promise<unknown> as Promise<AnyPanel>,
    waiting: 'Looking for approvals…',
    failing: { type: 'freshness', problem: 'The connection cannot be reached.' },
    first: approvals,
  },
  audit: {
    open: () =>
      openPanel(auditPanel, () => import('../../../webview/panels/audit/index'), {
        connection: 'local',
        kind: 'pipeline',
        name: 'penguins',
      }) as Promise<unknown> as Promise<AnyPanel>,
    waiting: 'Reading the audit trail…',
    first: auditTrail,
  },
  compare: {
    open: () =>
      openPanel(comparePanel, () => import('../../../webview/panels/compare/index'), {
        connection: 'local',
        ids: ['a', 'b'],
      }) as Promise<unknown> as Promise<AnyPanel>,
    waiting: 'Reading what is compared…',
    failing: { type: 'freshness', problem: 'This run does not exist any more.' },
    first: compared,
  },
  delivery: {
    open: () =>
      openPanel(pipelinePanel, () => import('../../../webview/panels/delivery/index'), {
        connection: 'local',
        pipeline: 'penguins-delivery',
      }) as Promise<unknown> as Promise<AnyPanel>,
    waiting: 'Loading the pipeline…',
    failing: { type: 'freshness', problem: 'The pipeline cannot be read.' },
    first: pipeline,
  },
  deployment: {
    open: () =>
      openPanel(deploymentPanel, () => import('../../../webview/panels/deployment/index'), {
        connection: 'local',
        model: 'arn:aws:sagemaker:eu-central-1:1:model-package/penguins/7',
      }) as Promise<unknown> as Promise<AnyPanel>,
    waiting: 'Reading the model version…',
    failing: { type: 'progress', busy: false, problem: 'This version does not exist any more.' },
    first: deployment,
  },
  endpoint: {
    open: () =>
      openPanel(endpointPanel, () => import('../../../webview/panels/endpoint/index'), {
        connection: 'local',
        endpoint: 'penguins',
      }) as Promise<unknown> as Promise<AnyPanel>,
    waiting: 'Reading the endpoint…',
    failing: { type: 'freshness', problem: 'Local cannot be reached.' },
    // There is no canvas here to draw charts on.
    first: endpoint().filter(({ type }) => type !== 'charts'),
  },
  flow: {
    open: () =>
      openPanel(flowPanel, () => import('../../../webview/panels/flow/index'), {
        repository: 'file:///penguins',
        action: 'finish',
        kind: 'release',
        name: '1.2.0',
        connection: 'local',
      }) as Promise<unknown> as Promise<AnyPanel>,
    waiting: 'Reading the repository…',
    first: [{ type: 'dialog', dialog: finishRelease }],
  },
  metrics: {
    open: () =>
      openPanel(metricsPanel, () => import('../../../webview/panels/metrics/index'), {
        connection: 'local',
        pipeline: 'penguins',
      }) as Promise<unknown> as Promise<AnyPanel>,
    waiting: 'Loading the runs…',
    failing: { type: 'freshness', problem: 'The credentials have expired.' },
    first: [
      { type: 'runs', pipeline: 'penguins', connection: 'Local', runs: [] },
      { type: 'freshness', updatedAt: 1 },
    ],
  },
  preview: {
    open: () =>
      openPanel(previewPanel, () => import('../../../webview/panels/preview/index'), {
        uri: 'file:///penguins.pipeline.json',
      }) as Promise<unknown> as Promise<AnyPanel>,
    waiting: 'Reading the definition…',
    first: preview,
  },
  'run-form': {
    open: () =>
      openPanel(runFormPanel, () => import('../../../webview/panels/run-form/index'), {
        connection: 'local',
        pipeline: 'penguins',
      }) as Promise<unknown> as Promise<AnyPanel>,
    waiting: 'Reading the definition…',
    failing: { type: 'progress', busy: false, problem: 'penguins.pipeline.json has an error in line 3.' },
    first: runForm,
  },
  'run-graph': {
    open: () =>
      openPanel(
        runGraphPanel,
        () => import('../../../webview/panels/run-graph/index'),
        runArgs,
      ) as Promise<unknown> as Promise<AnyPanel>,
    waiting: 'Loading the run…',
    failing: { type: 'empty', text: 'This run does not exist any more.' },
    first: [...running, { type: 'freshness', updatedAt: 1 }],
  },
  sweep: {
    open: () =>
      openPanel(sweepPanel, () => import('../../../webview/panels/sweep/index'), {
        connection: 'local',
        pipeline: 'penguins',
      }) as Promise<unknown> as Promise<AnyPanel>,
    waiting: 'Reading the definition…',
    first: sweepBegin,
  },
  transform: {
    open: () =>
      openPanel(transformPanel, () => import('../../../webview/panels/transform/index'), {
        connection: 'local',
        model: 'arn:aws:sagemaker:eu-central-1:1:model-package/penguins/7',
      }) as Promise<unknown> as Promise<AnyPanel>,
    waiting: 'Opening the batch transform…',
    failing: { type: 'progress', busy: false, problem: 'This version does not exist any more.' },
    first: transform,
  },
  version: {
    open: () =>
      openPanel(versionPanel, () => import('../../../webview/panels/version/index'), {
        connection: 'local',
        arn: 'arn:aws:sagemaker:eu-central-1:1:model-package/penguins/3',
      }) as Promise<unknown> as Promise<AnyPanel>,
    waiting: 'Reading the version…',
    failing: { type: 'freshness', problem: 'This version does not exist any more.' },
    first: versionPage,
  },
};

test('every panel is here', () => {
  expect(Object.keys(cases)).toEqual(readdirSync('webview/panels').sort());
});

describe.each(Object.entries(cases))('%s', (_, { open, waiting, failing, first }) => {
  test('says what it waits for', async () => {
    await open();
    expect(all('.empty').map(textOf)).toEqual([waiting]);
    expect(all('[role=alert]')).toEqual([]);
  });

  test('says why its host cannot fill it, and begins anew when asked', async () => {
    const panel = await open();
    await panel.send({ type: '$problem', text: 'There is no room on the disk.' });
    expect(textOf(find('.empty[role=alert] p'))).toBe('There is no room on the disk.');
    panel.posted.length = 0;
    find('vscode-button', 'Try Again').click();
    expect(panel.posted).toEqual([{ type: '$retry' }]);
    await panel.send({ type: '$problem' });
    expect(all('.empty').map(textOf)).toEqual([waiting]);
  });

  test('shows its first data, after a problem as well, and a later problem beside them', async () => {
    const panel = await open();
    await panel.send(...(failing ? [failing] : [{ type: '$problem', text: 'The extension could not be read.' }]));
    await panel.send(...(first as AnyMessage[]));
    expect(all('[role=alert]').map(textOf)).toEqual([]);
    expect(document.body.textContent).not.toContain(waiting);
    await panel.send({ type: '$problem', text: 'There is no room on the disk.' });
    expect(textOf(find('.banner[role=alert]'))).toContain('There is no room on the disk.');
  });

  if (!failing) return;

  test('says in its own words why there is nothing, in place of waiting', async () => {
    const panel = await open();
    await panel.send(failing);
    expect(all('.empty[role=alert]')).toHaveLength(1);
    expect(document.body.textContent).not.toContain(waiting);
    panel.posted.length = 0;
    find('vscode-button', 'Try Again').click();
    expect(panel.posted).toHaveLength(1);
  });
});
