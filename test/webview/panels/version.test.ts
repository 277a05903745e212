/** The page of a model version. */
import { expect, test } from 'vitest';
import { versionPanel } from '../../../src/registry/panels/version/contract';
import { versionFacts, versionPage } from '../../fixtures/panels/version';
import { all, find, openPanel, textOf, type } from '../support';

const open = () =>
  openPanel(versionPanel, () => import('../../../webview/panels/version/index'), {
    connection: 'local',
    arn: versionFacts.arn,
  });

test('metrics stand beside those of the approved version, with the way between them', async () => {
  const panel = await open();
  await panel.send(...versionPage);
  const rows = all('.metrics tbody tr').map(textOf);
  expect(rows[0]).toBe('accuracy 0.9855 +0.0145, better 0.971');
  expect(rows[1]).toBe('loss 0.0712 +0.0024, worse 0.0688');
  expect(rows[2]).toBe('per_class.Adelie.recall 1 –');
  find('button', 'Version 2, approved').click();
  find('button', 'Compare the Runs').click();
  expect(panel.posted.slice(1)).toEqual([{ type: 'open', link: versionFacts.approved?.arn }, { type: 'compare' }]);
});

test('it is approved and rejected with a comment; what went wrong is said', async () => {
  const panel = await open();
  await panel.send(...versionPage);
  type(find('#comment'), 'Better on Adelie');
  panel.posted.length = 0;
  find('vscode-button', 'Approve').click();
  find('vscode-button', 'Reject').click();
  expect(panel.posted).toEqual([
    { type: 'decide', approval: 'Approved', comment: 'Better on Adelie' },
    { type: 'decide', approval: 'Rejected', comment: 'Better on Adelie' },
  ]);
  await panel.send({ type: 'busy', busy: true });
  expect(find('vscode-button', 'Approve').hasAttribute('disabled')).toBe(true);
  await panel.send({ type: 'busy', busy: false, problem: 'dev lacks sagemaker:UpdateModelPackage.' });
  expect(textOf(find('.fault[role=alert]'))).toContain('lacks sagemaker:UpdateModelPackage');
});

test('says what made it, what it consists of, what happened to it, and shows its card', async () => {
  const panel = await open();
  await panel.send(...versionPage);
  const text = textOf(document.body);
  for (const part of [
    'penguins · learning-rate-0.1',
    'sagemaker-scikit-learn',
    'Released as 1.2.0',
    'model_overview',
  ]) {
    expect(text).toContain(part);
  }
  expect(all('g[data-id]').map((node) => node.dataset['id'])).toEqual(
    expect.arrayContaining(['data InputDataUri', 'commit', 'run', 'model']),
  );
  panel.posted.length = 0;
  find('button', 'penguins · learning-rate-0.1').click();
  find('button', 'Export').click();
  expect(panel.posted).toEqual([{ type: 'open', link: versionFacts.run?.arn }, { type: 'saveCard' }]);
});

test('a version without a report and without an approved one says so', async () => {
  const panel = await open();
  const [first] = versionPage;
  if (first?.type !== 'page') throw new Error('The first message is the page.');
  const { approved: _, ...page } = first.page;
  await panel.send({
    type: 'page',
    page: { ...page, metrics: [], noMetrics: 'It was registered without a report.', comparable: false },
  });
  expect(textOf(document.body)).toContain('It was registered without a report.');
  expect(textOf(document.body)).toContain('No other version of penguins is approved');
});
