import { importPatched } from './import-patched.ts';
import { SABOTAGES } from './sabotages.ts';

/** `npm run simulate` with a sabotage in the product: its name comes before the options. */
const [name] = process.argv.splice(2, 1);
const sabotage = SABOTAGES.find((each) => each.name === name);
if (!sabotage) throw new Error(`There is no sabotage called ${name}.`);
await importPatched(new URL('./main.ts', import.meta.url), sabotage);
