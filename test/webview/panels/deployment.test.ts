import { describe, expect, test } from 'vitest';
import { deploymentPanel } from '../../../src/deployment/panels/deployment/contract';
import { endpointPanel } from '../../../src/deployment/panels/endpoint/contract';
import { deployment, deploymentForm, deploymentPreview } from '../../fixtures/panels/deployment';
import { canary, load, monitoring, pixels, rolledBack, shadowed, split, trials } from '../../fixtures/panels/endpoint';
import { all, change, find, openPanel, settle, textOf, type } from '../support';

const args = { connection: 'local', model: 'arn:aws:sagemaker:eu-central-1:1:model-package/penguins/7' };
const openForm = () => openPanel(deploymentPanel, () => import('../../../webview/panels/deployment/index'), args);
const openEndpoint = () =>
  openPanel(endpointPanel, () => import('../../../webview/panels/endpoint/index'), {
    connection: 'local',
    endpoint: 'penguins',
  });
const button = (label: string) => {
  const found = all('vscode-button, button').find((each) => textOf(each) === label);
  if (!found) throw new Error(`There is no button ${label}.`);
  return found;
};

describe('the form of a deployment', () => {
  test('shows what is served now, each phase with the share, and every call', async () => {
    const panel = await openForm();
    await panel.send(...deployment);
    expect(textOf(find('header'))).toContain('penguins serves v6 now, on 3 instances.');
    expect(all('.timeline .share').map(textOf)).toEqual(['0 %', '33 %', '100 %', '100 %']);
    expect(all('.calls summary .mono').map(textOf)).toEqual([
      'sagemaker CreateModel',
      'sagemaker CreateEndpointConfig',
      'cloudwatch PutMetricAlarm',
      'cloudwatch PutMetricAlarm',
      'cloudwatch PutMetricAlarm',
      'sagemaker UpdateEndpoint',
    ]);
  });

  test('shows what an update keeps, the files of the archive, and where a quota is raised', async () => {
    const panel = await openForm();
    await panel.send(...deployment);
    expect(all('.changes tbody tr').map(textOf)).toContainEqual(expect.stringMatching(/^Instances 3 3$/));
    expect(all('.archive-files li').map(textOf)).toEqual(['model/model.joblib 12 KB', 'model/code/inference.py 900 B']);
    button('Save Repacked…').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'repack' });
    const link = all('a').find((each) => textOf(each) === 'Open Service Quotas');
    expect(link?.getAttribute('href')).toContain('/quotas/L-1');
  });

  test('offers no strategy that cannot be had, and says why', async () => {
    const panel = await openForm();
    await panel.send(...deployment);
    const rolling = all('vscode-radio').find((each) => textOf(each) === 'Rolling');
    expect(rolling?.hasAttribute('disabled')).toBe(true);
    expect(textOf(find('vscode-radio-group'))).toContain('A rolling update needs an endpoint with one variant.');
  });

  test('sends what is filled in, and waits for the plan before it deploys', async () => {
    const panel = await openForm();
    await panel.send(...deployment);
    type(find('#interval'), '60');
    expect(button('Deploy').hasAttribute('disabled')).toBe(true);
    await settle(300);
    expect(panel.posted.at(-1)).toMatchObject({ type: 'draft', environment: 'dev', draft: { interval: '60' } });
    await panel.send({ type: 'preview', preview: deploymentPreview });
    expect(button('Deploy').hasAttribute('disabled')).toBe(false);
    button('Deploy').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'deploy' });
  });

  test('cannot be sent while something is in the way, and says what', async () => {
    const panel = await openForm();
    const text = 'This endpoint is Updating: AWS takes no update until it has settled.';
    await panel.send(
      { type: 'form', form: deploymentForm },
      {
        type: 'preview',
        preview: { ...deploymentPreview, problems: [{ severity: 'error', field: 'endpoint', text }] },
      },
    );
    expect(button('Deploy').hasAttribute('disabled')).toBe(true);
    expect(textOf(find('footer [role=status]'))).toBe(text);
  });

  test('another environment is asked for at once', async () => {
    const panel = await openForm();
    await panel.send(...deployment);
    change(find('#environment'), { value: 'production' });
    expect(panel.posted.at(-1)).toMatchObject({ type: 'draft', environment: 'production' });
  });

  test('a dry run takes the sample', async () => {
    const panel = await openForm();
    await panel.send(...deployment);
    type(find('#sample'), '[1]');
    button('Dry Run').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'dryRun', body: '[1]', contentType: 'application/json' });
  });

  test('a plan is copied in each form', async () => {
    const panel = await openForm();
    await panel.send(...deployment);
    button('Copy as CloudFormation').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'copy', format: 'cloudformation' });
  });
});

describe('the panel of an endpoint', () => {
  test('shows the phases with the countdown, and planned and measured share', async () => {
    const panel = await openEndpoint();
    await panel.send({ type: 'endpoint', view: canary(Date.now()) });
    expect(textOf(find('[aria-current=step]'))).toMatch(/33 % of the traffic.* (2 min 5\d s|3 min) left, watched/);
    expect(textOf(find('.shares'))).toContain('33 % to v7');
    expect(textOf(find('.shares'))).toContain('34.2 % to v7, 412 requests');
    button('Abort').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'abort' });
  });

  test('is never green after a rollback, and says why', async () => {
    const panel = await openEndpoint();
    await panel.send({ type: 'endpoint', view: rolledBack(Date.now()) });
    expect(textOf(find('.verdict'))).toBe('Rolled back to v6');
    expect(find('.verdict .icon').getAttribute('class')).toContain('tone-bad');
    expect(textOf(find('.reason'))).toContain('The alarm penguins-errors fired');
    expect(all('vscode-button').map(textOf)).not.toContain('Abort');
    button('Put Back').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'putBack' });
  });

  test('says that an abort is not possible, and why', async () => {
    const panel = await openEndpoint();
    const view = canary(Date.now());
    const text = 'AWS has no call that ends an update, and this one has no alarm that could.';
    if (!view.deployment) throw new Error('There is no deployment.');
    await panel.send({
      type: 'endpoint',
      view: { ...view, deployment: { ...view.deployment, abort: { isPossible: false, text } } },
    });
    expect(button('Abort').hasAttribute('disabled')).toBe(true);
    expect(textOf(find('.deployment'))).toContain(text);
  });

  test('without requests it says that nothing is tried', async () => {
    const panel = await openEndpoint();
    const view = canary(Date.now());
    if (!view.deployment) throw new Error('There is no deployment.');
    const { measured: _, ...deploymentView } = view.deployment;
    await panel.send({ type: 'endpoint', view: { ...view, deployment: deploymentView } });
    expect(textOf(find('.shares'))).toContain('No requests lately: nothing is tried, and no alarm can fire.');
  });

  test('goes back to a version of the history', async () => {
    const panel = await openEndpoint();
    const view = canary(Date.now());
    await panel.send({ type: 'endpoint', view });
    find('#tab-history').click();
    await settle(10);
    button('Deploy v5 Again…').click();
    expect(panel.posted.at(-1)).toEqual({
      type: 'deployAgain',
      model: view.history[2]?.model,
      config: view.history[2]?.config,
    });
  });

  test('sends a request, counts its size, and shows the answers with the log of what failed', async () => {
    const panel = await openEndpoint();
    await panel.send({ type: 'endpoint', view: canary(Date.now()) });
    find('#tab-try').click();
    await settle(10);
    type(find('#body'), '[1, 2');
    expect(textOf(find('.try-request'))).toContain('5 B of 25 MB');
    expect(textOf(find('.try-request'))).toContain('This is not JSON.');
    type(find('#body'), '[1, 2]');
    button('Send').click();
    expect(panel.posted.at(-1)).toEqual({
      type: 'invoke',
      body: '[1, 2]',
      contentType: 'application/json',
      mode: 'once',
    });
    await panel.send(trials, load);
    expect(textOf(find('.trials'))).toContain('The model answered 500: could not convert string to float');
    expect(textOf(find('.trials'))).toContain('Traceback');
    expect(textOf(find('.load'))).toContain('200 answered, 3 failed, 161.4 a second. p50 12 ms, p90 21 ms, p99 48 ms');
  });

  test('a load is bounded by what it says', async () => {
    const panel = await openEndpoint();
    await panel.send({ type: 'endpoint', view: canary(Date.now()) });
    find('#tab-try').click();
    await settle(10);
    type(find('#body'), '[1]');
    button('Send Load').click();
    expect(panel.posted.at(-1)).toMatchObject({ type: 'load', requests: 200, atOnce: 4 });
  });
});

describe('variants of an endpoint', () => {
  const calls = [{ service: 'sagemaker', operation: 'UpdateEndpoint', purpose: 'Begin the update', input: '{}' }];

  test('have their shares, and weights that are planned before they are set', async () => {
    const panel = await openEndpoint();
    await panel.send({ type: 'endpoint', view: split(Date.now()) });
    expect(all('.weights tbody tr').map(textOf)).toEqual([
      expect.stringMatching(/^champion\s*v6\s*90 %/),
      expect.stringMatching(/^challenger\s*v7\s*10 %/),
    ]);
    type(find('#weight-challenger'), '3');
    button('Set Weights…').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'planWeights', weights: { challenger: '3' } });
    await panel.send({
      type: 'change',
      change: { title: 'Share out the requests anew', notes: ['Nothing watches.'], calls, isBusy: false },
    });
    expect(textOf(find('.change'))).toContain('Nothing watches.');
    button('Change').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'makeChange' });
    await panel.send({ type: 'change' });
    expect(all('.change')).toEqual([]);
  });

  test('a version is chosen for the shadow', async () => {
    const panel = await openEndpoint();
    const { shadowRefusal: _, ...view } = split(Date.now());
    await panel.send({ type: 'endpoint', view });
    const details = find('details.shadow') as HTMLDetailsElement;
    details.open = true;
    details.dispatchEvent(new Event('toggle'));
    expect(panel.posted.at(-1)).toEqual({ type: 'readVersions' });
    await panel.send({ type: 'versions', versions: [{ arn: 'arn:7', label: 'v7', text: 'penguins version 7' }] });
    expect(button('Add Shadow…').hasAttribute('disabled')).toBe(true);
    change(find('#shadow-version'), { value: 'arn:7' });
    button('Add Shadow…').click();
    expect(panel.posted.at(-1)).toEqual({
      type: 'planShadow',
      version: 'arn:7',
      label: 'v7',
      percent: '10',
      instances: '1',
    });
  });

  test('a shadow is promoted or removed, once the endpoint is at rest', async () => {
    const panel = await openEndpoint();
    await panel.send({ type: 'endpoint', view: shadowed(Date.now()) });
    expect(textOf(find('.overview'))).toContain('v7 gets copies of 25 % of the requests, on 1 of 1 instance.');
    button('Promote…').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'promoteShadow' });
    button('Remove Shadow…').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'planNoShadow' });
    await panel.send({ type: 'endpoint', view: { ...shadowed(Date.now()), isBusy: true } });
    expect(button('Promote…').hasAttribute('disabled')).toBe(true);
  });
});

describe('a file that is sent', () => {
  test('is counted, shown where it is an image, and sent by its content type', async () => {
    const panel = await openEndpoint();
    await panel.send({ type: 'endpoint', view: shadowed(Date.now()) });
    find('#tab-try').click();
    await settle(10);
    button('Send a File…').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'chooseFile' });
    await panel.send({ type: 'file', file: pixels });
    expect(textOf(find('.try-request'))).toContain('68 B of 25 MB');
    expect(find('.try-file img').getAttribute('src')).toMatch(/^blob:/);
    button('Send').click();
    expect(panel.posted.at(-1)).toEqual({
      type: 'invoke',
      body: '',
      contentType: 'image/png',
      mode: 'once',
      withFile: true,
    });
    button('Enter Text Instead').click();
    expect(panel.posted.at(-1)).toEqual({ type: 'dropFile' });
    await panel.send({ type: 'file' });
    expect(all('.try-file')).toEqual([]);
  });

  test('of NumPy says what it holds', async () => {
    const panel = await openEndpoint();
    await panel.send({ type: 'endpoint', view: shadowed(Date.now()) });
    find('#tab-try').click();
    await settle(10);
    const { image: _, ...file } = pixels;
    await panel.send({
      type: 'file',
      file: { ...file, name: 'rows.npy', contentType: 'application/x-npy', description: 'float32, 10 × 4' },
    });
    expect(textOf(find('.try-file'))).toContain('float32, 10 × 4');
  });
});

test('an endpoint says when it is to be gone, and that it was', async () => {
  const panel = await openEndpoint();
  const view = shadowed(Date.now());
  await panel.send({ type: 'endpoint', view: { ...view, expires: Date.now() + 3 * 86_400_000 + 1000 } });
  expect(textOf(find('.notice'))).toContain('expires in 3 d');
  await panel.send({ type: 'endpoint', view: { ...view, expires: Date.now() - 7_200_000 } });
  expect(textOf(find('.notice'))).toMatch(/It was to be gone by .*expired 2 h ago\. Nothing deletes it by itself/);
});

test('a schedule asks for what its kind needs', async () => {
  const panel = await openEndpoint();
  await panel.send({ type: 'endpoint', view: shadowed(Date.now()) });
  find('#tab-monitoring').click();
  await settle(10);
  await panel.send({ type: 'monitoring', monitoring });
  change(find('#monitor-kind'), { value: 'ModelBias' });
  await settle(10);
  expect(all('.monitor-field label').map(textOf)).toEqual([
    'Kind',
    'Configuration of the analysis',
    'Data set of the baseline',
    'Or the baseline that is there',
    'Prediction in the answers',
    'Truth, by the hour',
    'Image of Clarify',
  ]);
  expect(button('Create').hasAttribute('disabled')).toBe(true);
  type(find('#config'), 'analysis_config.json');
  type(find('#groundTruth'), 's3://bucket/truth');
  button('Create').click();
  expect(panel.posted.at(-1)).toEqual({
    type: 'createMonitor',
    kind: 'ModelBias',
    fields: { config: 'analysis_config.json', groundTruth: 's3://bucket/truth' },
    image: monitoring.clarify,
  });
});
