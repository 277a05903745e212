import { join } from 'node:path';
import { parseImage } from './image';

/** How the image of an analysis runs on this machine. */
export interface Analyzer {
  /** What the log says of it. */
  line: string;
  command: string[];
}

/** Programs below `media/python/monitor`, by the repositories of the images that they stand for. */
const analyzers: Readonly<Record<string, { line: string; program: string }>> = {
  'sagemaker-model-monitor-analyzer': {
    line: "Data and model quality are computed by Local's own program, not by the image of Model Monitor.",
    program: 'analyze.py',
  },
  'sagemaker-clarify-processing': {
    line: "Bias and SHAP values are computed by Local's own program, not by the image of SageMaker Clarify.",
    program: 'clarify.py',
  },
};

/**
 * The program for an image of Model Monitor or Clarify; undefined for others.
 * @param programs the folder of the programs for algorithms, beside which they lie
 */
export function analyzerOf(uri: string, programs: string): Analyzer | undefined {
  const { repository } = parseImage(uri);
  const found = Object.hasOwn(analyzers, repository) ? analyzers[repository] : undefined;
  return found && { line: found.line, command: ['python3', join(programs, '..', 'monitor', found.program)] };
}
