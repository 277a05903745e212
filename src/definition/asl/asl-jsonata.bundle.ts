/** The parser of JSONata, in a bundle of its own: loaded by the first state machine with an expression. */
import jsonata from 'jsonata';

/** The syntax tree of an expression. Throws what the library throws: an object with code, position and message. */
export function parse(expression: string): unknown {
  return jsonata(expression).ast();
}
