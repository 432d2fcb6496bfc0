import { resolve } from 'node:path';
import { Option } from 'commander';
import { dataDirectory } from './data-dir.ts';

/** An option with its variable: `--http-port` is also SIGHTLINE_HTTP_PORT. */
export function flag(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.env(`SIGHTLINE_${option.name().toUpperCase().replaceAll('-', '_')}`);
}

export function dataFlag(): Option {
  return flag('--data <directory>', 'where the traces are kept')
    .default(dataDirectory({ ...process.env, SIGHTLINE_DATA: '' }))
    .argParser((directory) => resolve(directory));
}
