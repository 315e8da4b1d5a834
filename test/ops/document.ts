/** Writes `docs/ops.md`: `npm run docs:ops`. */
import { writeFileSync } from 'node:fs';
import { documentOps } from '../../compiler/ops/document.ts';

writeFileSync(new URL('../../docs/ops.md', import.meta.url), documentOps());
