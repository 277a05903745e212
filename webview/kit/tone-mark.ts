/** The mark of a tone: a shape for each, so that a state is never told by colour alone. */
import type { TemplateResult } from 'lit-html';
import type { Tone } from '../../src/shared/status';
import { icon, type IconName } from './icons';

const shapes: Record<Tone, IconName> = {
  good: 'succeeded',
  bad: 'failed',
  busy: 'executing',
  wary: 'warning',
  quiet: 'dash',
};

export function toneMark(tone: Tone): TemplateResult {
  return icon(shapes[tone], `tone-${tone}`);
}
