import { readSignature, type Signature } from './signature.ts';
import type { BlockSymbol, ModelSymbol, RecordSymbol } from './symbol.ts';

/** The signature of a declaration, read once. */
export function signatureOf(symbol: BlockSymbol | ModelSymbol | RecordSymbol): Signature {
  if (symbol.signature === undefined) {
    const { decl, scope } = symbol;
    symbol.signature = readSignature(
      decl.kind === 'record' ? decl.fields : decl.params,
      decl.kind === 'block' ? decl.results : [],
      scope,
    );
  }
  return symbol.signature;
}
