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
  const found = gather((report) => {
    for (const unit of pipeline.units) {
      for (const check of unitChecks) check(unit, report);
      for (const check of contextChecks) check(unit, pipeline, report);
    }
    for (const check of rootChecks) check(pipeline, report);
    for (const check of outlineChecks) check(pipeline, report);
  });
  return placeholdersOnce(found);
}

const placeholderRule = 'sm/placeholder-left';
/** So many other places are named beside the first. */
const placesNamed = 20;

/**
 * Placeholders are told at the first one, with the others beside it: a template that is filled in later has many, and one
 * word about them is enough. Changes the list that it is given.
 */
export function placeholdersOnce(findings: Finding[]): Finding[] {
  const first = findings.findIndex(({ rule }) => rule === placeholderRule);
  const head = findings[first];
  if (!head) return findings;
  const others: Finding[] = [];
  let kept = first + 1;
  for (let at = first + 1; at < findings.length; at++) {
    const finding = findings[at];
    if (!finding) continue;
    if (finding.rule === placeholderRule) others.push(finding);
    else findings[kept++] = finding;
  }
  findings.length = kept;
  if (others.length === 0) return findings;
  findings[first] = {
    ...head,
    message: `${head.message} ${others.length === 1 ? 'One more text has' : `${others.length} more texts have`} one.`,
    related: others.slice(0, placesNamed).map(({ node }) => ({ node, message: 'Another placeholder.' })),
  };
  return findings;
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
