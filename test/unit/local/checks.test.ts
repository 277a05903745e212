import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployable } from './serving';
import { Bed, bucket, root } from './support';

/* Quality and bias: the formulas by themselves, and the steps that use them. */

const monitor = join(root, 'media', 'python', 'monitor');

/** The value of a Python expression over the programs of the monitor. */
function python(expression: string): unknown {
  const script = `import json, sys; sys.path.insert(0, ${JSON.stringify(monitor)})
import bias, data_quality, distances, explain, itertools, math, model_quality, shap
def bits(text): return [each == "1" for each in text]
print(json.dumps(${expression}))`;
  return JSON.parse(execFileSync('python3', ['-c', script], { encoding: 'utf8' }));
}

function near(values: unknown, wanted: Record<string, number>): void {
  const found = values as Record<string, number>;
  for (const [name, value] of Object.entries(wanted)) {
    expect(Math.abs((found[name] ?? Number.NaN) - value), `${name}: ${found[name]}`).toBeLessThan(1e-6);
  }
}

describe('formulas', () => {
  test('the robust distance takes away what chance gives (deequ)', () => {
    const found = python(
      '[distances.corrected(*each, "Robust") for each in ((.08, 1000, 10000), (.2, 200, 10000), (.3, 100, 100))]',
    ) as number[];
    expect(found.map((value) => value.toFixed(4))).toEqual(['0.0203', '0.0715', '0.0454']);
    expect(python('distances.corrected(.3, 100, 100, "Simple")')).toBe(0.3);
    expect(python('distances.corrected(.01, 100, 100, "Robust")')).toBe(0);
  });

  test('the distance of numbers is the largest difference of their distributions, by weighted sketches too', () => {
    expect(python('distances.numeric([[1, 2, 3, 4]], [[3, 4, 5, 6]], "Simple")')).toBe(0.5);
    expect(python('distances.numeric([[1, 2], [3]], [[1, 2, 3, 3]], "Simple")')).toBe(0);
    const [count, error] = python(
      '(lambda levels: (sum(len(level) * 2 ** at for at, level in enumerate(levels)), distances.numeric(levels, [[*range(10000)]], "Simple")))(distances.sketch_of([*range(10000)]))',
    ) as [number, number];
    expect(count).toBe(10_000);
    expect(error).toBeLessThan(0.002);
  });

  test('the chi-squared p-value is that of the tables', () => {
    expect(python('distances._upper_gamma(.5, 3.841458820694124 / 2)')).toBeCloseTo(0.05, 9);
    expect(python('distances._upper_gamma(2, 9.487729036781154 / 2)')).toBeCloseTo(0.05, 9);
    expect(python('distances.chi_squared({"a": 50, "b": 50}, {"a": 500, "b": 500})')).toBeCloseTo(1, 9);
    expect(python('distances.chi_squared({"a": 90, "b": 10}, {"a": 500, "b": 500})')).toBeLessThan(1e-12);
  });

  test('bias is that of Clarify (smclarify)', () => {
    const sets = 'bits("1111000000"), bits("1000111100")';
    near(python(`bias.pre_training(${sets}, list("xxyyxxxyyy"))`), {
      CI: 0.2,
      DPL: 0.4166666667,
      KL: 0.3835760966,
      JS: 0.0902462719,
      LP: 0.5892556509,
      TVD: 0.4166666667,
      KS: 0.4166666667,
      CDDL: 0.625,
    });
    near(python(`bias.post_training(${sets}, bits("0001110110"), list("xxyyxxxyyy"))`), {
      DPPL: 0.4166666667,
      DI: 0.375,
      DCA: 0,
      DCR: 0,
      RD: 0.75,
      SD: 0.1666666667,
      DAR: 0.75,
      DRR: 0.1666666667,
      AD: 0.1666666667,
      TE: 0,
      CDDPL: 0.4166666667,
    });
    expect(python('bias.ndcg([.7, .5, .05], [.05, .5, .7])')).toBeCloseTo(0.6876396241, 9);
    expect(python('bias.ndcg([.7, .5, .05], [9, 2, 1])')).toBe(1);
  });

  test('SHAP values of a linear model are its weights by the distance from the baseline', () => {
    const weights = [2, -3, 0.5, 7, 0, 1.25];
    const [row, baseline] = [
      [0.3, 1, 9, -2, 4, 8],
      [1, 2, 3, 4, 5, 6],
    ] as const;
    const linear = `lambda rows: [[sum(map(lambda w, x: w * x, ${JSON.stringify(weights)}, row)) + 9] for row in rows]`;
    const wanted = Object.fromEntries(
      weights.map((weight, at) => [at, weight * ((row[at] ?? 0) - (baseline[at] ?? 0))]),
    );
    const explain = (background: readonly (readonly number[])[], samples: string): unknown =>
      (
        python(
          `shap.Explainer(${linear}, ${JSON.stringify(background)}, ${samples}, 7).explain(${JSON.stringify(row)})`,
        ) as number[][]
      )[0];
    near(explain([baseline], 'None'), wanted);
    // Also by a part of the coalitions, and by several rows of which the mean counts.
    near(explain([baseline], '20'), wanted);
    near(explain([baseline.map((each) => each - 1), baseline.map((each) => each + 1)], 'None'), wanted);
  });

  test('SHAP values of any model are the Shapley values, and add up to its answer', () => {
    // By all orders in which features can come: what each adds on the average.
    const orders = `(lambda f, x, b: [sum(f([[x[j] if o.index(j) <= o.index(i) else b[j] for j in range(4)]])[0][0] - f([[x[j] if o.index(j) < o.index(i) else b[j] for j in range(4)]])[0][0] for o in itertools.permutations(range(4))) / 24 for i in range(4)])`;
    const model = 'lambda rows: [[r[0] * r[1] + max(r[2], r[3]) * r[0]] for r in rows]';
    const exact = python(`${orders}(${model}, [3, 2, 5, 9], [0, 1, 2, 0])`) as number[];
    const [found = []] = python(`shap.Explainer(${model}, [[0, 1, 2, 0]]).explain([3, 2, 5, 9])`) as number[][];
    near(found, Object.fromEntries(exact.entries()));
    expect(found.reduce((sum, value) => sum + value, 0)).toBeCloseTo(33, 9);
    expect(python(`shap.Explainer(lambda rows: [[3 * r[0]] for r in rows], [[2]]).explain([7])`)).toEqual([[15]]);
  });

  test('coalitions of many features are as many as asked for, each with its complement', () => {
    const found = python('[[list(mask), share] for mask, share in shap.coalitions(20, 500, 3)]') as [
      number[],
      number,
    ][];
    expect(found.length).toBeLessThanOrEqual(500);
    expect(found.length).toBeGreaterThan(300);
    expect(found.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 9);
    const shares = new Map(found.map(([mask, share]) => [mask.join(''), share]));
    for (const [mask, share] of shares) {
      const other = mask.replaceAll(/./g, (each) => (each === '1' ? '0' : '1'));
      expect(shares.get(other)).toBeCloseTo(share, 12);
    }
  });

  test('the order of features drifts below nDCG 0.9', () => {
    const violations = (live: Record<string, number>): unknown => {
      const analysis = (values: object): string =>
        JSON.stringify({ explanations: { kernel_shap: { label0: { global_shap_values: values } } } });
      return python(`explain.violations(${analysis(live)}, ${analysis({ a: 0.7, b: 0.5, c: 0.05 })})`);
    };
    expect(violations({ c: 0.1, b: 2, a: 9 })).toEqual([]);
    expect(violations({ a: 0.05, b: 0.5, c: 0.7 })).toEqual([
      {
        label: 'label0',
        metric_name: 'shap',
        constraint_check_type: 'feature_attribution_drift_check',
        description: expect.stringMatching(/^Feature attribution drift 0\.6876\d+ exceeds threshold 0\.9$/) as string,
      },
    ]);
  });

  test('disparate impact is as far from fair on either side', () => {
    const violations = (value: number, limit: number): unknown[] => {
      const facet = (number: number): string =>
        `{"f": [{"value_or_threshold": "1", "metrics": [{"name": "DI", "value": ${number}}]}]}`;
      return (python(`bias.violations(${facet(value)}, ${facet(limit)})`) as { violations: unknown[] }).violations;
    };
    expect(violations(2, 0.5)).toEqual([]);
    expect(violations(2.1, 0.5)).toHaveLength(1);
    expect(violations(0.9, 0.5)).toEqual([]);
  });

  test('metrics of predictions are those of their definitions', () => {
    const { regression_metrics: regression } = python(
      'model_quality.statistics("Regression", ["1", "2", "3"], ["1", "2", "5"])',
    ) as { regression_metrics: Record<string, { value: number; standard_deviation: unknown }> };
    near(Object.fromEntries(Object.entries(regression).map(([name, { value }]) => [name, value])), {
      mae: 2 / 3,
      mse: 4 / 3,
      rmse: Math.sqrt(4 / 3),
      r2: -1,
    });
    expect(regression['mae']?.standard_deviation).toBe('NaN');
    const { binary_classification_metrics: binary } = python(
      'model_quality.statistics("BinaryClassification", list("1100"), list("1000"), [.9, .4, .6, .1])',
    ) as { binary_classification_metrics: Record<string, { value: number }> };
    near(Object.fromEntries(Object.entries(binary).map(([name, { value }]) => [name, value])), {
      accuracy: 0.75,
      precision: 1,
      recall: 0.5,
      f1: 2 / 3,
      auc: 0.75,
      false_positive_rate: 0,
    });
  });
});

describe('checks in a pipeline', () => {
  let bed: Bed;
  beforeAll(async () => {
    bed = await Bed.start();
    const rows = (shift: number): string =>
      `age,kind\n${Array.from({ length: 300 }, (_, index) => `${(index % 50) + shift},${index % 3 === 0 ? 'a' : 'b'}`).join('\n')}\n`;
    await put('baseline/rows.csv', rows(0));
    await put('same/rows.csv', rows(0));
    await put('shifted/rows.csv', rows(40));
    await put('broken/rows.csv', 'age\nx\n\n7\n');
    await put('empty/rows.csv', 'age,kind\n');
  });
  afterAll(() => bed.stop());

  const put = async (Key: string, Body: string): Promise<void> => {
    await bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  };
  const read = async (uri: string | undefined): Promise<Record<string, unknown>> => {
    const { Body } = await bed.clients.s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: uri?.replace(`s3://${bucket}/`, '') }),
    );
    return JSON.parse((await Body?.transformToString()) ?? '') as Record<string, unknown>;
  };
  const resources = { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } };
  const place = (InputName: string, key: string, LocalPath: string): object => ({
    InputName,
    S3Input: { S3Uri: `s3://${bucket}/${key}`, LocalPath, S3DataType: 'S3Prefix', S3InputMode: 'File' },
  });
  const outputs = (key: string): object => ({
    Outputs: [
      {
        OutputName: 'out',
        S3Output: { S3Uri: `s3://${bucket}/${key}`, LocalPath: '/opt/ml/processing/output', S3UploadMode: 'EndOfJob' },
      },
    ],
  });

  function quality(Name: string, data: string, more: object = {}, environment: object = {}): object {
    return {
      Name,
      Type: 'QualityCheck',
      CheckType: 'DATA_QUALITY',
      ModelPackageGroupName: null,
      SkipCheck: false,
      FailOnViolation: true,
      RegisterNewBaseline: false,
      Arguments: {
        ProcessingResources: resources,
        AppSpecification: { ImageUri: '156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer' },
        ProcessingInputs: [place('data', data, '/opt/ml/processing/input/baseline_dataset_input')],
        ProcessingOutputConfig: outputs(`reports/${Name}`),
        Environment: {
          output_path: '/opt/ml/processing/output',
          dataset_format: '{"csv": {"header": true}}',
          dataset_source: '/opt/ml/processing/input/baseline_dataset_input',
          ...environment,
        },
      },
      ...more,
    };
  }
  const supplied = {
    SuppliedBaselineStatistics: `s3://${bucket}/reports/Base/statistics.json`,
    SuppliedBaselineConstraints: `s3://${bucket}/reports/Base/constraints.json`,
  };

  test('a baseline is computed and given to the steps after it', async () => {
    const tell = {
      Name: 'Tell',
      Type: 'Fail',
      Arguments: { ErrorMessage: { Get: 'Steps.Base.CalculatedBaselineConstraints' } },
    };
    const arn = await bed.run([quality('Base', 'baseline', { SkipCheck: true, RegisterNewBaseline: true }), tell]);
    expect((await bed.end(arn)).reason).toBe(supplied.SuppliedBaselineConstraints);
    const { Base } = await bed.steps(arn);
    expect(Base?.Metadata?.QualityCheck).toMatchObject({
      CheckType: 'DATA_QUALITY',
      SkipCheck: true,
      BaselineUsedForDriftCheckStatistics: supplied.SuppliedBaselineStatistics,
    });
    const statistics = await read(supplied.SuppliedBaselineStatistics);
    expect(statistics).toMatchObject({
      dataset: { item_count: 300 },
      features: [
        { name: 'age', inferred_type: 'Integral', numerical_statistics: { mean: 24.5, min: 0, max: 49 } },
        { name: 'kind', inferred_type: 'String', string_statistics: { distinct_count: 2 } },
      ],
    });
    expect(await read(supplied.SuppliedBaselineConstraints)).toMatchObject({
      features: [
        { completeness: 1, num_constraints: { is_non_negative: true } },
        { string_constraints: { domains: ['b', 'a'] } },
      ],
    });
  });

  test('the same data passes; other data fails the step with what is wrong, or only says so', async () => {
    const same = await bed.run([quality('Same', 'same', supplied)]);
    expect(await bed.end(same)).toEqual({ status: 'Succeeded', reason: undefined });
    const arn = await bed.run([quality('Shifted', 'shifted', supplied)]);
    expect((await bed.end(arn)).status).toBe('Failed');
    const { Shifted } = await bed.steps(arn);
    expect(Shifted?.FailureReason).toMatch(
      /^ClientError: Check violations were found: age: Baseline drift distance: 0\.\d+ exceeds threshold: 0\.1/,
    );
    expect(Shifted?.Metadata?.QualityCheck?.ViolationReport).toBe(
      `s3://${bucket}/reports/Shifted/constraint_violations.json`,
    );
    const lenient = await bed.run([quality('Lenient', 'broken', { ...supplied, FailOnViolation: false })]);
    expect((await bed.end(lenient)).status).toBe('Succeeded');
    const { violations } = await read(`s3://${bucket}/reports/Lenient/constraint_violations.json`);
    const checks = (violations as { constraint_check_type: string }[]).map((each) => each.constraint_check_type);
    expect(checks).toEqual(expect.arrayContaining(['missing_column_check', 'data_type_check']));
  });

  test('without a baseline, and without data, it is told', async () => {
    const none = await bed.run([quality('None', 'same')]);
    await bed.end(none);
    expect((await bed.steps(none))['None']?.FailureReason).toContain('There is no baseline to compare with');
    const empty = await bed.run([quality('Empty', 'empty', { SkipCheck: true })]);
    await bed.end(empty);
    expect((await bed.steps(empty))['Empty']?.FailureReason).toMatch(/^AlgorithmError: Job inputs had no data/);
  });

  test('the quality of a model is that of its predictions', async () => {
    const rows = Array.from({ length: 250 }, (_, index) => `${index},${index + (index % 2)}`).join('\n');
    await put('predictions/rows.csv', `truth,found\n${rows}\n`);
    const environment = {
      analysis_type: 'MODEL_QUALITY',
      problem_type: 'Regression',
      ground_truth_attribute: 'truth',
      inference_attribute: 'found',
    };
    const more = { CheckType: 'MODEL_QUALITY', SkipCheck: true };
    const arn = await bed.run([quality('Model', 'predictions', more, environment)]);
    expect(await bed.end(arn)).toEqual({ status: 'Succeeded', reason: undefined });
    expect(await read(`s3://${bucket}/reports/Model/statistics.json`)).toMatchObject({
      regression_metrics: { mae: { value: 0.5, standard_deviation: expect.any(Number) as number } },
    });
    expect(await read(`s3://${bucket}/reports/Model/constraints.json`)).toMatchObject({
      regression_constraints: { mae: { threshold: 0.5, comparison_operator: 'GreaterThanThreshold' } },
    });
  });

  test('Clarify measures the bias of data, and of what a model says; it explains the model', async () => {
    const rows = ['1,1', '1,0', '1,0', '1,0', '0,1', '0,1', '0,1', '0,1', '0,0', '0,0'];
    await put('bias/rows.csv', rows.join('\n'));
    const config = {
      dataset_type: 'text/csv',
      headers: ['woman', 'hired'],
      label: 'hired',
      label_values_or_threshold: [1],
      facet: [{ name_or_index: 'woman', value_or_threshold: [1] }],
      methods: { pre_training_bias: { methods: 'all' } },
    };
    await put('config/analysis_config.json', JSON.stringify(config));
    const step = (Name: string, CheckType: string, more: object = {}): object => ({
      Name,
      Type: 'ClarifyCheck',
      CheckType,
      SkipCheck: true,
      FailOnViolation: true,
      RegisterNewBaseline: true,
      Arguments: {
        ProcessingResources: resources,
        AppSpecification: { ImageUri: '205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0' },
        ProcessingInputs: [
          // Wherever the job wants it below its inputs.
          place('analysis_config', 'config/analysis_config.json', '/opt/ml/processing/input/analysis_config'),
          place('dataset', 'bias/rows.csv', '/opt/ml/processing/input/data'),
        ],
        ProcessingOutputConfig: outputs(`reports/${Name}`),
      },
      ...more,
    });
    const arn = await bed.run([step('Bias', 'DATA_BIAS')]);
    expect(await bed.end(arn)).toEqual({ status: 'Succeeded', reason: undefined });
    const analysis = await read(`s3://${bucket}/reports/Bias/analysis.json`);
    const { facets } = analysis['pre_training_bias_metrics'] as {
      facets: Record<string, { metrics: { name: string; value: number }[] }[]>;
    };
    const metrics = Object.fromEntries((facets['woman']?.[0]?.metrics ?? []).map(({ name, value }) => [name, value]));
    near(metrics, { CI: 0.2, DPL: 4 / 6 - 1 / 4 });
    await put(
      'reports/Bias/analysis.json',
      JSON.stringify(analysis).replaceAll(/("name":"DPL".*?"value":)[\d.]+/g, '$10.1'),
    );
    const worse = step('Worse', 'DATA_BIAS', {
      SkipCheck: false,
      RegisterNewBaseline: false,
      SuppliedBaselineConstraints: `s3://${bucket}/reports/Bias/analysis.json`,
    });
    const failed = await bed.run([worse]);
    await bed.end(failed);
    expect((await bed.steps(failed))['Worse']?.FailureReason).toContain(
      "DPL: Metric value 0.41666666666666663 doesn't meet",
    );
    // A model that says 2·woman + 3·age − 1 and its half, asked for each row.
    await deployable(bed.clients, 'linear', {
      'code/inference.py': `def model_fn(model_dir):
    return None

def predict_fn(rows, model):
    return [[2 * row[0] + 3 * row[1] - 1, row[0] + 1.5 * row[1] - 0.5] for row in rows]
`,
    });
    const explained = {
      headers: ['woman', 'age', 'hired'],
      label: 'hired',
      label_values_or_threshold: [1],
      facet: [{ name_or_index: 'woman', value_or_threshold: [1] }],
      // The step names the model.
      predictor: { content_type: 'text/csv', label_headers: ['all', 'half'] },
      methods: { shap: { baseline: [[0, 2]], agg_method: 'mean_abs' } },
    };
    await put('config/analysis_config.json', JSON.stringify(explained));
    await put('bias/rows.csv', '1,4,1\n0,6,0\n1,2,0\n0,4,1\n');
    const why = await bed.run([step('Why', 'MODEL_EXPLAINABILITY', { ModelName: 'linear' })]);
    expect(await bed.end(why)).toEqual({ status: 'Succeeded', reason: undefined });
    const { explanations } = (await read(`s3://${bucket}/reports/Why/analysis.json`)) as {
      explanations: {
        kernel_shap: Record<string, { global_shap_values: Record<string, number>; expected_value: number }>;
      };
    };
    // Of the rows: 2·|woman − 0| is 2, 0, 2, 0, and 3·|age − 2| is 6, 12, 0, 6.
    near(explanations.kernel_shap['all']?.global_shap_values, { woman: 1, age: 6 });
    near(explanations.kernel_shap['half']?.global_shap_values, { woman: 0.5, age: 3 });
    expect(explanations.kernel_shap['all']?.expected_value).toBeCloseTo(5, 9);
    const { Body } = await bed.clients.s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: 'reports/Why/explanations_shap/out.csv' }),
    );
    const [names, ...local] = ((await Body?.transformToString()) ?? '').trim().split(/\r?\n/);
    expect(names).toBe('woman_all,age_all,woman_half,age_half');
    expect(local.map((line) => line.split(',').map(Number))[1]?.map((value) => Math.round(value * 1e6) / 1e6)).toEqual([
      0, 12, 0, 6,
    ]);
    // Now age tells nothing: with the old values as the baseline that is a drift.
    await put('bias/rows.csv', '1,2,1\n1,2,0\n');
    const drifted = step('Drifted', 'MODEL_EXPLAINABILITY', {
      ModelName: 'linear',
      SkipCheck: false,
      RegisterNewBaseline: false,
      SuppliedBaselineConstraints: `s3://${bucket}/reports/Why/analysis.json`,
    });
    const after = await bed.run([drifted]);
    await bed.end(after);
    expect((await bed.steps(after))['Drifted']?.FailureReason).toMatch(
      /shap: Feature attribution drift 0\.\d+ exceeds threshold 0\.9/,
    );
    // And bias of what the model predicts, without a column that has it.
    await put(
      'config/analysis_config.json',
      JSON.stringify({
        ...explained,
        predictor: { model_name: 'linear', probability: 0 },
        probability_threshold: 12,
        methods: { post_training_bias: { methods: ['DPPL'] } },
      }),
    );
    await put('bias/rows.csv', '1,4,1\n0,6,0\n1,2,0\n0,4,1\n');
    const asked = await bed.run([step('Asked', 'MODEL_BIAS')]);
    expect(await bed.end(asked)).toEqual({ status: 'Succeeded', reason: undefined });
    const { post_training_bias_metrics: post } = (await read(`s3://${bucket}/reports/Asked/analysis.json`)) as {
      post_training_bias_metrics: { facets: Record<string, { metrics: { value: number }[] }[]> };
    };
    // 13 and 17 are above 12: of the women one of two, of the others one of two.
    expect(post.facets['woman']?.[0]?.metrics[0]?.value).toBeCloseTo(0, 9);
  });
});
