import type { ProtocolName } from '../service';
import { json } from './json';
import type { Protocol } from './protocol';
import { query } from './query';
import { restJson } from './rest-json';
import { restXml } from './rest-xml';
import { rpcV2Cbor } from './rpc-v2-cbor';

export const protocols: Readonly<Record<ProtocolName, Protocol>> = {
  json,
  query,
  'rest-json': restJson,
  'rest-xml': restXml,
  'rpc-v2-cbor': rpcV2Cbor,
};
