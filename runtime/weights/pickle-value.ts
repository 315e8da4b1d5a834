/** What a pickle describes. Objects are descriptions too: what would be called, and with what; nothing is ever called. */
export type Pickled = null | boolean | number | bigint | string | Uint8Array | List | Dict | Global | Made | Persistent;

export interface List {
  readonly kind: 'list' | 'tuple' | 'set';
  readonly items: Pickled[];
}

export interface Dict {
  readonly kind: 'dict';
  readonly entries: Map<Pickled, Pickled>;
}

/** A class or function by its name: `torch._utils._rebuild_tensor_v2` */
export interface Global {
  readonly kind: 'global';
  readonly name: string;
}

/** What a call of `of` would give, and the state that would be put into it. */
export interface Made {
  readonly kind: 'made';
  readonly of: string;
  readonly args: readonly Pickled[];
  state?: Pickled;
}

/** Something that stands outside of the pickle, under this id. */
export interface Persistent {
  readonly kind: 'persistent';
  readonly id: Pickled;
}

type Kinds = { list: List; tuple: List; set: List; dict: Dict; global: Global; made: Made; persistent: Persistent };

export const isKind = <K extends keyof Kinds>(value: Pickled | undefined, kind: K): value is Kinds[K] =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
