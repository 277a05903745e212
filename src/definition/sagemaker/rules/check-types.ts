import type { Report } from '../../rule';
import type { Pipeline, Unit } from '../model';

/** A check of one top-level step by itself. Its findings stay true while the step's text does. */
export type UnitCheck = (unit: Unit, report: Report) => void;

/** A check of one top-level step against what the pipeline declares: parameters, and the steps' names, types and outputs. */
export type ContextCheck = (unit: Unit, pipeline: Pipeline, report: Report) => void;

/**
 * A check that needs more than one step. Root checks look at what stands outside of the steps, and run after every
 * edit. Outline checks also look at what `outline` says of each step (../outline.ts), and run when that has changed.
 */
export type PipelineCheck = (pipeline: Pipeline, report: Report) => void;
