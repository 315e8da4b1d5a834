/** Schemas of protocol buffers as data: messages by name, each a list of fields as `.proto` files write them. */
import type { INamespace, Type } from 'protobufjs';

/** `type name = id`; a `+` before the type means repeated, `%` a map from strings, `?` written even where it is zero. */
export type ProtoSchema = Readonly<Record<string, readonly string[]>>;

const KINDS: Readonly<Record<string, object>> = {
  '+': { rule: 'repeated' },
  '%': { keyType: 'string' },
  '?': { options: { features: { field_presence: 'EXPLICIT' } } },
};

function field(text: string) {
  const [, kind, type, name, id] = /^([+%?]?)(\w+) (\w+) = (\d+)$/.exec(text)!;
  return [name!, { type: type!, id: Number(id), ...KINDS[kind!] }] as const;
}

function describe(schema: ProtoSchema): INamespace {
  const messages = Object.entries(schema).map(([message, fields]) => [
    message,
    { fields: Object.fromEntries(fields.map(field)) },
  ]);
  return { nested: Object.fromEntries(messages) };
}

/** The type of one message; protobufjs, which does the encoding, is loaded only now. */
export const loadMessageType = (schema: ProtoSchema, message: string): Promise<Type> =>
  import('protobufjs/light.js').then(({ default: protobuf }) =>
    protobuf.Root.fromJSON(describe(schema)).lookupType(message),
  );
