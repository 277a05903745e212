/** The catalogue of rules for SageMaker pipeline definitions, and the checks that report against it, a file a subject. */
import type { Rule } from '../../rule';
import { argumentRules, checkArguments } from './arguments';
import type { ContextCheck, PipelineCheck, UnitCheck } from './check-types';
import { checkComparisons, checkConditions, conditionRules } from './conditions';
import { checkDefaults, checkLeaks, defaultRules } from './defaults';
import { checkFunctions, checkLooseFunctions, functionRules } from './functions';
import { checkGraph, graphRules } from './graph';
import { checkJobs, jobRules } from './jobs';
import { checkLengths, checkSize, limitRules } from './limits';
import { checkLint, lintRules } from './lint';
import { checkParameters, parameterRules } from './parameters';
import { patternRules } from './patterns';
import { checkLooseNulls, checkNulls, nullRules } from './nulls';
import { checkOutputs, outputRules } from './outputs';
import { checkOrder, checkRegions, placeRules } from './places';
import { checkPolicies, policyRules } from './policies';
import { checkLooseReferences, checkReferences, referenceRules } from './references';
import { checkRanges, rangeRules } from './ranges';
import { checkSpecial, specialRules } from './special';
import { checkStepOutline, checkTopLevel, structureRules } from './structure';
import { syntaxRules } from './syntax';

export { syntaxFindings } from './syntax';

export const rules: readonly Rule[] = [
  ...syntaxRules,
  ...structureRules,
  ...nullRules,
  ...parameterRules,
  ...functionRules,
  ...referenceRules,
  ...conditionRules,
  ...graphRules,
  ...argumentRules,
  ...patternRules,
  ...outputRules,
  ...specialRules,
  ...rangeRules,
  ...jobRules,
  ...policyRules,
  ...limitRules,
  ...placeRules,
  ...lintRules,
  ...defaultRules,
];

export const unitChecks: readonly UnitCheck[] = [
  checkStepOutline,
  checkNulls,
  checkFunctions,
  checkConditions,
  checkArguments,
  checkOutputs,
  checkSpecial,
  checkRanges,
  checkJobs,
  checkPolicies,
  checkLengths,
  checkLint,
];

export const contextChecks: readonly ContextCheck[] = [checkReferences, checkComparisons];

export const rootChecks: readonly PipelineCheck[] = [
  checkTopLevel,
  checkLooseNulls,
  checkLooseFunctions,
  checkLooseReferences,
  checkSize,
  checkDefaults,
  checkLeaks,
];

export const outlineChecks: readonly PipelineCheck[] = [checkParameters, checkGraph, checkRegions, checkOrder];
