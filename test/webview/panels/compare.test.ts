/** The page that shows runs side by side. */
import { expect, test } from 'vitest';
import { comparePanel } from '../../../src/pipelines/panels/compare/contract';
import { compared, notReproduced, otherRun, penguinFacts, reproduced } from '../../fixtures/panels/compare';
import { all, change, find, openPanel, textOf } from '../support';

const open = () =>
  openPanel(comparePanel, () => import('../../../webview/panels/compare/index'), {
    connection: 'local',
    ids: ['a', 'b'],
  });

const rows = (): string[] => all('.compare tbody th[scope=row]').map(textOf);

test('only what differs is shown at first; the rest on request, also when the page comes back', async () => {
  const panel = await open();
  await panel.send(...compared);
  expect(rows()).toContain('LearningRate');
  expect(rows()).not.toContain('Epochs');
  change(find('.check input'), { checked: false });
  expect(rows()).toContain('Epochs');
  expect(panel.saved()?.view).toEqual({ onlyDiffering: false });
});

test('causes stand above, deltas beside the numbers, with words for their colour', async () => {
  const panel = await open();
  await panel.send(...compared);
  expect(textOf(find('.explanations'))).toContain('LearningRate 0.5 → 0.1');
  const accuracy = all('.compare tr').find((row) => textOf(row).startsWith('accuracy'));
  expect(textOf(accuracy ?? null)).toContain('−0.0142 (−1.5 %), worse');
});

test('differences, the baseline, repeating and leaving are asked of the host', async () => {
  const panel = await open();
  await panel.send(...compared);
  panel.posted.length = 0;
  const second = otherRun.arn;
  find('button', 'Show changes of CodeUri').click();
  find('button', 'Take second out').click();
  all('button')
    .find((button) => textOf(button) === 'Make Baseline')
    ?.click();
  all('button')
    .find((button) => textOf(button) === 'Run Again…')
    ?.click();
  find('button', 'Copy').click();
  expect(panel.posted).toEqual([
    { type: 'show', what: 'files', id: second, row: 'CodeUri' },
    { type: 'remove', id: second },
    { type: 'baseline', id: second },
    { type: 'again', id: penguinFacts('first').arn },
    { type: 'copy', text: expect.stringContaining('| accuracy | 0.9715 | 0.9573 (−0.0142 (−1.5 %)) |') as string },
  ]);
});

test('a reproduction has its verdict above, with what it cannot speak for', async () => {
  const panel = await open();
  await panel.send(...reproduced);
  expect(textOf(find('.verdict'))).toContain('Reproduced: 3 metrics the same to the last digit.');
  expect(textOf(find('.verdict'))).toContain('Preprocess came from the cache and did not run again.');
  await panel.send(...notReproduced);
  expect(textOf(find('.verdict'))).toContain('Not reproduced: accuracy 0.9715 → 0.9573');
});
