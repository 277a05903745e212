/** How the verdict on a release is printed. */
import { holding, type Judgement, type Reasons, type Subject } from '../../gitflow/lifecycle';

/** 0: nothing holds; 1: a gate has failed; 2: none has, but one is unknown. Gates with a reason hold nothing. */
export function outcomeOf(judgement: Judgement | undefined, reasons: Reasons): 0 | 1 | 2 {
  const open = holding(judgement?.gates ?? [], reasons);
  if (open.some(({ state }) => state === 'failed')) return 1;
  return open.length > 0 ? 2 : 0;
}

type Format = (subject: Subject, judgement: Judgement | undefined, reasons: Reasons) => string;

/** The formats of `--format`. */
export const gateFormats: Readonly<Record<'text' | 'json' | 'github', Format>> = { text, json, github };

const words = ['passed', 'held', 'unknown'] as const;

function text(subject: Subject, judgement: Judgement | undefined, reasons: Reasons): string {
  if (judgement === undefined) return `${subject.branch} has no .mlops/config.json: nothing is asked.\n`;
  const open = new Set(holding(judgement.gates, reasons).map(({ id }) => id));
  const lines = judgement.gates.map(({ id, title, state, evidence, remedy }) => {
    const reason = state !== 'passed' && !open.has(id) ? ` Overridden: ${reasons.get(id) ?? ''}` : '';
    return `${state.padEnd(8)}${id}: ${title}. ${evidence}${open.has(id) && remedy ? ` ${remedy}` : ''}${reason}`;
  });
  const sum = judgement.gates.length === 0 ? 'no gate is set' : words[outcomeOf(judgement, reasons)];
  return `${[...lines, `${subject.branch} (${subject.commit.slice(0, 8)}): ${sum}`].join('\n')}\n`;
}

function json(subject: Subject, judgement: Judgement | undefined, reasons: Reasons): string {
  const { kind, branch, commit, tagged } = subject;
  const proof = judgement?.proof;
  const value = {
    outcome: words[outcomeOf(judgement, reasons)],
    kind,
    branch,
    commit,
    into: tagged.into,
    ...(tagged.state === 'known' && { tree: tagged.tree }),
    gates: (judgement?.gates ?? []).map((gate) => ({
      ...gate,
      ...(gate.state !== 'passed' && reasons.has(gate.id) && { reason: reasons.get(gate.id) }),
    })),
    ...(proof?.run && { run: proof.run.arn }),
    models: proof?.models.map(({ arn }) => arn) ?? [],
    metrics: proof?.metrics ?? {},
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Workflow commands: https://docs.github.com/actions/reference/workflow-commands. */
function github(subject: Subject, judgement: Judgement | undefined, reasons: Reasons): string {
  const escape = (value: string): string =>
    value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (value: string): string => escape(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
  const open = new Set(holding(judgement?.gates ?? [], reasons).map(({ id }) => id));
  const lines = (judgement?.gates ?? []).map(({ id, title, state, evidence, remedy }) => {
    const command = !open.has(id) ? 'notice' : state === 'failed' ? 'error' : 'warning';
    const message = [`${title}. ${evidence}`, ...(open.has(id) && remedy ? [remedy] : [])].join(' ');
    return `::${command} title=${property(`Gate ${id}: ${open.has(id) ? state : state === 'passed' ? state : 'overridden'}`)}::${escape(message)}\n`;
  });
  return `${lines.join('')}${text(subject, judgement, reasons).split('\n').at(-2) ?? ''}\n`;
}
