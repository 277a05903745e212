import type { Session } from '../../../src/aws';
import { MeasurementReader, tellingMetrics } from '../../../src/pipelines/reading';
import { describe, expect, it } from 'vitest';
import { confusionInReport, curvesOf, numbersInReport, seriesInLog } from '../../../src/pipelines/metrics';

describe('seriesInLog', () => {
  const definitions = [
    { Name: 'train:loss', Regex: 'train_loss=([0-9.]+)' },
    { Name: 'validation:loss', Regex: 'validation_loss=([0-9.]+)' },
  ];

  it('follows each metric over the epochs that its lines name', () => {
    const lines = [
      'starting',
      'epoch=1 train_loss=1.5 validation_loss=1.6',
      'epoch=3 train_loss=0.5 validation_loss=0.7',
    ];
    expect(seriesInLog(lines, definitions)).toEqual([
      { name: 'train:loss', axis: 'epoch', x: [1, 3], y: [1.5, 0.5] },
      { name: 'validation:loss', axis: 'epoch', x: [1, 3], y: [1.6, 0.7] },
    ]);
  });

  it('counts the values where no line names an epoch', () => {
    expect(seriesInLog(['train_loss=3', 'train_loss=2'], definitions)).toEqual([
      { name: 'train:loss', axis: 'value', x: [1, 2], y: [3, 2] },
    ]);
  });

  it('counts the values where an epoch has several of them', () => {
    const lines = ['epoch 1 train_loss=3', 'epoch 1 train_loss=2', 'epoch 2 train_loss=1'];
    expect(seriesInLog(lines, definitions)).toEqual([
      { name: 'train:loss', axis: 'value', x: [1, 2, 3], y: [3, 2, 1] },
    ]);
  });

  it('reads groups that are named as in Python, and the tabs of logs', () => {
    const lines = ['[1]\ttrain-rmse:0.5', '[2]#011train-rmse:0.25'];
    const named = [{ Name: 'rmse', Regex: String.raw`.*\[[0-9]+\]#011train-rmse:(?P<value>[0-9.]+)` }];
    expect(seriesInLog(lines, named)).toMatchObject([{ y: [0.5, 0.25] }]);
  });

  it('draws no curve of a single value, of a pattern without a group, or of one that JavaScript cannot read', () => {
    expect(seriesInLog(['train_loss=3'], definitions)).toEqual([]);
    expect(seriesInLog(['a', 'a'], [{ Name: 'x', Regex: 'a' }])).toEqual([]);
    expect(seriesInLog(['a=1', 'a=2'], [{ Name: 'x', Regex: '(?(1)a)' }])).toEqual([]);
  });
});

describe('curvesOf', () => {
  const iterations = { name: 'loss', by: 'iteration' as const, x: [0, 10], y: [3, 2] };
  const times = { name: 'loss', by: 'time' as const, x: [1_700_000_000, 1_700_000_060], y: [3, 2] };
  const logged = { name: 'loss', axis: 'epoch', x: [1, 2, 3], y: [3, 2.5, 2] };

  it('takes the series by iterations, else the log, else the values a minute', () => {
    expect(curvesOf([times, iterations], [logged])).toEqual([{ name: 'loss', axis: 'step', x: [0, 10], y: [3, 2] }]);
    expect(curvesOf([times], [logged])).toEqual([logged]);
    expect(curvesOf([times], [])).toEqual([{ name: 'loss', axis: 'minute', x: [0, 1], y: [3, 2] }]);
  });

  it('draws no curve of one value, and each metric once', () => {
    expect(curvesOf([{ ...iterations, x: [1], y: [1] }], [])).toEqual([]);
    expect(curvesOf([{ ...iterations, name: 'accuracy' }, times], [logged]).map(({ name }) => name)).toEqual([
      'accuracy',
      'loss',
    ]);
  });
});

const report = {
  multiclass_classification_metrics: {
    accuracy: { value: 0.97, standard_deviation: 0.01 },
    recall: { value: 'NaN', standard_deviation: 'NaN' },
    confusion_matrix: { Adelie: { Adelie: 20, Gentoo: 1 }, Gentoo: { Adelie: 0, Gentoo: 14 } },
    per_class: { Adelie: { precision: 1 } },
  },
};

describe('numbersInReport', () => {
  it('names numbers by what they measure and leaves out deviations and matrices', () => {
    expect(numbersInReport(report)).toEqual({ accuracy: 0.97, 'per_class.Adelie.precision': 1 });
  });

  it('has short names for what stands below metrics, whatever their kind', () => {
    expect(numbersInReport({ metrics: { accuracy: { value: 0.9 } }, regression_metrics: { mse: 4 } })).toEqual({
      accuracy: 0.9,
      mse: 4,
    });
    expect(numbersInReport({ biometrics: { rate: 1 } })).toEqual({ 'biometrics.rate': 1 });
  });

  it('leaves out the version of the format, not that of something measured', () => {
    const both = { version: 0, dataset: { item_count: 67 }, regression_metrics: { version: { value: 2 } } };
    expect(numbersInReport(both)).toEqual({ 'dataset.item_count': 67, version: 2 });
  });

  it.each([[undefined], [null], [3], ['text'], [[1, 2]]])('finds none in %j', (value) => {
    expect(numbersInReport(value)).toEqual({});
  });
});

describe('confusionInReport', () => {
  it('reads counts by actual and predicted class', () => {
    expect(confusionInReport(report)).toEqual({
      labels: ['Adelie', 'Gentoo'],
      matrix: [
        [20, 1],
        [0, 14],
      ],
    });
  });

  it('reads rows of numbers and their labels', () => {
    expect(
      confusionInReport({
        confusion_matrix: [
          [1, 2],
          [3, 4],
        ],
        labels: ['no', 'yes'],
      }),
    ).toEqual({
      labels: ['no', 'yes'],
      matrix: [
        [1, 2],
        [3, 4],
      ],
    });
  });

  it('counts a class that was never predicted as zero', () => {
    expect(confusionInReport({ confusion_matrix: { a: { a: 1 }, b: { a: 2 } } })?.matrix).toEqual([
      [1, 0],
      [2, 0],
    ]);
  });

  it('finds none where there is none', () => {
    expect(confusionInReport({ accuracy: 1 })).toBeUndefined();
    expect(confusionInReport(undefined)).toBeUndefined();
  });
});

describe('a tuning job', () => {
  it('has the metrics of its best training job', async () => {
    const answers: Record<string, object> = {
      DescribePipelineDefinitionForExecutionCommand: { PipelineDefinition: '{"Version":"2020-12-01","Steps":[]}' },
      DescribeHyperParameterTuningJobCommand: { BestTrainingJob: { TrainingJobName: 'tune-003' } },
      DescribeTrainingJobCommand: { FinalMetricDataList: [{ MetricName: 'validation:auc', Value: 0.9 }] },
    };
    const asked: string[] = [];
    class Command {
      constructor(readonly input: { TrainingJobName?: string }) {}
    }
    const sdk = new Proxy(
      {
        paginateListPipelineExecutionSteps: async function* () {
          yield await Promise.resolve({
            PipelineExecutionSteps: [{ StepName: 'Tune', Metadata: { TuningJob: { Arn: 'arn:aws:x/tune' } } }],
          });
        },
      },
      {
        get: (known, name: string) =>
          Reflect.get(known, name) ?? Object.defineProperty(class extends Command {}, 'name', { value: name }),
      },
    );
    const session = {
      connection: { id: 'x', kind: 'profile' },
      sdk,
      sagemaker: {
        send: (command: Command) => {
          asked.push(command.input.TrainingJobName ?? '');
          return Promise.resolve(answers[command.constructor.name]);
        },
      },
      call: (_: string, work: () => unknown) => work(),
    } as unknown as Session;
    const { metrics, problems } = await new MeasurementReader().read(session, { arn: 'arn:x' }, false);
    expect(problems).toEqual([]);
    expect(metrics).toEqual({ 'validation:auc': 0.9 });
    expect(asked).toContain('tune-003');
  });
});

describe('tellingMetrics', () => {
  it('begins with the same metric whatever order the service lists them in', () => {
    const metrics = { fold_f1: 0.7, rows: 54, cv_f1: 0.8, 'holdout.precision_macro': 0.85, 'holdout.f1_macro': 0.9 };
    const names = (of: Readonly<Record<string, number>>): string[] => tellingMetrics(of).map(({ name }) => name);
    const wanted = ['holdout.f1_macro', 'cv_f1', 'fold_f1', 'holdout.precision_macro'];
    expect(names(metrics)).toEqual(wanted);
    expect(names(Object.fromEntries(Object.entries(metrics).toReversed()))).toEqual(wanted);
    expect(names({ 'train:loss': 1, accuracy: 0.5 })).toEqual(['accuracy', 'train:loss']);
  });
});
