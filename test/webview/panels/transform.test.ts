import { expect, test } from 'vitest';
import { transformPanel } from '../../../src/deployment/panels/transform/contract';
import { transform, transformForm, transformJob, transformPreview } from '../../fixtures/panels/transform';
import { all, change, find, openPanel, settle, textOf, type } from '../support';

const arn = 'arn:aws:sagemaker:eu-central-1:1:model-package/penguins/7';
const openForm = () =>
  openPanel(transformPanel, () => import('../../../webview/panels/transform/index'), {
    connection: 'local',
    model: arn,
  });
const openJob = () =>
  openPanel(transformPanel, () => import('../../../webview/panels/transform/index'), {
    connection: 'local',
    job: transformJob.name,
  });
const button = (label: string) => {
  const found = all('vscode-button, button').find((each) => textOf(each) === label);
  if (!found) throw new Error(`There is no button ${label}.`);
  return found;
};

test('the form counts the requests, and shows a record on its way and the calls', async () => {
  const panel = await openForm();
  await panel.send(...transform);
  expect(textOf(find('.facts'))).toContain('4 requests of 6 MB at most');
  expect(all('.record dd').map(textOf)).toEqual([
    'p-0002,39.5,17.4,186,3800',
    '39.5,17.4,186,3800',
    'Adelie',
    'p-0002,Adelie',
  ]);
  expect(all('.calls .mono').map(textOf)).toEqual(['sagemaker CreateModel', 'sagemaker CreateTransformJob']);
  expect(textOf(find('.transform-columns'))).toContain('It is sent to the model as a record, too.');
  button('Next').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'record', number: 3 });
  button('Dry Run').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'dryRun' });
  button('Start').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'start' });
});

test('answers are put together as the records are split', async () => {
  const panel = await openForm();
  await panel.send(...transform);
  change(find('#split'), { value: 'None' });
  expect(button('Start').hasAttribute('disabled')).toBe(true);
  await settle(300);
  expect(panel.posted.at(-1)).toMatchObject({ type: 'draft', draft: { split: 'None', assemble: 'None' } });
});

test('what is wrong stands at its field, and nothing can be started', async () => {
  const panel = await openForm();
  const text = 'A row of CSV has places, not names: write $[1:] or $[0,3].';
  await panel.send(
    { type: 'form', form: transformForm },
    {
      type: 'preview',
      preview: { ...transformPreview, problems: [{ severity: 'error', field: 'inputFilter', text }] },
    },
  );
  expect(textOf(find('footer [role=status]'))).toBe(text);
  expect(button('Start').hasAttribute('disabled')).toBe(true);
  expect(find('#inputFilter').getAttribute('aria-invalid')).toBe('true');
  type(find('#inputFilter'), '$[2:]');
  await settle(300);
  expect(panel.posted.at(-1)).toMatchObject({ type: 'draft', draft: { inputFilter: '$[2:]' } });
});

test('a job shows each record with its result, and the file that has none', async () => {
  const panel = await openJob();
  await panel.send({ type: 'job', job: transformJob });
  expect(textOf(find('header'))).toContain('2 of 3 files have results. There is none for wednesday.csv.');
  expect(all('.rows tbody tr').map(textOf)[2]).toMatch(/3\s*p-0003,49\.3,15\.7,217,5850\s*p-0003,Gentoo/);
  expect(textOf(find('.transform'))).toContain('The first 4 of 1204 records.');
  expect(textOf(find('pre'))).toContain('could not convert string to float');
  change(find('#file'), { value: 'wednesday.csv' });
  expect(panel.posted.at(-1)).toEqual({ type: 'file', name: 'wednesday.csv' });
  await panel.send({
    type: 'job',
    job: { ...transformJob, file: 'wednesday.csv', rows: [], total: 0, noRows: 'Nothing was written for this file.' },
  });
  expect(textOf(find('.transform'))).toContain('Nothing was written for this file.');
});

test('a job that goes on can be stopped, and promises no results yet', async () => {
  const panel = await openJob();
  await panel.send({
    type: 'job',
    job: { ...transformJob, status: 'InProgress', isUnderWay: true, rows: [], total: 0, log: [] },
  });
  expect(textOf(find('.transform'))).toContain('A file has results once all of its records are through.');
  expect(textOf(find('header'))).not.toContain('have results');
  button('Stop').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'stop' });
});
