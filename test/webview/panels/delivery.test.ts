import { describe, expect, test } from 'vitest';
import { approvalsPanel } from '../../../src/delivery/panels/approvals/contract';
import { pipelinePanel } from '../../../src/delivery/panels/pipeline/contract';
import { commits } from '../../fixtures/delivery';
import {
  approvals,
  boardNow,
  card,
  deliveryDenied,
  detail,
  info,
  log,
  manyRuns,
  pipeline,
  runs,
  verbs,
} from '../../fixtures/panels/delivery';
import { all, find, openPanel, press, settle, textOf, type } from '../support';

const args = { connection: 'profile:team', pipeline: 'penguins-delivery' };

async function openPipeline() {
  const panel = await openPanel(pipelinePanel, () => import('../../../webview/panels/delivery/index'), args);
  await panel.send(...pipeline);
  panel.posted.length = 0;
  return panel;
}

describe('the board', () => {
  test('names state, commit and holder of each stage, who waits before it, and a closed way', async () => {
    await openPipeline();
    const texts = all('.stage').map((stage) => textOf(stage));
    expect(texts[0]).toMatch(/^Source Succeeded 33333333 your commit fix: the other sex Repository/);
    expect(texts[2]).toContain('Waiting for approval 22222222 feat: islands Held by Decision for');
    expect(texts[2]).toContain('Before the stage: Alarm overridden');
    expect(texts[3]).toContain('Build terminated with state: FAILED');
    const ways = all('.transition').map((way) => textOf(way));
    expect(ways[1]).toContain('99999999');
    expect(ways[2]).toMatch(/The transition into Deploy is disabled\..*Freeze until Monday/);
  });

  test('has a verb for each thing that can be done, with what it leads to', async () => {
    const panel = await openPipeline();
    const retry = find('[data-stage=Deploy] .verb', 'Retry Failed Actions');
    expect(retry.title).toContain('in this same run');
    retry.click();
    find('[data-stage=Deploy] .verb', 'Enable Transition').click();
    expect(panel.posted).toEqual([
      { type: 'verb', verb: 'retryFailed', stage: 'Deploy' },
      { type: 'verb', verb: 'enable', stage: 'Deploy' },
    ]);
    expect(all('[data-stage=Source] .verb')).toEqual([]);
  });

  test('leads from an approval to its review', async () => {
    const panel = await openPipeline();
    find('[data-stage=Approve] .review').click();
    expect(panel.posted).toEqual([{ type: 'review', stage: 'Approve', action: 'Decision', run: 'b2a1f0e9' }]);
  });

  test('follows what changes', async () => {
    const panel = await openPipeline();
    const stages = boardNow.stages.map((stage) => (stage.name === 'Test' ? { ...stage, status: 'Succeeded' } : stage));
    await panel.send({ type: 'board', board: { ...boardNow, stages }, verbs });
    expect(textOf(find('[data-stage=Test] .stage-state'))).toBe('Succeeded');
  });
});

describe('what could not be read', () => {
  test('says why where it would stand, and can be tried again', async () => {
    const panel = await openPanel(pipelinePanel, () => import('../../../webview/panels/delivery/index'), args);
    await panel.send(...deliveryDenied);
    expect(textOf(find('.board .unread'))).toContain('codepipeline:GetPipelineState');
    expect(textOf(find('[data-stage=Deploy]'))).toContain('Not known Which run is here is not known.');
    expect(all('.transition').map((way) => textOf(way))[0]).toContain('not known');
    expect(textOf(find('.runs-scroller'))).toContain('codepipeline:ListPipelineExecutions');
    expect(textOf(find('.runs-scroller'))).not.toContain('No runs yet');
    find('.board .unread button').click();
    expect(panel.posted).toContainEqual({ type: 'refresh' });
    find('.delivery-tools vscode-button').click();
    expect(textOf(find('.start-form'))).toContain('codepipeline:GetPipeline.');
    // What could be read again leaves nothing behind.
    await panel.send(...pipeline);
    expect(all('.unread')).toEqual([]);
  });
});

describe('an action', () => {
  test('asks for its run once, and shows input, output and facts of the newest attempt', async () => {
    const panel = await openPipeline();
    find('[data-stage=Deploy] [data-action=Production]').click();
    expect(panel.posted).toEqual([{ type: 'need', run: 'a1b2c3d4' }]);
    await panel.send(detail);
    expect(textOf(find('.side-head'))).toContain('Production Deploy · Failed · 10 min');
    expect(textOf(find('.failure'))).toContain('COMMAND_EXECUTION_ERROR');
    find('#tab-input').click();
    expect(textOf(find('.tab-panel'))).toContain('ProjectName penguins-deploy');
    find('.tab-panel button.link', 's3://artifacts').click();
    expect(panel.posted.at(-1)).toMatchObject({ type: 'open', link: { kind: 'object' } });
    find('#tab-info').click();
    expect(textOf(find('.tab-panel'))).toContain('External id penguins-deploy:0a1b2c3d');
  });

  test('links to the SageMaker run and the model version that it made', async () => {
    const panel = await openPipeline();
    await panel.send({ type: 'select', run: 'a1b2c3d4', stage: 'Test', action: 'Train' }, detail);
    find('#tab-output').click();
    expect(all('.links .link').map((link) => textOf(link))).toEqual(['Run of penguins', 'penguins version 7']);
    find('.links .link', 'Run of penguins').click();
    expect(panel.posted.at(-1)).toMatchObject({ type: 'open', link: { kind: 'run' } });
  });

  test('follows the log of its build while it is shown, and no longer', async () => {
    const panel = await openPipeline();
    await panel.send({ type: 'select', run: 'a1b2c3d4', stage: 'Deploy', action: 'Production' }, detail);
    find('#tab-logs').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'log', build: 'penguins-deploy:0a1b2c3d' });
    await panel.send(log);
    expect(textOf(find('.build-log'))).toContain('Entering phase BUILD');
    find('#tab-info').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'log' });
  });

  test('that the run has not reached says so', async () => {
    const panel = await openPipeline();
    await panel.send({ type: 'select', run: 'b2a1f0e9', stage: 'Deploy', action: 'Production' });
    await panel.send({ type: 'detail', run: 'b2a1f0e9', actions: [], variables: {} });
    find('#tab-output').click();
    expect(textOf(find('.tab-panel'))).toBe('This run has not reached the action.');
  });
});

describe('the runs', () => {
  test('are told by commit, message and trigger; one that was passed leads to what passed it', async () => {
    const panel = await openPipeline();
    expect(textOf(find('tr[data-run=e5f6a7b8]'))).toContain('Rollback');
    expect(textOf(find('tr[data-run=b2a1f0e9]'))).toContain('By hand');
    find('tr[data-run=d4c3b2a1]').click();
    expect(textOf(find('.side-head'))).toContain('Superseded by 99999999');
    find('.side-head .link').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'need', run: 'a9e8d7c6' });
  });

  test('are walked by keys, and older ones are asked for', async () => {
    const panel = await openPipeline();
    press(find('tr[data-run=c3f0a1b2]'), 'ArrowDown');
    expect(document.activeElement?.getAttribute('data-run')).toBe('a9e8d7c6');
    press(find('tr[data-run=a9e8d7c6]'), 'Enter');
    expect(find('tr[data-run=a9e8d7c6]').getAttribute('aria-selected')).toBe('true');
    find('.older').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'older' });
  });

  test('of a thousand only those in view are in the document', async () => {
    const panel = await openPipeline();
    await panel.send({ type: 'runs', runs: manyRuns(1000), hasOlder: false });
    expect(all('tr[data-run]').length).toBeLessThan(100);
    expect(find('table.runs').getAttribute('aria-rowcount')).toBe('1001');
  });

  test('that are under way can be stopped', async () => {
    const panel = await openPipeline();
    find('tr[data-run=b2a1f0e9]').click();
    find('.side-head .verb', 'Stop and Abandon').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'verb', verb: 'abandon', run: 'b2a1f0e9' });
    find('tr[data-run=a1b2c3d4]').click();
    expect(all('.side-head .verb')).toEqual([]);
  });

  test('show over time what a run did', async () => {
    const panel = await openPipeline();
    find('tr[data-run=a1b2c3d4]').click();
    await panel.send(detail);
    expect(all('.timeline-row').map((row) => textOf(row))).toEqual([
      'Repository Succeeded · 1 min',
      'Unit Succeeded · 3 min',
      'Train Succeeded · 5 min',
      'Staging Succeeded · 1 min',
      'Production Failed · 10 min',
    ]);
    find('.timeline-row', 'Train').click();
    expect(textOf(find('.side-head'))).toContain('Train');
  });
});

describe('starting', () => {
  test('asks for variables without a default, and sends only what differs', async () => {
    const panel = await openPipeline();
    await panel.send({ type: 'form' });
    expect(textOf(find('.side-head'))).toContain(info.start.consequence);
    const start = find('.form-buttons vscode-button', 'Start');
    expect(start.hasAttribute('disabled')).toBe(true);
    expect(textOf(find('.start-form'))).toContain('Ticket needs a value');
    type(find('#variable-Ticket'), 'ML-7');
    find('.start-form .link', 'which is checked out').click();
    await settle();
    find('.form-buttons vscode-button', 'Start').click();
    expect(panel.posted.at(-1)).toMatchObject({
      type: 'start',
      variables: { Ticket: 'ML-7' },
      revisions: [{ action: 'Repository', value: commits.newer }],
    });
    await panel.send({ type: 'started', problem: 'It is read-only.' });
    expect(textOf(find('.fault[role=alert]'))).toBe('It is read-only.');
    const first = panel.posted.at(-1);
    find('.form-buttons vscode-button', 'Start').click();
    // The same start: the service begins it once.
    expect(panel.posted.at(-1)).toEqual(first);
    await panel.send({ type: 'started', run: 'c3f0a1b2' });
    expect(all('.start-form')).toEqual([]);
  });
});

describe('approvals', () => {
  async function openApprovals() {
    const panel = await openPanel(approvalsPanel, () => import('../../../webview/panels/approvals/index'), {
      connection: 'profile:team',
    });
    await panel.send(...approvals);
    panel.posted.length = 0;
    return panel;
  }

  test('say what would be promoted instead of what, with commits, models and metrics', async () => {
    await openApprovals();
    const text = textOf(find('.card'));
    for (const part of [
      'Would promote 22222222 feat: islands',
      'Instead of 11111111 feat: the first',
      '1212121 test: of islands',
      'penguins version 7 PendingManualApproval accuracy 0.9712',
      'Behind it 33333333 fix: the other sex',
      '1 newer run waits behind',
      'Look at the metrics of the new islands first.',
      'goes on to Deploy.',
    ])
      expect(text).toContain(part);
  });

  test('are decided with a comment, which survives a refusal', async () => {
    const panel = await openApprovals();
    type(find('.card vscode-text-area'), 'Good');
    find('.card vscode-button', 'Approve').click();
    expect(panel.posted).toEqual([{ type: 'decide', key: card.key, approve: true, comment: 'Good' }]);
    await panel.send({ type: 'deciding', key: card.key, busy: false, problem: 'It was approved already by grace.' });
    expect(textOf(find('.card .fault'))).toBe('It was approved already by grace.');
    find('.card vscode-button', 'Reject and Let the Newer Through').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'decide', key: card.key, approve: false, comment: 'Good' });
  });

  test('lead to the files that changed, the model, the pipeline and the page', async () => {
    const panel = await openApprovals();
    for (const text of ['Compare Files', 'penguins version 7', 'Open Pipeline', 'https://example.com']) {
      find('.card .link', text).click();
    }
    expect(panel.posted.map((message) => message.type)).toEqual(['compare', 'openModel', 'openPipeline', 'openLink']);
  });

  test('that are none are no fault', async () => {
    const panel = await openApprovals();
    await panel.send({ type: 'approvals', cards: [] });
    expect(textOf(find('.empty'))).toContain('Nothing waits for approval');
  });
});

test('runs of the fixture are those of the board', () => {
  const ids = new Set(runs.map(({ id }) => id));
  for (const stage of boardNow.stages) expect(ids.has(stage.run ?? '')).toBe(true);
});
