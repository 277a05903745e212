/** Model Monitor of an endpoint, as its panel has it, over Local. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeDataQualityJobDefinitionCommand,
  type DescribeDataQualityJobDefinitionCommandOutput,
  DescribeModelBiasJobDefinitionCommand,
  DescribeModelExplainabilityJobDefinitionCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Session } from '../../../src/aws';
import { corrected, driftsOf, type FeatureStatistics } from '../../../src/shared/drift';
import type { CapturedView, MonitoringView } from '../../../src/deployment/panels/endpoint/contract';
import { readEndpoint, type EndpointReading } from '../../../src/deployment/reading';
import { startLocalSession, type LocalSession } from '../../fixtures/local/session';
import { deploy, deployable, echo } from '../local/serving';
import { bucket, eventually, root } from '../local/support';
import { getObject, invoke } from '../../../src/deployment/service';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const { Monitoring, recordOf } = await import('../../../src/deployment/panels/endpoint/monitoring');
const { workspace } = await import('vscode');

const numbers = (name: string, data: number[][]): FeatureStatistics => ({
  name,
  numerical_statistics: { distribution: { kll: { sketch: { data } } } },
});
const words = (name: string, counts: Record<string, number>): FeatureStatistics => ({
  name,
  string_statistics: {
    distribution: { categorical: { buckets: Object.entries(counts).map(([value, count]) => ({ value, count })) } },
  },
});

test('the robust distance is that of deequ', () => {
  const found = [
    [0.08, 1000, 10_000],
    [0.2, 200, 10_000],
    [0.3, 100, 100],
  ].map(([distance = 0, n = 0, m = 0]) => corrected(distance, n, m, 'Robust').toFixed(4));
  expect(found).toEqual(['0.0203', '0.0715', '0.0454']);
  expect(corrected(0.3, 100, 100, 'linf_simple')).toBe(0.3);
});

test('values of a sketch count by their level, categories by their shares', () => {
  const simple = { monitoring_config: { distribution_constraints: { comparison_method: 'Simple' } } };
  const distance = (before: FeatureStatistics, found: FeatureStatistics): number | undefined =>
    driftsOf({ features: [before] }, { features: [found] }, simple)[0]?.distance;
  expect(distance(numbers('a', [[1, 2, 3, 4]]), numbers('a', [[3, 4, 5, 6]]))).toBeCloseTo(0.5, 12);
  expect(distance(numbers('a', [[1, 2], [3]]), numbers('a', [[1, 2, 3, 3]]))).toBeCloseTo(0, 12);
  expect(distance(words('a', { x: 5, y: 5 }), words('a', { x: 9, z: 1 }))).toBeCloseTo(0.5, 12);
  expect(distance(numbers('a', [[1]]), words('a', { x: 1 }))).toBeUndefined();
  const [{ bars } = { bars: undefined }] = driftsOf(
    { features: [numbers('a', [[0, 10]])] },
    { features: [numbers('a', [[5, 5]])] },
  );
  expect(bars?.before.reduce((all, share) => all + share, 0)).toBeCloseTo(1, 12);
  expect(bars?.found[10]).toBe(1);
});

test('a captured record in Base64 is shown as its text, and a broken line as it is', () => {
  const endpointInput = { data: Buffer.from('1,2').toString('base64'), encoding: 'BASE64' };
  expect(recordOf(JSON.stringify({ captureData: { endpointInput } }))).toMatchObject({
    input: '1,2',
    encoding: 'BASE64',
  });
  expect(recordOf('{').input).toBe('{');
});

let local: LocalSession;
let session: Session;
let reading: EndpointReading;
const closed = new AbortController();
let view: MonitoringView | undefined;
let captured: CapturedView | undefined;
let monitoring: InstanceType<typeof Monitoring>;

beforeAll(async () => {
  local = await startLocalSession('monitor-panel', { programs: join(root, 'media', 'python', 'algorithms') });
  ({ session } = local);
  await deployable(session, 'watched', echo('watched'), {
    config: {
      DataCaptureConfig: {
        EnableCapture: true,
        InitialSamplingPercentage: 100,
        DestinationS3Uri: `s3://${bucket}/kept`,
        CaptureOptions: [{ CaptureMode: 'Input' }],
        CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'] },
      },
    },
  });
  await deploy(session, 'watched');
  for (let index = 0; index < 40; index++) {
    await invoke(session, { endpoint: 'watched', body: Buffer.from(`${index},7`), contentType: 'text/csv' });
  }
  reading = await readEndpoint(session, 'watched', () => Promise.resolve(undefined), undefined);
  monitoring = new Monitoring('watched', {
    session: () => Promise.resolve(session),
    reading: () => reading,
    monitoring: (next) => (view = next),
    captured: (next) => (captured = next),
    closed: closed.signal,
  });
});
afterAll(async () => {
  closed.abort();
  await local.end();
});

test('a schedule is made of a file, run at once, and its findings are shown with a threshold to try', async () => {
  const work = join(local.folder, 'work');
  mkdirSync(work, { recursive: true });
  const rows = Array.from({ length: 40 }, (_, index) => `${index},${index}`);
  writeFileSync(join(work, 'baseline.csv'), `a,b\n${rows.join('\n')}\n`);
  vi.spyOn(workspace, 'workspaceFolders', 'get').mockReturnValue([{ uri: { fsPath: work } }] as never);
  await monitoring.receive({ type: 'readMonitoring' });
  expect(view).toMatchObject({ destination: `s3://${bucket}/kept`, schedules: [], executions: [] });
  const image = view?.image ?? '';
  await expect(
    monitoring.receive({ type: 'createMonitor', kind: 'DataQuality', fields: { dataset: 'none.csv' }, image }),
  ).rejects.toThrow('no file none.csv');
  await monitoring.receive({ type: 'createMonitor', kind: 'DataQuality', fields: { dataset: 'baseline.csv' }, image });
  const [schedule] = view?.schedules ?? [];
  expect(schedule).toMatchObject({ kind: 'DataQuality', status: 'Scheduled', canRun: true });
  await monitoring.receive({ type: 'runMonitor', schedule: schedule?.name ?? '', hours: 2 });
  const execution = await eventually(() => Promise.resolve(view?.executions.find(({ hasFindings }) => hasFindings)));
  expect(execution).toMatchObject({ status: 'Violations found', tone: 'bad' });
  await monitoring.receive({ type: 'showFindings', id: execution.id });
  expect(view?.findings).toMatchObject({ threshold: 0.1, violations: [{ about: 'b', check: 'baseline_drift_check' }] });
  // All of b is at 7, where a fifth of the baseline lies: 0.8 less what chance would give.
  expect(view?.findings?.features[0]?.distance).toBeCloseTo(0.8 - 1.8 * Math.sqrt(80 / 1600), 6);
  expect(view?.findings?.past).toHaveLength(1);
  await monitoring.receive({ type: 'setThreshold', threshold: 0.5 });
  expect(view?.findings?.threshold).toBe(0.5);
  await monitoring.receive({ type: 'runMonitor', schedule: schedule?.name ?? '', hours: 2 });
  const second = await eventually(() =>
    Promise.resolve(view?.executions.length === 2 && view.executions[0]?.hasFindings && view.executions[0]),
  );
  expect(second).toMatchObject({ status: 'No violations', tone: 'good' });
}, 60_000);

test('captured requests are listed by the hour and shown', async () => {
  await monitoring.receive({ type: 'readMonitoring' });
  const hour = view?.hours[0]?.hour ?? '';
  expect(hour).toMatch(/^\d{4}\/\d\d\/\d\d\/\d\d$/);
  await monitoring.receive({ type: 'showCaptured', hour });
  expect(captured?.records[0]).toMatchObject({ input: expect.stringMatching(/^\d+,7$/) as string, encoding: 'CSV' });
});

test('a schedule is stopped, started and deleted', async () => {
  const name = view?.schedules[0]?.name ?? '';
  await monitoring.receive({ type: 'switchSchedule', schedule: name, to: 'stop' });
  expect(view?.schedules[0]?.status).toBe('Stopped');
  await monitoring.receive({ type: 'switchSchedule', schedule: name, to: 'start' });
  expect(view?.schedules[0]?.status).toBe('Scheduled');
  await monitoring.receive({ type: 'switchSchedule', schedule: name, to: 'delete' });
  expect(view?.schedules).toEqual([]);
});

const definitionOf = (name = ''): Promise<DescribeDataQualityJobDefinitionCommandOutput> =>
  session.sagemaker.send(new DescribeDataQualityJobDefinitionCommand({ JobDefinitionName: name }));

test('schedules of model quality and of bias are made as that of data quality is', async () => {
  const work = join(local.folder, 'work');
  const rows = Array.from({ length: 20 }, (_, index) => `${index % 2},${index % 3 === 0 ? 1 : index % 2}`);
  writeFileSync(join(work, 'quality.csv'), `label,prediction\n${rows.join('\n')}\n`);
  writeFileSync(join(work, 'analysis_config.json'), '{}');
  const fields = { dataset: 'quality.csv', label: 'label', prediction: 'prediction', config: 'analysis_config.json' };
  const make = (kind: string, more: Record<string, string>, image: string) =>
    monitoring.receive({ type: 'createMonitor', kind, fields: { ...fields, ...more }, image });
  await expect(make('ModelQuality', {}, view?.image ?? '')).rejects.toThrow('S3 folder that the truth');
  const files = { constraints: `s3://${bucket}/c.json`, statistics: `s3://${bucket}/s.json` };
  await expect(make('DataQuality', files, view?.image ?? '')).rejects.toThrow('either the data of a new baseline');
  await make('DataQuality', { ...files, dataset: '' }, view?.image ?? '');
  const given = await definitionOf(view?.schedules.find(({ kind }) => kind === 'DataQuality')?.name);
  expect(given.DataQualityBaselineConfig).toMatchObject({
    ConstraintsResource: { S3Uri: files.constraints },
    StatisticsResource: { S3Uri: files.statistics },
  });
  const groundTruth = `s3://${bucket}/truth`;
  await make('ModelQuality', { groundTruth }, view?.image ?? '');
  const quality = view?.schedules.find(({ kind }) => kind === 'ModelQuality');
  expect(quality).toMatchObject({ status: 'Scheduled', canRun: true });
  const { sdk, sagemaker } = session;
  const baseline = await sagemaker.send(new sdk.DescribeProcessingJobCommand({ ProcessingJobName: quality?.name }));
  const place = baseline.ProcessingOutputConfig?.Outputs?.[0]?.S3Output?.S3Uri ?? '';
  const constraints = JSON.parse(
    Buffer.from(await getObject(session, `${place}/constraints.json`)).toString(),
  ) as object;
  expect(constraints).toHaveProperty('binary_classification_constraints.accuracy.threshold', 0.8);
  await make('ModelBias', { groundTruth, dataset: '' }, view?.clarify ?? '');
  expect(view?.schedules.map(({ kind }) => kind)).toContain('ModelBias');
}, 60_000);

test('Clarify compares with the analysis of a data set, or with one that is there', async () => {
  const work = join(local.folder, 'work');
  const analysis = {
    dataset_type: 'text/csv',
    label: 'label',
    label_values_or_threshold: [1],
    facet: [{ name_or_index: 'prediction', value_or_threshold: [1] }],
    methods: { pre_training_bias: { methods: ['CI'] } },
  };
  writeFileSync(join(work, 'bias.json'), JSON.stringify(analysis));
  const made = async (kind: string, fields: Record<string, string>): Promise<string> => {
    const before = new Set(view?.schedules.map(({ name }) => name));
    await monitoring.receive({ type: 'createMonitor', kind, fields, image: view?.clarify ?? '' });
    return view?.schedules.find(({ name }) => !before.has(name))?.name ?? '';
  };
  const { sagemaker } = session;
  const fields = { config: 'bias.json', dataset: 'quality.csv', groundTruth: `s3://${bucket}/truth` };
  const bias = await sagemaker.send(
    new DescribeModelBiasJobDefinitionCommand({ JobDefinitionName: await made('ModelBias', fields) }),
  );
  const computed = bias.ModelBiasBaselineConfig?.ConstraintsResource?.S3Uri ?? '';
  expect(computed).toMatch(/\/baseline\/analysis\.json$/);
  const found = JSON.parse(Buffer.from(await getObject(session, computed)).toString()) as object;
  // Of twenty rows fourteen are of the facet: (6 - 14) / 20.
  expect(found).toHaveProperty('pre_training_bias_metrics.facets.prediction.0.metrics.0.value', -0.4);
  const given = { config: 'bias.json', constraints: computed };
  const why = await sagemaker.send(
    new DescribeModelExplainabilityJobDefinitionCommand({
      JobDefinitionName: await made('ModelExplainability', given),
    }),
  );
  expect(why.ModelExplainabilityBaselineConfig?.ConstraintsResource?.S3Uri).toBe(computed);
  await expect(made('ModelExplainability', { ...given, dataset: 'quality.csv' })).rejects.toThrow(
    'either the data of a new baseline or the analysis of one',
  );
}, 60_000);
