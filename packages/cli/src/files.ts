/**
 * Files that stand beside the program. Bundling puts the code of all folders into the one folder `dist/`,
 * so such a file is found from here, from the top folder, and from nowhere else.
 */
import { fileURLToPath } from 'node:url';

/** What `sightline` itself runs, to start another one. */
export const mainFile: string = fileURLToPath(new URL('./main.cjs', import.meta.url));

/** The demo's services; in the repository only. */
export const examplesFolder: string = fileURLToPath(new URL('../../../examples', import.meta.url));
