/**
 * State machines in the Amazon States Language, in JSON or YAML, known by their content: `StartAt` and `States`.
 *
 *   model.ts             scopes, states, transitions, query languages
 *   shapes.ts            members and bounds of states as data
 *   values.ts places.ts  what is written, filled in or worked out; where expressions stand
 *   scopes.ts context.ts variables; the Context object
 *   expressions/         paths, intrinsic functions, JSONata (parsed by a library, loaded on first use)
 *   integrations.ts services.ts  what a Task calls, and the shapes of requests and results
 *   rules/               the catalogue and the checks, a file a subject
 *   graph.ts             the graph
 */
import type { SourceDocument } from '../document';
import type { Finding } from '../finding';
import type { LanguageSupport } from '../language';
import type { Report } from '../rule';
import { commonRules, judged } from '../shape/rules';
import type { Node } from '../tree';
import { isLoaded, loadJsonata } from './expressions/jsonata';
import { buildMachine, isMachine } from './model';
import { loadServices } from './services';
import { checkChoices, choiceRules } from './rules/choice';
import { checkErrors, errorRules } from './rules/errors';
import { checkJsonata, jsonataRules } from './rules/jsonata';
import { checkMaps, mapRules } from './rules/map';
import { checkPaths, pathRules } from './rules/paths';
import { checkQueryLanguage, queryLanguageRules } from './rules/query-language';
import { checkResults, resultRules } from './rules/results';
import { checkStructure, commonExamples, structureRules } from './rules/structure';
import { checkTasks, taskRules } from './rules/task';
import { aboutNames, checkTransitions, transitionRules } from './rules/transitions';
import { checkVariables, variableRules } from './rules/variables';

export const asl: LanguageSupport & { check: typeof check } = {
  language: 'asl',
  rules: [
    ...commonRules('asl', 'a state machine', commonExamples),
    ...structureRules,
    ...transitionRules,
    ...queryLanguageRules,
    ...pathRules,
    ...jsonataRules,
    ...variableRules,
    ...errorRules,
    ...choiceRules,
    ...mapRules,
    ...taskRules,
    ...resultRules,
  ],
  detect,
  check,
  prepare: ({ text }) => prepareMachine(text),
};

/** Loads what the check of a text needs, where it is not there yet. */
export function prepareMachine(text: string): Promise<void> | undefined {
  const parser = isLoaded() || !text.includes('{%') ? undefined : loadJsonata();
  const services = loadServices(text);
  return parser && services ? Promise.all([parser, services]).then(() => undefined) : (parser ?? services);
}

function detect(document: SourceDocument): boolean {
  if (/\.asl(\.(json|ya?ml))?$/.test(document.fileName)) return true;
  const { text } = document;
  // Cheap, and before the text is parsed: most texts are none of ours.
  return text.includes('StartAt') && text.includes('States') && isMachine(document.tree.root);
}

const checks = [
  checkStructure,
  checkTransitions,
  checkQueryLanguage,
  checkPaths,
  checkJsonata,
  checkVariables,
  checkErrors,
  checkChoices,
  checkMaps,
  checkTasks,
  checkResults,
];

/** Checks a text; `express` where what is around it tells the type of the workflow. */
function check(document: SourceDocument, express?: boolean): Finding[] {
  const { root, problems } = document.tree;
  const isBroken = problems.length > 0;
  return judged(
    document,
    'asl',
    (report) => {
      if (root?.kind !== 'object') return;
      checkMachine(
        root,
        (finding) => {
          // A member that a fault has moved out of its state looks like a state.
          if (!isBroken || finding.rule !== 'asl/wrong-type' || finding.node.parent?.key !== 'States') report(finding);
        },
        express,
      );
    },
    aboutNames,
  );
}

/** Checks the machine in `node`, which may stand in a template; `express` where the text around it tells the type. */
export function checkMachine(node: Node, report: Report, express?: boolean): void {
  const machine = buildMachine(node, express);
  const checksOfStates = checks.map((one) => one(machine, report));
  for (const state of machine.states) for (const one of checksOfStates) one(state);
}
