import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runFormPanel, type FormParameter, type RunForm } from '../../../src/pipelines/panels/run-form/contract';
import { nameProblemOf, problemOf } from '../../../webview/runs/validate';
import { penguinForm } from '../../fixtures/panels/run-form';
import { all, change, find, openPanel, press, settle, textOf, type } from '../support';

const open = (saved?: Parameters<typeof openPanel>[3]) =>
  openPanel(
    runFormPanel,
    () => import('../../../webview/panels/run-form/index'),
    { connection: 'local', pipeline: 'penguins' },
    saved,
  );
const field = (name: string): HTMLElement & { value: string } =>
  find(`#parameter-${name}`) as HTMLElement & { value: string };
const run = (): HTMLElement => find('footer vscode-button');

const complete: RunForm = {
  ...penguinForm,
  parameters: penguinForm.parameters.filter(({ name }) => name !== 'DataUri'),
};

describe('the form', () => {
  test('shows each parameter with type and default, and what is required', async () => {
    const panel = await open();
    await panel.send({ type: 'form', form: penguinForm });
    expect(all('fieldset label').map(textOf)).toEqual([
      'LearningRate Float',
      'Epochs Integer',
      'InstanceType String',
      'AccuracyThreshold Float',
      'Shuffle Boolean',
      'DataUri * String',
    ]);
    expect(field('LearningRate').value).toBe('0.05');
    expect(all('#parameter-InstanceType vscode-option').map(textOf)).toEqual([
      'ml.m5.large',
      'ml.m5.xlarge',
      'ml.c5.xlarge',
    ]);
    expect(textOf(find('header'))).toContain('changes or untracked files that are not in commit 4f2a9c1e');
    await settle(40);
    expect(document.activeElement).toBe(field('DataUri'));
  });

  test('says what a run with the values of another is made of: the code here, or what the service has', async () => {
    const panel = await open();
    const begin = { label: 'Values of first', values: { Epochs: '3' } };
    await panel.send({ type: 'form', form: { ...penguinForm, begin } });
    expect(textOf(find('.form-last'))).toBe('Values of first, with the code as it is now.');
    const { file: _, ...foreign } = penguinForm;
    await panel.send({ type: 'form', form: { ...foreign, begin } });
    expect(textOf(find('.form-last'))).toBe('Values of first, with the definition that it has on Local.');
  });

  test('cannot be sent while a value is missing or wrong, and says which', async () => {
    const panel = await open();
    await panel.send({ type: 'form', form: penguinForm });
    expect(run().hasAttribute('disabled')).toBe(true);
    expect(textOf(find('footer [role=status]'))).toBe('DataUri needs a value.');
    type(field('DataUri'), 's3://data');
    type(field('Epochs'), 'many');
    expect(textOf(find('.fault'))).toBe('Epochs must be a whole number, such as 10.');
    press(field('Epochs'), 'Enter');
    expect(panel.posted.some((message) => message.type === 'run')).toBe(false);
    type(field('Epochs'), '10');
    expect(run().hasAttribute('disabled')).toBe(false);
  });

  test('sends what differs from the defaults, on Enter', async () => {
    const panel = await open();
    await panel.send({ type: 'form', form: penguinForm });
    type(field('DataUri'), 's3://data');
    type(field('LearningRate'), '0.2');
    change(field('Shuffle'), { value: 'false' });
    type(find('#name'), 'first-try');
    press(field('LearningRate'), 'Enter');
    expect(panel.posted.at(-1)).toEqual({
      type: 'run',
      environment: 'local',
      displayName: 'first-try',
      values: { DataUri: 's3://data', LearningRate: '0.2', Shuffle: 'false' },
    });
  });

  test('an environment sets values, which a reset goes back to', async () => {
    const panel = await open();
    await panel.send({ type: 'form', form: penguinForm });
    change(find('#environment'), { value: 'staging' });
    expect(field('DataUri').value).toBe('s3://penguins-staging/data');
    expect(textOf(document.body)).toContain('ml-staging · 111122223333 · eu-central-1');
    type(field('DataUri'), 's3://other');
    find('[aria-label="Reset DataUri to s3://penguins-staging/data"]').click();
    expect(field('DataUri').value).toBe('s3://penguins-staging/data');
    run().click();
    expect(panel.posted.at(-1)).toEqual({
      type: 'run',
      environment: 'staging',
      values: { DataUri: 's3://penguins-staging/data', InstanceType: 'ml.m5.xlarge' },
    });
  });

  test('an environment that is out of reach says why', async () => {
    const panel = await open();
    await panel.send({ type: 'form', form: complete });
    change(find('#environment'), { value: 'production' });
    expect(run().hasAttribute('disabled')).toBe(true);
    expect(textOf(find('.fault'))).toContain('The profile ml-prod is not signed in.');
  });

  test('offers the values of the last run and takes them when asked', async () => {
    const panel = await open();
    await panel.send({ type: 'form', form: penguinForm });
    expect(field('LearningRate').value).toBe('0.05');
    find('.form-last button').click();
    expect(field('LearningRate').value).toBe('0.1');
    expect(all('.form-last')).toEqual([]);
  });

  test('what was typed is there again when the page comes back', async () => {
    const first = await open();
    await first.send({ type: 'form', form: penguinForm });
    type(field('DataUri'), 's3://typed');
    const second = await open(first.saved());
    await second.send({ type: 'form', form: penguinForm });
    expect(field('DataUri').value).toBe('s3://typed');
  });

  test('a start that fails says why and can be tried again; one under way cannot be sent twice', async () => {
    const panel = await open();
    await panel.send({ type: 'form', form: complete });
    run().click();
    await panel.send({ type: 'progress', busy: true });
    expect(run().hasAttribute('disabled')).toBe(true);
    run().click();
    press(field('Epochs'), 'Enter');
    expect(panel.posted.filter((message) => message.type === 'run')).toHaveLength(1);
    await panel.send({ type: 'progress', busy: false, problem: 'The role may not start runs.' });
    expect(textOf(find('.form-problem'))).toBe('The role may not start runs.');
    expect(run().hasAttribute('disabled')).toBe(false);
  });

  test('data that is missing can be chosen from this machine, until something else is wanted', async () => {
    const panel = await open();
    await panel.send({ type: 'form', form: complete });
    expect(textOf(find('footer'))).not.toContain('Use Local Data');
    await panel.send({ type: 'progress', busy: false, problem: 'Not there.', missing: ['s3://b/data/'] });
    find('vscode-button', 'Use Local Data…').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'useLocalData' });
    type(field('Epochs'), '7');
    expect(textOf(find('footer'))).not.toContain('Use Local Data');
  });

  test('Cancel and the links tell the host', async () => {
    const panel = await open();
    await panel.send({ type: 'form', form: penguinForm });
    find('button', 'Show Changes').click();
    find('button', 'penguins.pipeline.json').click();
    find('vscode-button', 'Cancel').click();
    expect(panel.posted.slice(1)).toEqual([
      { type: 'show', what: 'changes' },
      { type: 'show', what: 'definition' },
      { type: 'cancel' },
    ]);
  });
});

describe('values', () => {
  const parameter = (kind: FormParameter['type']): FormParameter => ({ name: 'P', type: kind });

  test('every whole number is an Integer, and a Float; nothing else is an Integer', () => {
    fc.assert(
      fc.property(fc.bigInt(), (value) => {
        expect(problemOf(parameter('Integer'), String(value))).toBeUndefined();
        expect(problemOf(parameter('Float'), String(value))).toBeUndefined();
      }),
    );
    for (const wrong of ['', ' ', '1.0', '1e3', 'ten', '--1', '1 2']) {
      expect(problemOf(parameter('Integer'), wrong), wrong).toBeDefined();
    }
  });

  test('every finite number is a Float', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(problemOf(parameter('Float'), String(value))).toBeUndefined();
      }),
    );
    for (const wrong of ['', 'NaN', 'Infinity', '1,5', '0x10', '.', 'e5', '1e']) {
      expect(problemOf(parameter('Float'), wrong), wrong).toBeDefined();
    }
  });

  test('a String with a default may be empty, one without may not; none is longer than the service takes', () => {
    expect(problemOf({ name: 'P', type: 'String', default: 'x' }, '')).toBeUndefined();
    expect(problemOf(parameter('String'), '')).toBe('P needs a value.');
    expect(problemOf(parameter('String'), 'x'.repeat(1024))).toBeUndefined();
    expect(problemOf(parameter('String'), 'x'.repeat(1025))).toContain('1024');
    expect(problemOf({ name: 'P', type: 'String', enum: ['a', 'b'] }, 'c')).toBe('P must be one of a, b.');
  });

  test('names of runs are those that the service takes', () => {
    for (const good of ['', 'a', 'run-1', 'a--b', 'x'.repeat(82)]) expect(nameProblemOf(good), good).toBeUndefined();
    for (const bad of ['-a', 'a-', 'a b', 'ä', 'a_b', 'x'.repeat(83)]) expect(nameProblemOf(bad), bad).toBeDefined();
  });
});
