import type { Report } from '../../rule';
import type { Pipeline, Unit } from '../model';

/** A check of one top-level step by itself. Its findings stay true while the step's text does. */
export type UnitCheck = (unit: Unit, report: Report) => void;

/** A check of one top-level step against what the pipeline declares: parameters, and the steps' names, types and outputs. */
export type ContextCheck = (unit: Unit, pipeline: Pipeline, report: Report) => void;

/** A check that needs the whole pipeline. Runs after every edit, so it looks at the model, not into every node. */
export type PipelineCheck = (pipeline: Pipeline, report: Report) => void;
