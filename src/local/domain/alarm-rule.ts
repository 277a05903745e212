import type { StateValue } from '@aws-sdk/client-cloudwatch';
import { alarmName } from './alarms';

/** A rule that cannot be read; the message says why. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
}

const token = /\s*(?:(AND|OR|NOT|TRUE|FALSE|ALARM|OK|INSUFFICIENT_DATA)\b|(\()|(\))|"([^"]*)"|([^\s()"]+))/giy;

/**
 * Whether the rule of a composite alarm holds.
 * @param stateOf the state of an alarm by its name; undefined for one that is not there
 * @throws {RuleError}
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html
 */
export function holds(rule: string, stateOf: (name: string) => StateValue | undefined): boolean {
  const tokens = [...rule.matchAll(new RegExp(token.source, 'gi'))].map(([, word, open, close, text, plain]) => ({
    word: word?.toUpperCase() ?? open ?? close,
    text: text ?? plain,
  }));
  let at = 0;
  const takes = (word: string): boolean => {
    if (tokens[at]?.word !== word) return false;
    at++;
    return true;
  };
  const need = (word: string): void => {
    if (!takes(word)) throw new RuleError(`The alarm rule lacks a '${word}'.`);
  };
  const any = (): boolean => {
    let value = every();
    while (takes('OR')) value = every() || value;
    return value;
  };
  const every = (): boolean => {
    let value = one();
    while (takes('AND')) value = one() && value;
    return value;
  };
  const one = (): boolean => {
    const next = tokens[at++];
    switch (next?.word) {
      case 'NOT':
        return !one();
      case 'TRUE':
        return true;
      case 'FALSE':
        return false;
      case '(': {
        const value = any();
        need(')');
        return value;
      }
      case 'ALARM':
      case 'OK':
      case 'INSUFFICIENT_DATA': {
        need('(');
        const name = tokens[at++]?.text;
        need(')');
        if (name === undefined) throw new RuleError(`The alarm rule names no alarm in ${next.word}().`);
        return stateOf(alarmName(name)) === next.word;
      }
      default:
        throw new RuleError(`The alarm rule cannot be read at '${next?.word ?? next?.text ?? 'its end'}'.`);
    }
  };
  const value = any();
  if (at < tokens.length)
    throw new RuleError(`'${tokens[at]?.word ?? tokens[at]?.text}' was not expected in the alarm rule.`);
  return value;
}
