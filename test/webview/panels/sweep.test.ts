/** The page of a sweep: its form and its progress. */
import { expect, test } from 'vitest';
import { sweepPanel } from '../../../src/pipelines/panels/sweep/contract';
import { sweepBegin, sweepForm, sweepProgress, sweepRunning } from '../../fixtures/panels/sweep';
import { all, find, openPanel, textOf, type } from '../support';

const open = () =>
  openPanel(sweepPanel, () => import('../../../webview/panels/sweep/index'), {
    connection: 'local',
    pipeline: 'penguins',
  });

const startButton = () => find('footer vscode-button');

async function filled() {
  const panel = await open();
  await panel.send(...sweepBegin);
  type(find('#range-LearningRate'), '0.001..1 log 4');
  type(find('#range-Epochs'), '50, 100, 200');
  type(find('#sweep-name'), 'rates');
  return panel;
}

test('says what is missing until a sweep can be started, and how many runs it would have', async () => {
  const panel = await open();
  await panel.send(...sweepBegin);
  expect(startButton().hasAttribute('disabled')).toBe(true);
  expect(textOf(find('footer [role=status]'))).toBe('Choose a parameter to vary.');
  type(find('#range-Epochs'), '10..');
  expect(textOf(find('.fault'))).toContain('10.. is not valid as Integer');
  type(find('#range-Epochs'), '1..6');
  expect(textOf(find('footer [role=status]'))).toContain('The name has letters');
  type(find('#sweep-name'), 'rates');
  expect(textOf(startButton())).toBe('Start 6 Runs');
  expect(startButton().hasAttribute('disabled')).toBe(false);
});

test('offers the values that the definition allows, and refuses others before a run is started', async () => {
  const panel = await filled();
  const chosen = find('[aria-label="Value of InstanceType"]') as HTMLSelectElement;
  expect(all('[aria-label="Value of InstanceType"] option').map(textOf)).toEqual([
    'ml.m5.large',
    'ml.m5.xlarge',
    'ml.c5.xlarge',
  ]);
  chosen.value = 'ml.c5.xlarge';
  chosen.dispatchEvent(new Event('change', { bubbles: true }));
  panel.posted.length = 0;
  startButton().click();
  expect(panel.posted).toMatchObject([{ request: { values: { InstanceType: 'ml.c5.xlarge' } } }]);
  type(find('#range-InstanceType'), 'ml.m5.large, ml.m6.large');
  expect(textOf(find('.fault'))).toBe(
    'InstanceType: ml.m6.large is not one of ml.m5.large, ml.m5.xlarge, ml.c5.xlarge.',
  );
  expect(startButton().hasAttribute('disabled')).toBe(true);
});

test('refuses a value of a parameter that is not varied', async () => {
  await filled();
  type(find('[aria-label="Value of AccuracyThreshold"]'), 'high');
  expect(textOf(find('footer [role=status]'))).toBe('AccuracyThreshold must be a number, such as 0.5 or 1e-4.');
  expect(startButton().hasAttribute('disabled')).toBe(true);
});

test('asks for what was filled in, with values in place of defaults', async () => {
  const panel = await filled();
  type(find('[aria-label="Value of AccuracyThreshold"]'), '0.5');
  panel.posted.length = 0;
  startButton().click();
  expect(panel.posted).toEqual([
    {
      type: 'start',
      request: {
        name: 'rates',
        values: { AccuracyThreshold: '0.5' },
        varied: [
          { name: 'LearningRate', type: 'Float', text: '0.001..1 log 4' },
          { name: 'Epochs', type: 'Integer', text: '50, 100, 200' },
        ],
        method: { kind: 'grid' },
        atATime: 2,
      },
    },
  ]);
  await panel.send({ type: 'busy', busy: false, problem: 'The bucket is another account’s.' });
  expect(textOf(find('.form-problem[role=alert]'))).toBe('The bucket is another account’s.');
});

test('what is copied for the runs cannot be varied', async () => {
  const panel = await open();
  if (sweepForm.type !== 'form') throw new Error('This is the form.');
  await panel.send({ type: 'form', form: { ...sweepForm.form, uploads: ['LearningRate'] } });
  expect(all('#range-LearningRate')).toEqual([]);
});

test('shows each run with its values, and can be cancelled, continued and put away', async () => {
  const panel = await open();
  await panel.send(...sweepRunning);
  expect(all('.sweep-runs tbody tr')).toHaveLength(12);
  expect(textOf(find('header [role=status]'))).toContain('3 of 12 runs');
  panel.posted.length = 0;
  find('vscode-button', 'Cancel Sweep').click();
  find('.sweep-runs button', 'learning-rate-01').click();
  await panel.send({ type: 'progress', progress: { ...sweepProgress, state: 'interrupted' } });
  find('vscode-button', 'Continue').click();
  await panel.send({ type: 'progress', progress: { ...sweepProgress, state: 'ended' } });
  find('vscode-button', 'New Sweep').click();
  await panel.send({ type: 'progress' });
  expect(all('#range-Epochs')).toHaveLength(1);
  expect(panel.posted.map((message) => message.type)).toEqual(['cancel', 'open', 'resume', 'another']);
});
