/** Reads the files of a check, where a step or its job names them. */
import type { PipelineExecutionStep } from '@aws-sdk/client-sagemaker';
import { outcomeOf, type Session } from '../../aws';
import type { CheckView } from '../../shared/facts';
import { valueOfJson } from '../../shared/json';
import { type Job, readObject } from '../service';
import { checkView, type CheckFiles } from './report';

/** The images of Model Monitor and of Clarify, which plain processing steps run too. */
const analyzers = /sagemaker-(model-monitor-analyzer|clarify-processing)/;

type Places = { [file in keyof CheckFiles]?: string | undefined };

/** What a check has found; undefined for a step that checks nothing, or has left no file that can be read. */
export async function readCheck(
  session: Session,
  step: PipelineExecutionStep,
  job: Job | undefined,
): Promise<CheckView | undefined> {
  const places = placesOf(step, job);
  if (!places) return undefined;
  const read = await Promise.all(
    Object.entries(places).map(async ([file, uri]) => {
      // A file that is not there is none that was to be there: which there are depends on the kind of check.
      const { value } = await outcomeOf(readObject(session, uri));
      const content = value === undefined ? undefined : valueOfJson(value);
      return content === undefined ? [] : [[file, content] as const];
    }),
  );
  return checkView(Object.fromEntries(read.flat()));
}

function placesOf({ Metadata = {} }: PipelineExecutionStep, job: Job | undefined): Record<string, string> | undefined {
  const { QualityCheck, ClarifyCheck } = Metadata;
  const processing = job?.kind === 'Processing' ? job.job : undefined;
  const isAnalyzer = analyzers.test(processing?.AppSpecification?.ImageUri ?? '');
  if (!QualityCheck && !ClarifyCheck && !isAnalyzer) return undefined;
  const place = processing?.ProcessingOutputConfig?.Outputs?.[0]?.S3Output?.S3Uri?.replace(/\/$/, '');
  const inputs = (processing?.ProcessingInputs ?? []).flatMap(({ S3Input }) => S3Input?.S3Uri ?? []);
  const isClarify = ClarifyCheck !== undefined || /clarify/.test(processing?.AppSpecification?.ImageUri ?? '');
  const at = (name: string): string | undefined => (place === undefined ? undefined : `${place}/${name}`);
  const check = QualityCheck ?? ClarifyCheck;
  const used = check?.BaselineUsedForDriftCheckConstraints;
  const constraints = check?.CalculatedBaselineConstraints ?? at(isClarify ? 'analysis.json' : 'constraints.json');
  const statistics = QualityCheck?.CalculatedBaselineStatistics ?? (isClarify ? undefined : at('statistics.json'));
  const usedStatistics = QualityCheck?.BaselineUsedForDriftCheckStatistics;
  const places: Places = {
    statistics,
    constraints,
    violations: check?.ViolationReport ?? at('constraint_violations.json'),
    // Where a new baseline is registered, it is the calculated one: then the old one is among the job's inputs.
    baselineStatistics:
      usedStatistics === undefined || usedStatistics === statistics
        ? inputs.find((uri) => /statistics[^/]*\.json$/.test(uri))
        : usedStatistics,
    baselineConstraints:
      used === undefined || used === constraints
        ? inputs.find((uri) => /(constraints|analysis(?!_config))[^/]*\.json$/.test(uri))
        : used,
  };
  return Object.fromEntries(Object.entries(places).flatMap(([file, uri]) => (uri === undefined ? [] : [[file, uri]])));
}
