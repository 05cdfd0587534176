// npm run types: writes the TypeScript of the data that crosses the bridge, from the Rust types.
import { main } from './lib/run.mjs';
import { writeTypes } from './lib/types.mjs';

main(() => writeTypes('web/protocol/generated.ts'));
