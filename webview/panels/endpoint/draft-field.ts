/** A labelled field that keeps one member of what the user has begun. */
import { html, type TemplateResult } from 'lit-html';
import { textField } from '../../kit/controls';

export interface DraftField<Key extends string> {
  draft: Record<Key, string>;
  key: Key;
  id: string;
  label: string;
  placeholder?: string;
  /** What stands there, where it is not what the draft has. */
  value?: string;
  changed: () => void;
}

export function draftField<Key extends string>(field: DraftField<Key>): TemplateResult {
  const { draft, key, id, label, placeholder, value = draft[key], changed } = field;
  return html`<label for=${id}>${label}</label> ${textField({
      id,
      label,
      value,
      ...(placeholder === undefined ? {} : { placeholder }),
      input: (text) => {
        draft[key] = text;
        changed();
      },
    })}`;
}
