import type { FormParameter } from '../../src/pipelines/panels/run-form/contract';
/** The service's limit for a value. */
const maxLength = 1024;

/** What is wrong with the value, in a sentence, or undefined. */
export function problemOf(parameter: FormParameter, value: string): string | undefined {
  if (value === '' && parameter.type === 'String' && parameter.default !== undefined) return undefined;
  if (value.trim() === '') return `${parameter.name} needs a value.`;
  if (value.length > maxLength) return `${parameter.name} is longer than ${maxLength} characters.`;
  if (parameter.enum && !parameter.enum.includes(value)) {
    return `${parameter.name} must be one of ${parameter.enum.join(', ')}.`;
  }
  switch (parameter.type) {
    case 'Integer':
      return /^[+-]?\d+$/.test(value) ? undefined : `${parameter.name} must be a whole number, such as 10.`;
    case 'Float':
      return isFloat(value) ? undefined : `${parameter.name} must be a number, such as 0.5 or 1e-4.`;
    case 'Boolean':
      return /^(true|false)$/i.test(value) ? undefined : `${parameter.name} must be true or false.`;
    case 'String':
      break;
  }
  return undefined;
}

/** What is wrong with the name of a run; none at all is fine. */
export function nameProblemOf(name: string): string | undefined {
  if (name === '') return undefined;
  if (name.length > 82) return 'The name is longer than 82 characters.';
  return /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/.test(name)
    ? undefined
    : 'The name may hold letters, digits and hyphens, and begins and ends with a letter or digit.';
}

function isFloat(value: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value);
}
