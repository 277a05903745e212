/** A failure that is the definition's or its inputs' fault; the message says what to do. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
}
