/** An option that is on or off. No VS Code here. */
import type { FinishValues } from './circumstances';
import type { FlowOption } from './contract';

interface More {
  description?: string;
  /** Why it cannot be chosen; undefined where it can. */
  disabled?: string | undefined;
}

/** Makes options that are on or off, with their values. */
export function booleanOptions(values: FinishValues) {
  return (id: string, group: string, label: string, { description, disabled }: More = {}): FlowOption => ({
    id,
    group,
    label,
    kind: 'boolean',
    value: values[id] === true,
    ...(description === undefined ? {} : { description }),
    ...(disabled === undefined ? {} : { disabled }),
  });
}
