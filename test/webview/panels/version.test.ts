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
  const rows = all('.metrics:not(.differences) tbody tr').map(textOf);
  expect(rows[0]).toBe('accuracy 0.9855 +0.0145, better 0.971');
  expect(rows[1]).toBe('loss 0.0712 +0.0024, worse 0.0688');
  expect(rows[2]).toBe('per_class.Adelie.recall 1 –');
  find('button', 'Version 2, approved').click();
  find('button', 'Compare the Runs').click();
  expect(panel.posted.slice(1)).toEqual([{ type: 'open', link: versionFacts.beside?.arn }, { type: 'compare' }]);
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
    'Species of penguins by their measures',
    'accuracy at least 0.95',
    'waits for approval',
  ]) {
    expect(text).toContain(part);
  }
  expect(all('g[data-id]').map((node) => node.dataset['id'])).toEqual(
    expect.arrayContaining(['data InputDataUri', 'commit', 'run', 'model', 'endpoint penguins-test']),
  );
  panel.posted.length = 0;
  find('button', 'penguins · learning-rate-0.1').click();
  find('button', 'Export').click();
  expect(panel.posted).toEqual([{ type: 'open', link: versionFacts.run?.arn }, { type: 'exportCard' }]);
});

test('another version can be chosen to compare with; what else differs stands below', async () => {
  const panel = await open();
  await panel.send(...versionPage);
  const rows = all('.differences tbody tr').map(textOf);
  expect(rows.map((row) => row.replace(/\s+/g, ' '))).toContainEqual(
    expect.stringMatching(/^Parameters ?LearningRate 0\.1 0\.5$/),
  );
  expect(rows.some((row) => /^Container ?Artifact/.test(row))).toBe(true);
  expect(rows.some((row) => row.includes('Epochs'))).toBe(false);
  const choice = find('#against') as HTMLSelectElement;
  expect([...choice.options].map((option) => textOf(option))).toEqual(['Version 2, approved', 'Version 1, rejected']);
  panel.posted.length = 0;
  choice.value = choice.options[1]?.value ?? '';
  choice.dispatchEvent(new Event('change'));
  expect(panel.posted).toEqual([{ type: 'against', arn: versionFacts.versions[2]?.arn }]);
});

test('the card is edited: what was refused stays in the editor with the reason, and what was written is shown', async () => {
  const panel = await open();
  await panel.send(...versionPage);
  find('button', 'Edit').click();
  const [first] = versionPage;
  if (first?.type !== 'page') throw new Error('The first message is the page.');
  const before = first.page.card?.content;
  type(find('#card'), '{"model_overview": ');
  panel.posted.length = 0;
  find('vscode-button', 'Save').click();
  expect(panel.posted).toEqual([{ type: 'saveCard', content: '{"model_overview": ', before }]);
  await panel.send({ type: 'cardSaved', problem: 'The model card is not valid JSON.' });
  expect(textOf(find('.fault[role=alert]'))).toContain('not valid JSON');
  // A look at the version meanwhile leaves the text alone.
  await panel.send(...versionPage);
  expect((find('#card') as HTMLTextAreaElement).value).toBe('{"model_overview": ');
  find('vscode-button', 'Save').click();
  await panel.send({ type: 'cardSaved' });
  expect(document.querySelector('#card')).toBeNull();
  expect(find('button', 'Edit')).toBeTruthy();
});

test('a version without a report and alone in its group says so', async () => {
  const panel = await open();
  const [first] = versionPage;
  if (first?.type !== 'page') throw new Error('The first message is the page.');
  const { other: _, card: __, ...page } = first.page;
  await panel.send({
    type: 'page',
    page: {
      ...page,
      metrics: [],
      gates: [],
      others: [],
      noMetrics: 'It was registered without a report.',
      comparable: false,
    },
  });
  const text = textOf(document.body);
  expect(text).toContain('It was registered without a report.');
  expect(text).toContain('There is no other version of penguins');
  expect(text).toContain('has no gate about this model');
  find('button', 'Write a Model Card').click();
  expect((find('#card') as HTMLTextAreaElement).value).toContain('"purpose_of_model"');
});
