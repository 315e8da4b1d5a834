/** Amounts of memory as people write them: `80GB`, `23.5GiB`, `512M`; without a letter they are bytes. */
import { InvalidArgumentError } from 'commander';

const POWERS = ['', 'K', 'M', 'G', 'T'];

export function byteCount(text: string): number {
  const [, number, letter, binary] = /^(\d{1,12}(?:\.\d{1,9})?)(?:([kmgt])(i?))?b?$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * (binary ? 1024 : 1000) ** POWERS.indexOf((letter ?? '').toUpperCase()));
  if (bytes > 0) return bytes;
  throw new InvalidArgumentError('it must be an amount of memory, like 80GB or 23.5GiB');
}
