import type { Finding } from '../finding';
import type { Report } from '../rule';
import type { Tree } from '../tree';
import { buildPipeline, type Pipeline, type Unit } from './model';
import { contextChecks, outlineChecks, rootChecks, syntaxFindings, unitChecks } from './rules';
import { duplicateFindings, trusted } from './rules/syntax';

/** Everything that is wrong with a pipeline definition. */
export function checkPipeline(tree: Tree): Finding[] {
  const pipeline = buildPipeline(tree);
  const findings = [...duplicateFindings(tree), ...(pipeline ? checkAll(pipeline) : [])];
  return [...syntaxFindings(tree), ...trusted(tree, findings)];
}

/** What the checks say of a model, whatever the faults of its text. */
export function checkAll(pipeline: Pipeline): Finding[] {
  const units = pipeline.units.flatMap((unit) => [...checkUnit(unit), ...checkContext(unit, pipeline)]);
  return [...units, ...checkRoot(pipeline), ...checkOutlines(pipeline)];
}

/** What can be told from one top-level step alone. */
export function checkUnit(unit: Unit): Finding[] {
  return gather((report) => {
    for (const check of unitChecks) check(unit, report);
  });
}

/** What can be told from one top-level step and the names that the rest of the pipeline declares. */
export function checkContext(unit: Unit, pipeline: Pipeline): Finding[] {
  return gather((report) => {
    for (const check of contextChecks) check(unit, pipeline, report);
  });
}

/** What is told by what stands outside of the steps, and by the size of the whole. */
export function checkRoot(pipeline: Pipeline): Finding[] {
  return gather((report) => {
    for (const check of rootChecks) check(pipeline, report);
  });
}

/** What all steps tell together: names, dependencies, parameters that they use, places that they read and write. */
export function checkOutlines(pipeline: Pipeline): Finding[] {
  return gather((report) => {
    for (const check of outlineChecks) check(pipeline, report);
  });
}

function gather(run: (report: Report) => void): Finding[] {
  const findings: Finding[] = [];
  run((finding) => {
    if (!isStandIn(finding.node.text)) findings.push(finding);
  });
  return findings;
}

/** A text that only stands for something that was missing when the definition was rendered: nobody wrote it. */
function isStandIn(text: string | undefined): boolean {
  return text?.includes('stand-in-for-') === true;
}
