/** What is said of a file that was named and holds no definition that is known. */
import type { Diagnostic } from '../definition';
import { valueOfJson } from '../shared/json';

/** An error at the beginning of the text that says what the text seems to be instead. */
export function unrecognised(text: string): Diagnostic {
  return {
    rule: 'not-recognised',
    severity: 'error',
    message: reasonOf(text),
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } },
    pointer: '',
    fixes: [],
  };
}

function reasonOf(text: string): string {
  const start = text.slice(0, 200).trimStart();
  if (start === '') return 'The file is empty.';
  if (start.startsWith('"') && typeof valueOfJson(text) === 'string') {
    return 'This is a JSON string with the definition in it: it was escaped once too often. Write the object itself.';
  }
  if (/^[{[]\s*'/.test(start)) {
    return "This is written as Python prints a dictionary, not as JSON. Write it with json.dumps, or take the pipeline's definition() as it is.";
  }
  return 'Not a known definition type, so nothing was checked. Known are pipelines of SageMaker and CodePipeline, build and application specifications, state machines, and templates of CloudFormation with these in them.';
}
