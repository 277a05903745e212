/** Members of a request to write an object that are kept with it, by the headers that give them back. */
const kept: Readonly<Record<string, string>> = {
  CacheControl: 'cache-control',
  ContentDisposition: 'content-disposition',
  ContentEncoding: 'content-encoding',
  ContentLanguage: 'content-language',
  ContentType: 'content-type',
  Expires: 'expires',
};

/** The header in which the tags of an object are kept, written as a query. */
export const taggingHeader = 'x-amz-tagging';

const metadata = 'x-amz-meta-';
const checksum = 'x-amz-checksum-';

/** The headers that an object keeps, from the members of the request that writes it. */
export function keptHeaders(input: object): Record<string, string> {
  const values = input as Record<string, unknown>;
  const headers: Record<string, string> = {};
  for (const [member, name] of Object.entries(kept)) {
    const { [member]: value } = values;
    if (typeof value === 'string') headers[name] = value;
  }
  for (const [name, value] of Object.entries((values.Metadata as Record<string, string> | undefined) ?? {})) {
    headers[`${metadata}${name}`] = value;
  }
  if (typeof values.Tagging === 'string' && values.Tagging !== '') headers[taggingHeader] = values.Tagging;
  // How the body came is not what it is.
  const encodings = headers['content-encoding']?.split(',').map((part) => part.trim());
  const own = encodings?.filter((part) => part !== 'aws-chunked').join(',');
  delete headers['content-encoding'];
  return own === undefined || own === '' ? headers : { ...headers, 'content-encoding': own };
}

/** The members of an answer that the kept headers stand for. */
export function keptMembers(headers: Readonly<Record<string, string>>): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const [member, name] of Object.entries(kept)) {
    if (headers[name] !== undefined) members[member] = headers[name];
  }
  const own = Object.entries(headers).filter(([name]) => name.startsWith(metadata));
  members.Metadata = Object.fromEntries(own.map(([name, value]) => [name.slice(metadata.length), value]));
  return members;
}

/** The members of an answer to a read that its request wants otherwise: `response-content-type` of a shared address. */
export function wishedMembers(input: object): Record<string, string> {
  const values = input as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(kept).flatMap((member) => {
      const { [`Response${member}`]: wish } = values;
      return typeof wish === 'string' ? [[member, wish]] : [];
    }),
  );
}

/** `ChecksumCRC32` for `x-amz-checksum-crc32`: the members that an object's checksums stand for. */
export function checksumMembers(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith(checksum) ? [[`Checksum${name.slice(checksum.length).toUpperCase()}`, value]] : [],
    ),
  );
}
