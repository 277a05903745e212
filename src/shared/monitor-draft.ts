/** What a person fills in for a monitoring schedule, by its kind. Pure. */

export const monitorKinds = ['DataQuality', 'ModelQuality', 'ModelBias', 'ModelExplainability'] as const;
export type MonitorKind = (typeof monitorKinds)[number];

export const problemTypes = ['Regression', 'BinaryClassification', 'MulticlassClassification'] as const;
type ProblemType = (typeof problemTypes)[number];

/** What a schedule compares with, and where the truth comes from. Files are S3 URIs or paths of the workspace. */
export type MonitorSource =
  | { kind: 'DataQuality'; dataset: string }
  /** By a baseline that is there, such as that of a QualityCheck step. */
  | { kind: 'DataQuality'; constraints: string; statistics: string }
  | {
      kind: 'ModelQuality';
      dataset: string;
      problem: ProblemType;
      /** Columns of the data set. */
      label: string;
      prediction: string;
      /** Where the prediction stands in what the endpoint answers: `0`, or a JMESPath. */
      answer: string;
      groundTruth: string;
    }
  | ({ kind: 'ModelBias'; answer: string; groundTruth: string } & Analyzed)
  | ({ kind: 'ModelExplainability' } & Analyzed);

/** What Clarify analyzes, and compares with: the analysis of a data set, or one that is there, or nothing. */
interface Analyzed {
  config: string;
  dataset?: string;
  constraints?: string;
}

/** What each kind asks for. */
export const monitorFields: Readonly<Record<MonitorKind, readonly string[]>> = {
  DataQuality: ['dataset', 'constraints', 'statistics'],
  ModelQuality: ['dataset', 'problem', 'label', 'prediction', 'answer', 'groundTruth'],
  ModelBias: ['config', 'dataset', 'constraints', 'answer', 'groundTruth'],
  ModelExplainability: ['config', 'dataset', 'constraints'],
};

const jsonInS3 = /^s3:\/\/[^/]+\/.+\.json$/;

/** What the fields come to, or what is missing in a sentence. */
export function readMonitor(
  kind: string,
  fields: Readonly<Record<string, string>>,
): MonitorSource | { problem: string } {
  const of = (name: string): string => fields[name]?.trim() ?? '';
  const known = monitorKinds.find((each) => each === kind);
  if (!known) return { problem: `There is no monitoring of the kind ${kind}.` };
  const wanted = monitorFields[known];
  const [constraints, statistics] = [of('constraints'), of('statistics')];
  if (known === 'DataQuality' && constraints !== '') {
    if (of('dataset') !== '') return { problem: 'Name either the data of a new baseline or the files of one.' };
    if (!jsonInS3.test(constraints) || !jsonInS3.test(statistics)) {
      return {
        problem: 'The constraints and the statistics of a baseline are JSON files in S3: s3://BUCKET/KEY.json.',
      };
    }
    return { kind: known, constraints, statistics };
  }
  const isAnalyzed = wanted.includes('config');
  if (!isAnalyzed && of('dataset') === '') {
    return { problem: 'Name the data of the baseline: a CSV file of this folder with a header, or an S3 URI.' };
  }
  if (isAnalyzed && !of('config').endsWith('.json')) {
    return { problem: 'Name the configuration of the analysis: a JSON file of this folder, or an S3 URI.' };
  }
  if (isAnalyzed && constraints !== '' && (of('dataset') !== '' || !jsonInS3.test(constraints))) {
    return {
      problem:
        of('dataset') === ''
          ? 'The analysis to compare with is a JSON file in S3: s3://BUCKET/analysis.json.'
          : 'Name either the data of a new baseline or the analysis of one.',
    };
  }
  if (wanted.includes('groundTruth') && !/^s3:\/\/[^/]+/.test(of('groundTruth'))) {
    return { problem: 'Name the S3 folder that the truth is written to, by the hour: s3://BUCKET/FOLDER.' };
  }
  const answer = of('answer') || '0';
  const analyzed = {
    config: of('config'),
    ...(of('dataset') === '' ? {} : { dataset: of('dataset') }),
    ...(constraints === '' ? {} : { constraints }),
  };
  switch (known) {
    case 'DataQuality':
      return { kind: known, dataset: of('dataset') };
    case 'ModelQuality': {
      const problem = problemTypes.find((each) => each === of('problem')) ?? 'BinaryClassification';
      const [label, prediction] = [of('label'), of('prediction')];
      if (label === '' || prediction === '') {
        return { problem: 'Name the columns of the data set: what is true, and what the model has said.' };
      }
      return {
        kind: known,
        dataset: of('dataset'),
        problem,
        label,
        prediction,
        answer,
        groundTruth: of('groundTruth'),
      };
    }
    case 'ModelBias':
      return { kind: known, ...analyzed, answer, groundTruth: of('groundTruth') };
    case 'ModelExplainability':
      return { kind: known, ...analyzed };
  }
}
