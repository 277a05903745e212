import { describe, expect, test } from 'vitest';
import { defaultAlarms, lintAlarm, lintRequest, putAbortAlarm, putAlarm } from '../../../src/deployment/model/alarms';
import { defaultStrategy } from '../../../src/deployment/model/strategy';

const errors = { metric: 'errors', threshold: 0.05, period: 60, evaluations: 1, datapoints: 1 } as const;
const target = { endpoint: 'penguins', variant: 'AllTraffic', config: 'penguins-v7' };

describe('alarms of a deployment', () => {
  test('watch the new fleet alone: its errors are not thinned by the old one', () => {
    expect(putAlarm(errors, target)).toMatchObject({
      AlarmName: 'penguins-errors',
      MetricName: 'Invocation5XXErrors',
      Statistic: 'Average',
      Threshold: 0.05,
      Dimensions: [
        { Name: 'EndpointName', Value: 'penguins' },
        { Name: 'VariantName', Value: 'AllTraffic' },
        { Name: 'EndpointConfigName', Value: 'penguins-v7' },
      ],
    });
  });

  test('latency is asked in milliseconds and published in microseconds', () => {
    expect(putAlarm({ ...errors, metric: 'latency', threshold: 250 }, target)).toMatchObject({
      ExtendedStatistic: 'p99',
      Threshold: 250_000,
    });
  });

  test('that of the abort keeps the state it is set to', () => {
    expect(putAbortAlarm('penguins')).toMatchObject({ AlarmName: 'penguins-abort', TreatMissingData: 'ignore' });
  });

  test('the ones that are offered first have nothing against them', () => {
    expect(defaultAlarms.flatMap((alarm) => lintRequest(alarm, defaultStrategy))).toEqual([]);
  });

  test.each([
    [{ threshold: 1 }, 'error', /never passed/],
    [{ threshold: Number.NaN }, 'error', /number/],
    [{ period: 45 }, 'error', /period/],
    [{ datapoints: 2 }, 'error', /so many/],
    [{ period: 600, evaluations: 2, datapoints: 2 }, 'error', /needs 1200 s to fire, and a bake lasts 300 s/],
    [{ period: 180 }, 'warning', /needs 180 s of a bake of 300 s/],
  ] as const)('%j is found', (over, severity, text) => {
    expect(lintRequest({ ...errors, ...over }, defaultStrategy)[0]).toEqual({
      severity,
      text: expect.stringMatching(text) as string,
    });
  });
});

describe('alarms of others', () => {
  const alarm = {
    Namespace: 'AWS/SageMaker',
    MetricName: 'Invocation5XXErrors',
    Statistic: 'Average',
    Threshold: 0.05,
    Dimensions: [{ Name: 'VariantName', Value: 'AllTraffic' }],
  };

  test('a good one has nothing against it', () => {
    expect(lintAlarm(alarm, target)).toEqual([]);
  });

  test.each([
    [{ Threshold: 1 }, /never passed/],
    [{ MetricName: 'ModelLatency', Threshold: 500 }, /0.5 ms/],
    [{ Dimensions: [{ Name: 'VariantName', Value: 'blue' }] }, /the variant blue/],
    [{ Dimensions: [{ Name: 'EndpointConfigName', Value: 'penguins-v6' }] }, /does not serve now/],
    [{ TreatMissingData: 'breaching' }, /no traffic/],
  ])('%j is found', (over, text) => {
    expect(lintAlarm({ ...alarm, ...over }, target)[0]?.text).toMatch(text);
  });

  test('a metric of somebody else is not judged', () => {
    expect(lintAlarm({ ...alarm, Namespace: 'Mine', Threshold: 5 }, target)).toEqual([]);
  });
});
