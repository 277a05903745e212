/** The catalogue of rules for SageMaker pipeline definitions, and the checks that report against it, a file a subject. */
import type { Rule } from '../../rule';
import type { ContextCheck, PipelineCheck, UnitCheck } from './check-types';
import { checkReferences, referenceRules } from './references';
import { syntaxRules } from './syntax';

export { syntaxFindings } from './syntax';

export const rules: readonly Rule[] = [...syntaxRules, ...referenceRules];

export const unitChecks: readonly UnitCheck[] = [];
export const contextChecks: readonly ContextCheck[] = [checkReferences];
export const pipelineChecks: readonly PipelineCheck[] = [];
