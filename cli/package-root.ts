/** The folder of this package. The sources of the command and its bundle both lie one folder below it. */
import { fileURLToPath } from 'node:url';

export const packageRoot = fileURLToPath(new URL('..', import.meta.url));
